package paylinks

import (
	"context"
	"errors"
)

// intent is one call of Capture, Cancel, Refund or Send, before anything is decided.
type intent struct {
	kind OperationKind
	// name is the caller's own for the operation, "" for none: under it, the same call is made once for ever.
	name string
	// wanted is the amount that the caller named, unset for all that is left.
	wanted Money
	// lookFirst tells whether the provider is to be asked before deciding on a link in this state.
	lookFirst func(*Paylink) bool
	// plan decides on the state that the link is in now: the operation to run (its amounts and what it must know), errDone where
	// there's nothing to do, or why it can't be done.
	plan func(*Paylink) (*Operation, error)
}

// made tells whether an operation is the one that an intent was carried out as before: it has its name, or neither has one and they want the same.
func (in intent) made(op *Operation) bool {
	switch {
	case op.Kind != in.kind:
		return false
	case in.name != "" || op.Reference != op.ID:
		return op.Reference == in.name
	default:
		return !op.Amount.IsSet() || in.wanted.or(op.Left).Equal(op.Amount)
	}
}

// finished is what an intent came to.
type finished struct {
	link *Paylink
	// operation is nil where nothing was to be done.
	operation *Operation
	// replayed: it's the answer to an earlier call under the same name.
	replayed bool
}

// maxRounds bounds how often an intent is decided anew since the link changed under it.
const maxRounds = 8

// carryOut brings an intent to its end: decide, begin, attempt, settle. Somebody else's write in between, by another request, a
// webhook or recovery, has it decided again on the new state.
func (s *Service) carryOut(ctx context.Context, link *Paylink, app App, in intent) (finished, error) {
	looked := false
	for range maxRounds {
		earlier, err := s.operation(ctx, link.ID, func(op *Operation) bool {
			return op.Kind == in.kind && in.name != "" && op.Reference == in.name
		})
		if err != nil {
			return finished{}, err
		}
		if earlier != nil && (earlier.Open || earlier.Outcome != NotApplied) {
			return s.answerAgain(ctx, link, earlier, in)
		}
		if !looked && in.lookFirst(link) {
			looked = true
			if link, err = s.lookAt(ctx, link, app, in.kind); err != nil {
				return finished{}, err
			}
		}
		op, planErr := in.plan(link)
		if planErr != nil && in.name != "" {
			// What stands in the way may be this very operation, done by another request in this moment.
			if op, planErr, err = s.planNamed(ctx, link, in, planErr); err != nil {
				return finished{}, err
			}
		}
		switch {
		case errors.Is(planErr, errTold):
			continue
		case errors.Is(planErr, errDone) && op == nil:
			return finished{link: link}, nil
		case planErr != nil && op == nil:
			return finished{}, planErr
		}
		s.identify(op, link, in, earlier)

		err = s.begin(ctx, link, op)
		switch {
		case err == nil && planErr != nil:
			return s.note(ctx, link, app, op)
		case err == nil:
			return s.bringToEnd(ctx, link, app, op, in)
		case errors.Is(err, ErrOperationOpen):
			if err := s.clearWay(ctx, link, in, CodeOperationInProgress); err != nil {
				return finished{}, err
			}
		case !errors.Is(err, ErrStale) && !errors.Is(err, ErrDuplicate):
			return finished{}, err
		}
		if link, err = s.store.Paylink(ctx, link.ID); err != nil {
			return finished{}, err
		}
	}
	return finished{}, inProgress(string(in.kind), CodeOperationInProgress, link.ID)
}

// errTold: the operation of that name exists by now, and has the answer.
var errTold = errors.New("paylinks: the operation of that name exists by now")

// planNamed decides what an intent with a name comes to where its plan found nothing to do, or a reason not to. A capture that finds the money taken already is
// an operation too, one without a call: the same name gets the same answer for ever.
func (s *Service) planNamed(ctx context.Context, link *Paylink, in intent, planErr error) (*Operation, error, error) {
	existing, err := s.operation(ctx, link.ID, func(op *Operation) bool {
		return op.Kind == in.kind && op.Reference == in.name && (op.Open || op.Outcome != NotApplied)
	})
	switch {
	case err != nil:
		return nil, planErr, err
	case existing != nil:
		return nil, errTold, nil
	case errors.Is(planErr, errDone) && in.kind == OperationCapture:
		return &Operation{Amount: in.wanted.or(link.Captured), Before: link.Captured, Left: link.Captured}, planErr, nil
	default:
		return nil, planErr, nil
	}
}

// note closes an operation that had nothing to do.
func (s *Service) note(ctx context.Context, link *Paylink, app App, op *Operation) (finished, error) {
	settled, err := s.settle(ctx, link, op, verdict{outcome: Applied, already: true}, news{source: SourceOperation}, app.Provider.Info())
	return finished{link: settled, operation: op}, err
}

// identify gives a planned operation its ids. One that was tried under the same name before, and didn't happen, is opened again.
func (s *Service) identify(op *Operation, link *Paylink, in intent, earlier *Operation) {
	op.ID, op.Kind, op.PaylinkID, op.StartedAt = newID(), in.kind, link.ID, s.now()
	if earlier != nil {
		op.ID, op.Attempts = earlier.ID, earlier.Attempts
	}
	op.Reference = in.name
	if op.Reference == "" {
		op.Reference = op.ID
	}
}

