package paylinks

import (
	"cmp"
	"context"
	"errors"
)

// Cancel ends an unpaid link, or voids one that the caller knows to be authorized. The provider is looked at first: a link that turns out
// to be paid is an error with [CodeAlreadyPaid], and a second Cancel, made in that knowledge, voids it. Of a partly captured
// link the rest is released. A link that has ended already is no error.
//
// Where the provider has no way to cancel, the link is cancelled here alone and still watched: should it be paid after all, [EventPaidAfterEnd] tells.
func (s *Service) Cancel(ctx context.Context, id string) (*CancelResult, error) {
	return s.cancelOf(ctx, id, "")
}

// CancelKnown is Cancel by a caller who knows the link in a state, as [Service.KnownStatus] told it then. A payment that came since isn't voided. So a request that
// is repeated does what it did at first, whatever became known meanwhile to those who have seen more than its caller. It's for doors like package httpserver,
// whose callers may not have got an answer.
func (s *Service) CancelKnown(ctx context.Context, id string, known Status) (*CancelResult, error) {
	return s.cancelOf(ctx, id, known)
}

// cancelOf cancels a link for a caller who knows it in a state, "" for the one that is stored.
func (s *Service) cancelOf(ctx context.Context, id string, known Status) (_ *CancelResult, err error) {
	defer named("cancel", &err)
	ctx, span := s.trace(ctx, "cancel")
	defer span.end(&err)
	link, app, err := s.open(ctx, "cancel", id)
	if err != nil {
		return nil, err
	}
	return s.cancel(ctx, link, app, cmp.Or(known, link.Status).Paid())
}

// KnownStatus is the state of a link as it's stored, for [Service.CancelKnown]. Neither the provider nor the [Apps] are asked.
func (s *Service) KnownStatus(ctx context.Context, id string) (Status, error) {
	link, err := s.paylink(ctx, "cancel", id)
	if err != nil {
		return "", err
	}
	return link.Status, nil
}

// cancel cancels a link. Only where it's knownPaid is a payment given back.
func (s *Service) cancel(ctx context.Context, link *Paylink, app App, knownPaid bool) (*CancelResult, error) {
	id, info := link.ID, app.Provider.Info()
	in := intent{
		kind:      OperationCancel,
		lookFirst: func(link *Paylink) bool { return !link.Status.Final() && link.Status != StatusCreating },
		plan:      func(link *Paylink) (*Operation, error) { return planCancel(link, info, knownPaid) },
	}
	for range maxRounds {
		done, err := s.carryOut(ctx, link, app, in)
		if errors.Is(err, errHereOnly) {
			link, err = s.cancelHere(ctx, id, info)
			if errors.Is(err, ErrStale) {
				if link, err = s.store.Paylink(ctx, id); err != nil {
					return nil, err
				}
				continue
			}
			done.link = link
		}
		if err != nil {
			return nil, err
		}
		return &CancelResult{
			PaylinkID: id, Provider: done.link.Provider, ProviderStatus: done.link.ProviderStatus, Status: done.link.Status,
			Captured: done.link.Captured, Refunded: done.link.Refunded, CancelledHere: done.link.CancelledHere, Metadata: done.link.Metadata,
		}, nil
	}
	return nil, inProgress("cancel", CodeOperationInProgress, id)
}

// errHereOnly is a plan's word for "the provider can't cancel: do it here".
var errHereOnly = errors.New("paylinks: the provider can't cancel")

// afterPaid says what can be done about a link that was paid when it was to be cancelled.
func afterPaid(link *Paylink) string {
	if link.Capturable().IsZero() {
		return "Refund it to give the payment back"
	}
	return "Cancel again, as a new request, to give the payment back, or capture it"
}

// planCancel decides how to cancel a link in the state that it is in now.
func planCancel(link *Paylink, info Info, knownPaid bool) (*Operation, error) {
	switch {
	case link.Status.Ended():
		return nil, errDone
	case link.Status.Paid() && !knownPaid:
		return nil, conflict("cancel", CodeAlreadyPaid, link, "the buyer has paid meanwhile: the link is %s. %s", link.Status, afterPaid(link))
	case link.Status == StatusAuthorized || link.Status == StatusPartiallyCaptured:
		if !info.Can(CanVoid) {
			return nil, conflict("cancel", CodeAlreadyPaid, link, "%s can't void a payment: capture it and refund it", info.Name)
		}
		return &Operation{Void: true, Amount: link.Capturable(), Before: link.Captured, Left: link.Capturable()}, nil
	case link.Status.Paid():
		return nil, conflict("cancel", CodeAlreadyCaptured, link, "the payment is captured: refund it instead")
	case !info.Can(CanCancel) && link.Status == StatusCreated:
		return nil, errHereOnly
	}
	return &Operation{Before: link.Captured}, nil
}

// cancelHere ends a link without the provider. The version that was decided on is checked with the write.
func (s *Service) cancelHere(ctx context.Context, id string, info Info) (*Paylink, error) {
	link, err := s.store.Paylink(ctx, id)
	if err != nil {
		return nil, err
	}
	if link.Status != StatusCreated {
		return nil, ErrStale
	}
	link.CancelledHere = true
	return s.record(ctx, link, news{source: SourceOperation, end: StatusCancelled, reason: "cancelled_here"}, info)
}
