package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/paylinks/paylinks-go/internal/failpoint"
)

// settle writes what an operation came to: outcome, link and events in one transaction. With an unknown outcome the
// operation stays open, due at once, for recovery. It returns the link as stored.
func (s *Service) settle(ctx context.Context, link *Paylink, op *Operation, v verdict, heard news, info Info) (*Paylink, error) {
	ctx = context.WithoutCancel(ctx)
	for {
		now := s.now()
		heard.snapshot, heard.operation = inLightOf(v, op, link), op
		next := *link
		events := s.learn(ctx, &next, heard, info, now)
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
		was := op.Outcome
		*op = closed
		failpoint.Hit(string(op.Kind), failpoint.Settled)
		s.operationSettled(ctx, &next, op, was, v)
		s.statusChanged(ctx, link.Status, &next)
		s.published(ctx, link.Provider, events)
		s.woken(change.WakeOrder)
		if op.Open {
			s.log.WarnContext(ctx, "the outcome of an operation is unknown: it will be settled by asking the provider",
				slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.String("operation", string(op.Kind)), slog.Any("cause", v.cause))
		} else if op.Outcome == OutcomeUnknown {
			s.log.ErrorContext(ctx, "an operation has ended and nobody knows whether it happened: look it up at the provider",
				slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.String("operation", string(op.Kind)), slog.String("reference_id", op.ID))
		}
		return &next, nil
	}
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
		ProviderStatus: link.ProviderStatus, Status: link.Status, Captured: link.Captured, Refunded: link.Refunded, FinalizePending: link.FinalizePending, AlreadyCaptured: v.already,
	}
	if v.facts != nil {
		op.Result.ProviderStatus = v.facts.ProviderStatus
		op.Result.TransactionID = transactionID(op, v.facts)
	}
	return op
}

// retryPause grows with the number of attempts, from two seconds to five minutes.
func retryPause(attempts int) time.Duration {
	const least, most = 2 * time.Second, 5 * time.Minute
	return min(least<<min(max(attempts-1, 0), 10), most)
}
