package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// settleGrace is how long after a call that can't be repeated its effect may still show at the provider. After that, nothing
// seen is nothing done.
const settleGrace = 2 * time.Minute

// reasonOutcomeUnknown is why a link has failed of which nobody will ever know whether the provider had made it.
const reasonOutcomeUnknown = "create_outcome_unknown"

// recover settles an open operation that nobody runs, by evidence from the provider. The operation is changed to what is stored:
// still open where nothing could be learnt. It repeats a call only where that is harmless.
func (s *Service) recover(ctx context.Context, op *Operation) (err error) {
	ctx, span := s.trace(ctx, "recover")
	defer span.end(&err)
	link, err := s.store.Paylink(ctx, op.PaylinkID)
	if err != nil {
		return err
	}
	about(ctx, link)
	defer s.recovered(ctx, link, op)
	app, err := s.linkApp(ctx, link.OrgAppID)
	if err != nil {
		return s.postpone(ctx, link, op, unclear(), Info{})
	}
	op.Attempts++
	info := app.Provider.Info()
	if op.Kind == OperationCreate {
		return s.recoverCreate(ctx, link, op, app.Provider, info)
	}
	v := s.investigate(ctx, app.Provider, link, op)
	if v.outcome == OutcomeUnknown && v.facts == nil && !v.final {
		return s.postpone(ctx, link, op, v, info)
	}
	return s.conclude(ctx, link, op, v, info)
}

// investigate finds out what became of an operation other than a create.
func (s *Service) investigate(ctx context.Context, provider Provider, link *Paylink, op *Operation) verdict {
	if op.Kind == OperationSend {
		v := unclear()
		v.final = true // no provider can tell whether a message went out
		return v
	}
	v := s.look(ctx, provider, link, op, unclear().cause)
	if v.outcome != OutcomeUnknown || v.facts == nil {
		return v
	}
	info := provider.Info()
	switch {
	case !stillPossible(op, *v.facts):
		v.outcome = NotApplied // and never will be: the payment has moved on
		v.cause = &ProviderError{Refusal: RefusedState, Outcome: NotApplied}
	case repeatable(op, info):
		return s.attempt(ctx, provider, link, op)
	case traceable(op, *v.facts, info) && s.now().Sub(op.StartedAt) >= s.opts.CallTimeout+settleGrace:
		v.outcome = NotApplied
	}
	return v
}

// stillPossible tells whether the provider would still do the operation in the state that facts show.
func stillPossible(op *Operation, facts Snapshot) bool {
	switch op.Kind {
	case OperationCapture:
		return facts.Status == StatusAuthorized || facts.Status == StatusPartiallyCaptured || facts.Status == StatusUnknown
	case OperationCancel:
		return facts.Status.Paid() == op.Void && !facts.Status.Final()
	default:
		return true
	}
}

// repeatable tells whether calling the provider again has the effect once at most.
func repeatable(op *Operation, info Info) bool {
	switch op.Kind {
	case OperationCapture:
		return info.Can(CanRepeatCapture)
	case OperationRefund:
		return info.Can(CanRepeatRefund)
	case OperationCancel:
		return true // what is cancelled can't be cancelled again
	default:
		return false
	}
}

// traceable tells whether facts would show the operation if it had happened.
func traceable(op *Operation, facts Snapshot, info Info) bool {
	switch op.Kind {
	case OperationCapture:
		return info.Can(CanTraceCapture) || facts.Captured.IsSet()
	case OperationRefund:
		return info.Can(CanTraceRefund) || facts.Refunded.IsSet()
	default:
		return true
	}
}

// conclude settles an operation after an investigation. One that the provider could never tell about ends unknown, for a person to look at.
func (s *Service) conclude(ctx context.Context, link *Paylink, op *Operation, v verdict, info Info) error {
	heard := news{source: SourceRecovery}
	switch {
	case v.outcome == NotApplied:
		heard.raise = EventOperationFailed
	case v.final:
		heard.raise = EventOperationUnknown
	case v.outcome == OutcomeUnknown && v.facts != nil && !traceable(op, *v.facts, info) && !repeatable(op, info):
		heard.raise, v.final = EventOperationUnknown, true
	}
	_, err := s.settle(ctx, link, op, v, heard, info)
	return err
}

// decideRefund settles the one refund of a link whose outcome nobody knew, once the provider has told that there was a refund.
func (s *Service) decideRefund(ctx context.Context, link *Paylink, info Info) error {
	operations, err := s.store.Operations(ctx, link.ID)
	if err != nil {
		return err
	}
	var open []*Operation
	for _, op := range operations {
		if undecided(op) {
			open = append(open, op)
		}
	}
	if len(open) != 1 {
		return nil // none, or nobody can tell which
	}
	return s.decide(ctx, link, open[0], true, SourceWebhook, info)
}

