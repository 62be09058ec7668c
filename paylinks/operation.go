package paylinks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paylinks/paylinks-go/internal/failpoint"
)

// An operation passes these steps, in this order, whatever its kind:
//
//	begin    one transaction writes the intent, and thereby takes the link's only open place
//	attempt  the provider is called, and its answer weighed: has it happened?
//	settle   one transaction writes outcome, link and events
//
// A process that dies between them leaves an open operation, and recovery goes on from there.

// settleSlack is how long after its last possible call an operation still belongs to its caller.
const settleSlack = 5 * time.Second

// begin writes the intent to do op on link. The link's version is checked with it: what was decided on an older state is [ErrStale].
func (s *Service) begin(ctx context.Context, link *Paylink, op *Operation) error {
	failpoint.Hit(string(op.Kind), failpoint.Asked)
	op.Open, op.Outcome, op.Attempts = true, "", op.Attempts+1
	op.DueAt = s.now().Add(s.lease())
	if err := s.store.Write(ctx, Change{Update: link, Begin: op}); err != nil {
		return err
	}
	link.Version++
	failpoint.Hit(string(op.Kind), failpoint.Begun)
	return nil
}

// lease is how long an operation belongs to whoever runs it: its call, a look at what came of it, and some.
func (s *Service) lease() time.Duration {
	return s.opts.CallTimeout + s.opts.RefreshTimeout + settleSlack
}

// verdict is what an attempt came to.
type verdict struct {
	outcome Outcome
	// facts is the latest that the provider said, nil for nothing.
	facts *Snapshot
	// cause is why the operation wasn't applied or isn't known, nil for applied.
	cause *ProviderError
	// final: an unknown outcome that will never be known. The operation ends with it.
	final bool
}

// attempt calls the provider once and finds out whether the operation happened. The caller's own deadline and cancellation
// don't reach the call: what has begun is brought to its end.
func (s *Service) attempt(ctx context.Context, provider Provider, link *Paylink, op *Operation) verdict {
	ctx = context.WithoutCancel(ctx)
	callCtx, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	facts, err := s.call(callCtx, provider, link, op)
	failpoint.Hit(string(op.Kind), failpoint.Called)
	if err == nil && happened(op, facts, provider.Info()) {
		return verdict{outcome: Applied, facts: &facts}
	}
	cause := asProviderError(err)
	if cause.Outcome == NotApplied && cause.Refusal != RefusedState {
		return verdict{outcome: NotApplied, cause: cause}
	}
	if op.Kind == OperationCreate || op.Kind == OperationSend {
		return verdict{outcome: cause.Outcome, cause: cause, final: op.Kind == OperationSend}
	}
	return s.look(ctx, provider, link, op, cause)
}

// call is the one place that calls a provider for an effect.
func (s *Service) call(ctx context.Context, provider Provider, link *Paylink, op *Operation) (Snapshot, error) {
	switch op.Kind {
	case OperationCreate:
		return provider.Create(ctx, s.createInput(link, op))
	case OperationCapture:
		return provider.Capture(ctx, link.Ref, CaptureInput{Reference: op.ID, Amount: op.Amount, At: op.StartedAt})
	case OperationCancel:
		return provider.Cancel(ctx, link.Ref, CancelInput{Reference: op.ID, Void: op.Void, Amount: op.Amount})
	case OperationRefund:
		if refunder, ok := provider.(Refunder); ok {
			return refunder.Refund(ctx, link.Ref, RefundInput{Reference: op.ID, Amount: op.Amount, Reason: op.Reason})
		}
	case OperationSend:
		if sender, ok := provider.(LinkSender); ok {
			return Snapshot{}, sender.SendLink(ctx, link.Ref, SendInput{Phone: link.SendTo})
		}
	}
	return Snapshot{}, &ProviderError{Refusal: RefusedUnsupported, Outcome: NotApplied, Message: fmt.Sprintf("no %s", op.Kind)}
}

