package paylinks

import (
	"cmp"
	"context"
)

// Refund gives captured money back, all that is left or a part. One with an unknown outcome is never sent again by itself unless the
// provider promises to do it once.
func (s *Service) Refund(ctx context.Context, id string, req RefundRequest) (_ *RefundResult, err error) {
	defer named("refund", &err)
	ctx, span := s.trace(ctx, "refund")
	defer span.end(&err)
	link, app, err := s.open(ctx, "refund", id)
	if err != nil {
		return nil, err
	}
	info := app.Provider.Info()
	in, err := moneyIntent(OperationRefund, link, req.Amount, req.ReferenceID, req.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	var wrong fieldErrors
	wrong.text("reason", req.Reason, maxText)
	if err := wrong.err("refund"); err != nil {
		return nil, err
	}
	in.lookFirst = func(link *Paylink) bool {
		return !link.Status.Ended() && link.Status != StatusCreating && link.Status != StatusRefunded && s.older(link)
	}
	in.plan = func(link *Paylink) (*Operation, error) {
		uncertain, err := s.uncertainRefunds(ctx, link)
		if err != nil {
			return nil, err
		}
		return planRefund(link, info, in.wanted, uncertain, req.Reason)
	}
	done, err := s.carryOut(ctx, link, app, in)
	if err != nil {
		return nil, err
	}
	op := done.operation
	return &RefundResult{
		PaylinkID: id, Provider: done.link.Provider, PaymentID: done.link.Ref.PaymentID, RefundID: op.Result.TransactionID,
		ProviderStatus: op.Result.ProviderStatus, Status: op.Result.Status, Amount: op.Amount, Captured: op.Result.Captured, Refunded: op.Result.Refunded,
		ReferenceID: cmp.Or(req.ReferenceID, op.ID), Metadata: done.link.Metadata, Replayed: done.replayed,
	}, nil
}

// uncertainRefunds is the sum of the refunds of a link of which nobody can tell whether they happened. It counts as given back until somebody knows better.
func (s *Service) uncertainRefunds(ctx context.Context, link *Paylink) (Money, error) {
	operations, err := s.store.Operations(ctx, link.ID)
	sum := Zero(link.Amount.Currency())
	for _, op := range operations {
		if undecided(op) {
			sum = sum.Add(op.Amount)
		}
	}
	return sum, err
}

// undecided tells whether op is a refund that ended without a known outcome.
func undecided(op *Operation) bool {
	return op.Kind == OperationRefund && !op.Open && op.Outcome == OutcomeUnknown
}

// taken is what the provider has taken from the buyer: what is captured, or everything where it's only still to be told that the merchant knows.
func taken(link *Paylink) Money {
	if link.FinalizePending {
		return link.Amount
	}
	return link.Captured
}

// planRefund decides what to refund of a link in the state that it is in now.
func planRefund(link *Paylink, info Info, wanted, uncertain Money, reason string) (*Operation, error) {
	left := taken(link).Sub(link.Refunded).Sub(uncertain)
	amount := wanted.or(left)
	switch {
	case !info.Can(CanRefund):
		return nil, conflict("refund", CodeUnsupported, link, "%s can't refund", info.Name)
	case taken(link).IsZero():
		return nil, conflict("refund", CodeNotRefundable, link, "nothing of this link is captured")
	case !uncertain.IsZero() && (!wanted.IsSet() || wanted.Cmp(left) > 0):
		e := conflict("refund", CodeNotRefundable, link,
			"whether an earlier refund of %s happened isn't known: look it up at %s, and name an amount of at most %s for another one", uncertain, info.Name, left)
		e.Reason = "refund_outcome_unknown"
		return nil, e
	case link.RefundsUnknown && !wanted.IsSet():
		e := conflict("refund", CodeNotRefundable, link, "%s has refunded a part and doesn't say how much: name the amount", info.Name)
		e.Reason = "refunded_amount_unknown"
		return nil, e
	case left.IsZero() && !wanted.IsSet():
		return nil, conflict("refund", CodeNotRefundable, link, "everything captured is refunded already")
	case amount.Cmp(left) > 0:
		return nil, exceeds("refund", link, amount, left)
	case amount.Cmp(left) < 0 && !info.Can(CanRefundPartly):
		return nil, conflict("refund", CodePartialNotSupported, link, "%s refunds the whole amount only: leave amount out", info.Name)
	}
	return &Operation{Amount: amount, Before: link.Refunded, Left: left, Reason: reason}, nil
}