// decide gives an operation that ended without a known outcome the one that is known now.
func (s *Service) decide(ctx context.Context, link *Paylink, op *Operation, happened bool, source Source, info Info) error {
	if err := s.begin(ctx, link, op); err != nil {
		return err
	}
	v := verdict{outcome: NotApplied, cause: &ProviderError{Refusal: RefusedState, Outcome: NotApplied}}
	if happened {
		v = verdict{outcome: Applied, facts: &Snapshot{ProviderStatus: link.ProviderStatus, Status: link.Status}}
	}
	_, err := s.settle(ctx, link, op, v, news{source: source}, info)
	return err
}

// Resolve tells the Service what became of an operation that ended without a known outcome ([EventOperationUnknown]), after a person has looked it up at the
// provider. referenceID is the caller's, or the one of the answer. An operation that isn't in that state is an error with [CodeNotFound].
func (s *Service) Resolve(ctx context.Context, id, referenceID string, happened bool) (err error) {
	defer named("resolve", &err)
	ctx, span := s.trace(ctx, "resolve")
	defer span.end(&err)
	var wrong fieldErrors
	wrong.legible("reference_id", referenceID)
	if err := wrong.err("resolve"); err != nil {
		return err
	}
	link, app, err := s.open(ctx, "resolve", id)
	if err != nil {
		return err
	}
	op, err := s.operation(ctx, id, func(op *Operation) bool {
		return !op.Open && op.Outcome == OutcomeUnknown && op.Kind != OperationCreate && (op.Reference == referenceID || op.ID == referenceID)
	})
	if err != nil {
		return err
	}
	if op == nil {
		return &Error{
			Code: CodeNotFound, Outcome: NotApplied, Op: "resolve", PaylinkID: id, Status: link.Status,
			Message: "no operation of that reference waits for its outcome to be told",
		}
	}
	return s.decide(ctx, link, op, happened, SourcePerson, app.Provider.Info())
}

// recoverCreate settles a create: by our reference where the provider can be asked for it, else by waiting until the link, whose URL
// nobody has, can't be paid any more.
func (s *Service) recoverCreate(ctx context.Context, link *Paylink, op *Operation, provider Provider, info Info) error {
	now := s.now()
	finder, ok := provider.(ReferenceFinder)
	if !ok || !info.Can(CanFindByReference) {
		end := op.StartedAt.Add(info.LinkLife)
		if now.Before(end) {
			return s.postponeUntil(ctx, link, op, end)
		}
		_, err := s.settle(ctx, link, op, verdict{outcome: OutcomeUnknown, cause: unclear().cause, final: true},
			news{source: SourceRecovery, end: StatusFailed, reason: reasonOutcomeUnknown, raise: EventOperationUnknown}, info)
		return err
	}
	callCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opts.CallTimeout)
	defer cancel()
	facts, err := s.exchange(callCtx, link, callFind, func(ctx context.Context) (Snapshot, error) {
		return finder.FindByReference(ctx, link.Ref.Reference, link.Amount)
	})
	var cause *ProviderError
	switch {
	case err == nil:
		_, err := s.settleCreate(ctx, link, op, verdict{outcome: Applied, facts: &facts}, SourceRecovery, info)
		if errors.Is(err, CodeBuyerRejected) {
			return nil
		}
		return err
	case errors.As(err, &cause) && cause.Refusal == RefusedNotFound && now.Sub(op.StartedAt) >= s.opts.CallTimeout+settleSlack:
		_, err := s.settle(ctx, link, op, verdict{outcome: NotApplied, cause: cause},
			news{source: SourceRecovery, end: StatusFailed, reason: "create_not_applied"}, info)
		return err
	default:
		return s.postpone(ctx, link, op, unclear(), info)
	}
}

// postpone leaves an operation open and has it looked at later.
func (s *Service) postpone(ctx context.Context, link *Paylink, op *Operation, v verdict, info Info) error {
	_, err := s.settle(ctx, link, op, v, news{source: SourceRecovery}, info)
	return err
}

// postponeUntil leaves an operation open and has recovery look at it at a given time.
func (s *Service) postponeUntil(ctx context.Context, link *Paylink, op *Operation, at time.Time) error {
	was := op.Outcome
	op.Outcome, op.DueAt = OutcomeUnknown, at
	if err := s.store.Write(ctx, Change{Settle: op}); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	s.operationSettled(ctx, link, op, was, verdict{outcome: OutcomeUnknown})
	s.log.InfoContext(ctx, "a link whose creation has no known outcome waits for its end",
		slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.Time("until", at))
	return nil
}
