package paylinks

import (
	"cmp"
	"context"
)

// Refund gives captured money back, all that is left or a part. One with an unknown outcome is never sent again by itself unless the
// provider promises to do it once.
func (s *Service) Refund(ctx context.Context, id string, req RefundRequest) (*RefundResult, error) {
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
	in.plan = func(link *Paylink) (*Operation, error) { return planRefund(link, info, in.wanted, req.Reason) }
	done, err := s.carryOut(ctx, link, app, in)
	if err != nil {
		return nil, err
	}
	op := done.operation
	return &RefundResult{
		PaylinkID: id, Provider: done.link.Provider, PaymentID: done.link.Ref.PaymentID, RefundID: op.Result.TransactionID,
		ProviderStatus: op.Result.ProviderStatus, Status: op.Result.Status, Amount: op.Amount, Captured: op.Result.Captured, Refunded: op.Result.Refunded,
		ReferenceID: cmp.Or(req.ReferenceID, op.ID),
	}, nil
}

// taken is what the provider has taken from the buyer: what is captured, or everything where it's only still to be told that the merchant knows.
func taken(link *Paylink) Money {
	if link.FinalizePending {
		return link.Amount
	}
	return link.Captured
}

// planRefund decides what to refund of a link in the state that it is in now.
func planRefund(link *Paylink, info Info, wanted Money, reason string) (*Operation, error) {
	left := taken(link).Sub(link.Refunded)
	amount := wanted.or(left)
	switch {
	case !info.Can(CanRefund):
		return nil, conflict("refund", CodeUnsupported, link, "%s can't refund", info.Name)
	case taken(link).IsZero():
		return nil, conflict("refund", CodeNotRefundable, link, "nothing of this link is captured")
	case left.IsZero() && !wanted.IsSet():
		return nil, conflict("refund", CodeNotRefundable, link, "everything captured is refunded already")
	case amount.Cmp(left) > 0:
		return nil, exceeds("refund", link, amount, left)
	case amount.Cmp(left) < 0 && !info.Can(CanRefundPartly):
		return nil, conflict("refund", CodePartialNotSupported, link, "%s refunds the whole amount only: leave amount out", info.Name)
	}
	return &Operation{Amount: amount, Before: link.Refunded, Left: left, Reason: reason}, nil
}
