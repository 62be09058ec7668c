package paylinks

import (
	"context"
	"errors"
)

// Forget erases what a link knows of its buyer: name, e-mail, phone numbers, description, the items' texts, metadata and the provider's own
// fields of the create request, from the link, its events and the order that it belongs to. Amounts, statuses, ids, references, reasons of
// refunds and the history stay, so that the books still add up. A link that was forgotten before is no error.
//
// The link must be final, and no other link of its order open, else the error has [CodeUnsupported]; while an operation of the link is open,
// [CodeOperationInProgress]. An order that is forgotten can't try another provider that needs to know the buyer. Not reached are the
// provider's own records, answers kept for idempotency keys, which are gone after [Options.KeepAnswers], and backups.
func (s *Service) Forget(ctx context.Context, id string) (err error) {
	defer named("forget", &err)
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
		order, err := s.forgottenOrder(ctx, link)
		if err != nil {
			return err
		}
		forgotten := forget(*link)
		forgotten.UpdatedAt = s.now()
		// An operation that begins at this moment writes the link, too: one of the two is stale.
		if err := s.store.Write(ctx, Change{Update: forgotten, Forget: id, Order: order}); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return inProgress("forget", CodeOperationInProgress, id)
}

// forget is a link without its buyer.
func forget(link Paylink) *Paylink {
	link.Buyer, link.SendTo, link.Description, link.Metadata, link.Options = Buyer{}, "", "", nil, nil
	link.Items = countedOnly(link.Items)
	return &link
}

// countedOnly is items without their texts.
func countedOnly(items []Item) []Item {
	bare := make([]Item, len(items))
	for i, item := range items {
		bare[i] = Item{Quantity: item.Quantity, UnitPrice: item.UnitPrice, Discount: item.Discount, Tax: item.Tax}
	}
	return bare
}

// forgottenOrder is the order of a link without its buyer, nil where there's none.
func (s *Service) forgottenOrder(ctx context.Context, link *Paylink) (*Order, error) {
	store, ok := s.store.(OrderStore)
	if !ok || link.OrderRef == "" {
		return nil, nil
	}
	order, err := store.Order(ctx, link.OrderRef)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case order.OpenPaylink || order.Status == OrderUnknown:
		return nil, conflict("forget", CodeUnsupported, link, "another link of the same order is open: forget the buyer once that has ended")
	}
	order.Buyer, order.Items, order.UpdatedAt = Buyer{}, countedOnly(order.Items), s.now()
	return order, nil
}