// bringToEnd calls the provider for an operation that has begun, settles it, and says what became of it.
func (s *Service) bringToEnd(ctx context.Context, link *Paylink, app App, op *Operation, in intent) (finished, error) {
	v := s.attempt(ctx, app.Provider, link, op)
	heard := news{source: SourceOperation}
	if v.final {
		heard.raise = EventOperationUnknown
	}
	settled, err := s.settle(ctx, link, op, v, heard, app.Provider.Info())
	if err != nil {
		return finished{}, err
	}
	if op.Outcome == Applied {
		return finished{link: settled, operation: op}, nil
	}
	if v.cause.Refusal == RefusedUnsupported && op.Kind == OperationCancel && !op.Void {
		return finished{}, errHereOnly
	}
	if (v.cause.Refusal == RefusedState || v.cause.Refusal == RefusedRequest) && op.Outcome == NotApplied {
		// The provider has told why: the payment has moved on. The plan for its new state has the right answer, unless it's the same plan.
		if _, err := in.plan(settled); errors.Is(err, errDone) {
			return finished{link: settled}, nil
		} else if err != nil {
			return finished{}, err
		}
	}
	return finished{}, failure(op, settled, v)
}

// answerAgain answers a call that was made before under the same name.
func (s *Service) answerAgain(ctx context.Context, link *Paylink, op *Operation, in intent) (finished, error) {
	if wanted := in.wanted.or(op.Left); op.Amount.IsSet() && !wanted.Equal(op.Amount) {
		return finished{}, idempotencyMismatch(string(in.kind), "reference_id belongs to an operation with another amount")
	}
	if op.Open {
		if err := s.clearWay(ctx, link, in, CodeIdempotencyInProgress); err != nil {
			return finished{}, err
		}
		settled, err := s.operation(ctx, link.ID, func(o *Operation) bool { return o.ID == op.ID })
		if err != nil {
			return finished{}, err
		}
		op = settled
		if link, err = s.store.Paylink(ctx, link.ID); err != nil {
			return finished{}, err
		}
	}
	switch op.Outcome {
	case Applied:
		return finished{link: link, operation: op, replayed: true}, nil
	case NotApplied:
		return finished{}, &Error{
			Code: CodeProviderUnavailable, Outcome: NotApplied, Op: string(in.kind), Provider: link.Provider, PaylinkID: link.ID, Status: link.Status,
			Message: "the operation turned out not to have happened: try again", RetryAfter: retrySoon,
		}
	default:
		return finished{}, failure(op, link, unclear())
	}
}

// clearWay deals with the operation that is open on a link: one that somebody runs right now is an error, one whose outcome
// is unknown is settled if the provider can tell. nil means that none is open any more.
func (s *Service) clearWay(ctx context.Context, link *Paylink, in intent, running Code) error {
	open, err := s.operation(ctx, link.ID, func(op *Operation) bool { return op.Open })
	if err != nil || open == nil {
		return err
	}
	if open.Outcome != OutcomeUnknown && open.DueAt.After(s.now()) {
		return inProgress(string(in.kind), running, link.ID)
	}
	if err := s.recover(ctx, open); err != nil {
		return err
	}
	if !open.Open {
		return nil
	}
	if in.made(open) {
		return failure(open, link, unclear())
	}
	e := inProgress(string(in.kind), CodeOperationInProgress, link.ID)
	e.Message = "the outcome of an earlier " + string(open.Kind) + " of this link isn't known yet: it settles itself, ask again in a moment"
	return e
}

// lookAt asks the provider before a decision. Where it can't be asked, a state that allows the operation is good enough: the
// provider itself refuses what is wrong.
func (s *Service) lookAt(ctx context.Context, link *Paylink, app App, kind OperationKind) (*Paylink, error) {
	fresh, err := s.refresh(ctx, link, app, glance{source: SourceOperation, wait: s.opts.CallTimeout, fresh: true})
	if err == nil {
		return fresh, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if link.Status.Paid() || kind == OperationCancel {
		return s.store.Paylink(ctx, link.ID)
	}
	cause := asProviderError(err)
	cause = &ProviderError{Refusal: cause.Refusal, Outcome: NotApplied, Status: cause.Status, Code: cause.Code, Message: cause.Message, RetryAfter: cause.RetryAfter, Err: err}
	return nil, failure(&Operation{Kind: kind}, link, verdict{outcome: NotApplied, cause: cause})
}

// operation is the first operation of a link that fits, nil for none.
func (s *Service) operation(ctx context.Context, paylinkID string, fits func(*Operation) bool) (*Operation, error) {
	operations, err := s.store.Operations(ctx, paylinkID)
	if err != nil {
		return nil, err
	}
	for _, op := range operations {
		if fits(op) {
			return op, nil
		}
	}
	return nil, nil
}

// older tells whether a link's state is older than the refresh interval.
func (s *Service) older(link *Paylink) bool {
	return s.now().Sub(link.RefreshedAt) >= s.opts.RefreshInterval
}
