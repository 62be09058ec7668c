package paylinks

import (
	"context"
	"fmt"
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
	if err := s.keepForProgram(ctx); err != nil {
		return err
	}
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
	// already: it was done before, so nothing was called.
	already bool
	// final: an unknown outcome that will never be known. The operation ends with it.
	final bool
}

// attempt calls the provider once and finds out whether the operation happened. The caller's own deadline and cancellation
// don't reach the call: what has begun is brought to its end.
func (s *Service) attempt(ctx context.Context, provider Provider, link *Paylink, op *Operation) verdict {
	ctx = context.WithoutCancel(ctx)
	callCtx, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	facts, err := s.exchange(callCtx, link, string(op.Kind), func(ctx context.Context) (Snapshot, error) { return s.call(ctx, provider, link, op) })
	failpoint.Hit(string(op.Kind), failpoint.Called)
	if err == nil && happened(op, facts, provider.Info()) {
		return verdict{outcome: Applied, facts: &facts}
	}
	cause := asProviderError(err)
	if cause.Outcome == NotApplied && !telling(op, cause) {
		return verdict{outcome: NotApplied, cause: cause}
	}
	if op.Kind == OperationCreate || op.Kind == OperationSend {
		return verdict{outcome: cause.Outcome, cause: cause, final: op.Kind == OperationSend}
	}
	return s.look(ctx, provider, link, op, cause)
}

// telling tells whether a refusal may be about the state of the payment, so that the payment is worth a look.
func telling(op *Operation, cause *ProviderError) bool {
	return cause.Refusal == RefusedState || (cause.Refusal == RefusedRequest && op.Kind != OperationCreate && op.Kind != OperationSend)
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
	facts, err := s.fetch(ctx, provider, link)
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