// look asks the provider what became of an operation after a call without a clear answer.
func (s *Service) look(ctx context.Context, provider Provider, link *Paylink, op *Operation, cause *ProviderError) verdict {
	ctx, cancel := context.WithTimeout(ctx, s.opts.RefreshTimeout)
	defer cancel()
	facts, err := provider.Fetch(ctx, link.Ref)
	switch {
	case err != nil:
		// The refusal may have been about an earlier try that did happen: without a look nobody knows.
		return verdict{outcome: OutcomeUnknown, cause: cause}
	case happened(op, facts, provider.Info()):
		return verdict{outcome: Applied, facts: &facts}
	default:
		return verdict{outcome: cause.Outcome, facts: &facts, cause: cause}
	}
}

// happened tells whether facts show that an operation had its effect. Captures and refunds are recognised by their
// reference; where the provider doesn't show it, by the total having grown by the amount.
func happened(op *Operation, facts Snapshot, info Info) bool {
	switch op.Kind {
	case OperationCreate, OperationSend:
		return true // an answer without an error is the effect
	case OperationCapture:
		return facts.FinalizePending || shows(facts.Captures, facts.Captured, op, info.Can(CanTraceCapture))
	case OperationRefund:
		return shows(facts.Refunds, facts.Refunded, op, info.Can(CanTraceRefund))
	case OperationCancel:
		// After a void of the rest of a partly captured payment, the captured part remains.
		return facts.Status == StatusCancelled || (!op.Void && facts.Status == StatusExpired) ||
			(op.Void && facts.Status == StatusCaptured && facts.Captured.Equal(op.Before))
	default:
		return false
	}
}

// shows tells whether op is among the transactions that the provider lists. Where it can't list them all by reference, a total that
// has grown by the amount is as good.
func shows(transactions []Transaction, total Money, op *Operation, traceable bool) bool {
	if findTransaction(transactions, op.ID) != nil {
		return true
	}
	return !traceable && total.IsSet() && total.Cmp(op.Before.Add(op.Amount)) >= 0
}

func findTransaction(transactions []Transaction, reference string) *Transaction {
	for i := range transactions {
		if transactions[i].Reference == reference {
			return &transactions[i]
		}
	}
	return nil
}

// asProviderError reads err as what a Provider promises to return. nil stands for an answer that shows no effect.
func asProviderError(err error) *ProviderError {
	var known *ProviderError
	switch {
	case errors.As(err, &known):
		return known
	case err == nil:
		return &ProviderError{Refusal: Unreachable, Outcome: OutcomeUnknown, Message: "the answer doesn't show the effect"}
	default:
		return &ProviderError{Refusal: Unreachable, Outcome: OutcomeUnknown, Message: "no answer that can be understood", Err: err}
	}
}

// settle writes what an operation came to: outcome, link and events in one transaction. With an unknown outcome the
// operation stays open, due at once, for recovery. It returns the link as stored.
func (s *Service) settle(ctx context.Context, link *Paylink, op *Operation, v verdict, heard news, info Info) (*Paylink, error) {
	ctx = context.WithoutCancel(ctx)
	for {
		now := s.now()
		heard.snapshot, heard.operation = withTotals(v, op, link), op
		next := *link
		events := s.learn(&next, heard, info, now)
		closed := closeOperation(*op, v, &next, now)
		change := Change{Update: &next, Settle: &closed, Events: events, WakeOrder: s.wakeOrder(&next, events)}
		err := s.store.Write(ctx, change)
		switch {
		case errors.Is(err, ErrStale):
			if link, err = s.store.Paylink(ctx, link.ID); err != nil {
				return nil, err
			}
			continue
		case errors.Is(err, ErrNotFound):
			return s.settledByOthers(ctx, op)
		case err != nil:
			return nil, err
		}
		next.Version++
		*op = closed
		failpoint.Hit(string(op.Kind), failpoint.Settled)
		s.published(events)
		s.woken(change.WakeOrder)
		if op.Open {
			s.log.Warn("the outcome of an operation is unknown: it will be settled by asking the provider",
				slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.String("operation", string(op.Kind)), slog.Any("cause", v.cause))
		}
		return &next, nil
	}
}

// withTotals is a verdict's facts, with the total that an applied refund comes to where the provider keeps none.
func withTotals(v verdict, op *Operation, link *Paylink) *Snapshot {
	if v.outcome != Applied || op.Kind != OperationRefund || v.facts.Refunded.IsSet() {
		return v.facts
	}
	facts := *v.facts
	facts.Refunded = op.Before.Add(op.Amount)
	facts.Status = StatusPartiallyRefunded
	if facts.Refunded.Cmp(taken(link)) >= 0 {
		facts.Status = StatusRefunded
	}
	return &facts
}

