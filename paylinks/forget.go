package paylinks

import (
	"context"
	"errors"
)

// Forget erases what a link knows of its buyer: name, e-mail, phone numbers, description, the items' texts, metadata and the provider's own
// fields of the create request, from the link and from its events. Amounts, statuses, ids, references and the history stay, so that the books
// still add up. A link that was forgotten before is no error.
//
// The link must be final, else the error has [CodeUnsupported]; while an operation of it is open, [CodeOperationInProgress]. Not reached are
// the provider's own records, answers kept for idempotency keys, which are gone after [Options.KeepAnswers], and backups.
func (s *Service) Forget(ctx context.Context, id string) error {
	for range maxRounds {
		link, err := s.paylink(ctx, "forget", id)
		if err != nil {
			return err
		}
		if !link.Status.Final() {
			return conflict("forget", CodeUnsupported, link, "a link that is %s still needs its buyer: forget it once it has ended", link.Status)
		}
		open, err := s.operation(ctx, id, func(op *Operation) bool { return op.Open })
		if err != nil {
			return err
		}
		if open != nil {
			return inProgress("forget", CodeOperationInProgress, id)
		}
		forgotten := forget(*link)
		forgotten.UpdatedAt = s.now()
		// An operation that begins at this moment writes the link, too: one of the two is stale.
		if err := s.store.Write(ctx, Change{Update: forgotten, Forget: id}); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return inProgress("forget", CodeOperationInProgress, id)
}

// forget is a link without its buyer.
func forget(link Paylink) *Paylink {
	link.Buyer, link.SendTo, link.Description, link.Metadata, link.Options = Buyer{}, "", "", nil, nil
	items := make([]Item, len(link.Items))
	for i, item := range link.Items {
		items[i] = Item{Quantity: item.Quantity, UnitPrice: item.UnitPrice, Discount: item.Discount, Tax: item.Tax}
	}
	link.Items = items
	return &link
}
