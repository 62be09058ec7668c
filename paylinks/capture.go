package paylinks

import (
	"cmp"
	"context"
	"errors"
	"strings"
)

// Capture takes the money of an authorized link, all that is left or a part. The provider is looked at first where the stored state is old
// or not yet authorized. A link that is captured already is no error: AlreadyCaptured says so, and nothing is taken twice.
func (s *Service) Capture(ctx context.Context, id string, req CaptureRequest) (_ *CaptureResult, err error) {
	defer named("capture", &err)
	ctx, span := s.trace(ctx, "capture")
	defer span.end(&err)
	link, app, err := s.open(ctx, "capture", id)
	if err != nil {
		return nil, err
	}
	in, err := moneyIntent(OperationCapture, link, req.Amount, req.ReferenceID, req.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	in.lookFirst = func(link *Paylink) bool {
		return !link.Status.Final() && link.Status != StatusCreating && (s.older(link) || !link.Status.Paid())
	}
	in.plan = func(link *Paylink) (*Operation, error) { return planCapture(link, app.Provider.Info(), in.wanted) }
	done, err := s.carryOut(ctx, link, app, in)
	if err != nil {
		return nil, err
	}
	return captureResult(done, req.ReferenceID), nil
}

// planCapture decides what to capture of a link in the state that it is in now.
func planCapture(link *Paylink, info Info, wanted Money) (*Operation, error) {
	left := link.Capturable()
	amount := wanted.or(left)
	switch {
	case link.Status == StatusCaptured, link.FinalizePending:
		return nil, errDone
	case link.Status != StatusAuthorized && link.Status != StatusPartiallyCaptured:
		return nil, conflict("capture", CodeNotCapturable, link, "a link that is %s can't be captured", link.Status)
	case amount.Cmp(left) > 0:
		return nil, exceeds("capture", link, amount, left)
	case amount.Cmp(left) < 0 && !info.Can(CanCapturePartly):
		return nil, &Error{
			Code: CodePartialNotSupported, Outcome: NotApplied, Op: "capture", Provider: link.Provider, PaylinkID: link.ID, Status: link.Status,
			Message: info.Name + " captures the whole amount only: leave amount out",
		}
	}
	return &Operation{Amount: amount, Before: link.Captured, Left: left}, nil
}

func captureResult(done finished, referenceID string) *CaptureResult {
	link, op := done.link, done.operation
	if op != nil && op.Result.AlreadyCaptured {
		return &CaptureResult{
			PaylinkID: link.ID, Provider: link.Provider, PaymentID: link.Ref.PaymentID, ProviderStatus: op.Result.ProviderStatus, Status: op.Result.Status,
			Amount: op.Result.Captured, Captured: op.Result.Captured, Refunded: op.Result.Refunded, ReferenceID: referenceID, AlreadyCaptured: true,
			Metadata: link.Metadata, Replayed: done.replayed,
		}
	}
	if op == nil {
		amount := link.Captured
		if link.FinalizePending {
			amount = link.Amount
		}
		return &CaptureResult{
			PaylinkID: link.ID, Provider: link.Provider, PaymentID: link.Ref.PaymentID, ProviderStatus: link.ProviderStatus, Status: link.Status,
			Amount: amount, Captured: link.Captured, Refunded: link.Refunded, ReferenceID: referenceID, AlreadyCaptured: true, FinalizePending: link.FinalizePending,
			Metadata: link.Metadata,
		}
	}
	return &CaptureResult{
		PaylinkID: link.ID, Provider: link.Provider, PaymentID: link.Ref.PaymentID, ProviderStatus: op.Result.ProviderStatus, Status: op.Result.Status,
		Amount: op.Amount, Captured: op.Result.Captured, Refunded: op.Result.Refunded, ReferenceID: cmp.Or(referenceID, op.ID), FinalizePending: op.Result.FinalizePending,
		Metadata: link.Metadata, Replayed: done.replayed,
	}
}

// errDone is a plan's word for "it's done already": there's nothing to do and nothing wrong.
var errDone = errors.New("paylinks: done already")

// moneyIntent is an intent with an amount and a reference, as capture and refund have them.
func moneyIntent(kind OperationKind, link *Paylink, amount, referenceID, idempotencyKey string) (intent, error) {
	in := intent{kind: kind}
	if amount != "" {
		var wrong fieldErrors
		in.wanted = wrong.amount("amount", amount, link.Amount.Currency())
		if err := wrong.err(string(kind)); err != nil {
			return in, err
		}
	}
	if err := checkReference(string(kind), referenceID); err != nil {
		return in, err
	}
	if err := checkKey(string(kind), idempotencyKey); err != nil {
		return in, err
	}
	in.name = referenceID
	if in.name == "" && idempotencyKey != "" {
		in.name = keyName(idempotencyKey)
	}
	return in, nil
}

// keyName is the name of an operation that has only an idempotency key. Its space keeps it apart from every reference.
func keyName(idempotencyKey string) string { return keyPrefix + hash(idempotencyKey) }

const keyPrefix = "key "

// shownReference is the reference by which a caller or a person names the operation: the id where there is only an idempotency key, which is the caller's
// secret to keep.
func (op *Operation) shownReference() string {
	if strings.HasPrefix(op.Reference, keyPrefix) {
		return op.ID
	}
	return op.Reference
}

func exceeds(op string, link *Paylink, amount, left Money) *Error {
	e := conflict(op, CodeAmountExceedsRemaining, link, "amount %s is more than the %s %s that is left", amount, left, left.Currency())
	e.Fields = []FieldError{{Field: "amount", Code: "too_large", Message: "amount must be at most " + left.String()}}
	return e
}