// settledByOthers reads an operation that was settled by recovery while its own caller was still at it.
func (s *Service) settledByOthers(ctx context.Context, op *Operation) (*Paylink, error) {
	stored, err := s.operation(ctx, op.PaylinkID, func(o *Operation) bool { return o.ID == op.ID })
	if err != nil {
		return nil, err
	}
	if stored != nil {
		*op = *stored
	}
	return s.store.Paylink(ctx, op.PaylinkID)
}

// closeOperation is op with its outcome, and its result where it was applied.
func closeOperation(op Operation, v verdict, link *Paylink, now time.Time) Operation {
	op.Outcome = v.outcome
	if v.outcome == OutcomeUnknown && !v.final {
		op.DueAt = now.Add(retryPause(op.Attempts))
		return op
	}
	op.Open, op.FinishedAt = false, now
	if v.outcome != Applied {
		op.Key = "" // nothing to keep: the same key may try again
		return op
	}
	op.Result = Result{
		ProviderStatus: link.ProviderStatus, Status: link.Status, Captured: link.Captured, Refunded: link.Refunded, FinalizePending: link.FinalizePending,
	}
	if v.facts != nil {
		op.Result.ProviderStatus = v.facts.ProviderStatus
		op.Result.TransactionID = transactionID(op, v.facts)
	}
	return op
}

// transactionID is the provider's id of the capture or refund that op made.
func transactionID(op Operation, facts *Snapshot) string {
	list := facts.Captures
	if op.Kind == OperationRefund {
		list = facts.Refunds
	}
	if found := findTransaction(list, op.ID); found != nil {
		return found.ID
	}
	return ""
}

// failure is the error that a caller gets for a verdict other than applied.
func failure(op *Operation, link *Paylink, v verdict) *Error {
	cause := v.cause
	e := &Error{
		Op: string(op.Kind), Outcome: v.outcome, Provider: link.Provider, ProviderCode: cause.Code, ProviderStatus: cause.Status,
		PaylinkID: link.ID, Status: link.Status, RetryAfter: cause.RetryAfter, Reason: cause.Reason, Messages: cause.Messages, Err: cause,
	}
	if v.outcome == OutcomeUnknown {
		e.Code = CodeProviderTimeout
		e.Message = "the provider gave no clear answer: it may have happened. The link settles itself, ask again with GET"
		return e
	}
	switch cause.Refusal {
	case RefusedBuyer:
		e.Code, e.Message = CodeBuyerRejected, "the provider does not accept this buyer or amount"
	case RefusedDisputed:
		e.Code, e.Message = CodePaymentDisputed, "a dispute is open on this payment at the provider: settle it there first"
	case RefusedUnsupported:
		e.Code, e.Message = CodeUnsupported, "the provider can't do that"
	case RefusedRate, Unreachable:
		e.Code, e.Message = CodeProviderUnavailable, "the provider could not be reached; nothing happened, try again"
		if e.RetryAfter == 0 {
			e.RetryAfter = defaultRetryAfter
		}
	case RefusedState:
		e.Code, e.Message = stateCode(op.Kind), "the provider refuses this in the payment's present state"
	case RefusedCredentials, RefusedRequest, RefusedNotFound:
		e.Code, e.Message = CodeProviderError, "the provider refused the call: "+cause.Message
	}
	return e
}

// stateCode is the code for a provider that refuses an operation for the state of the payment.
func stateCode(kind OperationKind) Code {
	switch kind {
	case OperationCapture:
		return CodeNotCapturable
	case OperationRefund:
		return CodeNotRefundable
	case OperationCancel:
		return CodeAlreadyPaid
	default:
		return CodeProviderError
	}
}

// defaultRetryAfter is the pause that a caller is told to make where the provider names none.
const defaultRetryAfter = 5 * time.Second

// retryPause grows with the number of attempts, from two seconds to five minutes.
func retryPause(attempts int) time.Duration {
	const least, most = 2 * time.Second, 5 * time.Minute
	return min(least<<min(max(attempts-1, 0), 10), most)
}
