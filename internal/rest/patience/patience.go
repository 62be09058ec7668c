// Package patience is for callers who read long lists: when to make a call again, how long to wait before, and how to keep calls apart.
// Nobody stands at the till and waits for them, so they sit out what [rest.Client]'s own retries wouldn't.
//
// [Repeat] is for a provider that says 429 now and then; [Pace] for one that allows few calls and shuts out who makes more.
package patience

import (
	"context"
	"errors"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Wait waits for d. Its error is that of ctx, where it ends sooner.
type Wait func(ctx context.Context, d time.Duration) error

// Sleep is a [Wait] by the real clock.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ended is the error of a walk that err ends, other than a provider's answer: the end of its context, or a list that leads nowhere.
func Ended(err error) *paylinks.ProviderError {
	return &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.NotApplied, Message: "the walk ended: " + err.Error(), Err: err,
	}
}

// Refusal is a failed call as the error that a sync understands, nil for nil. An answer of the type E is what say makes of it, with err
// whole as its cause. Calls of a walk read alone: none has had an effect, whether it was answered or not.
func Refusal[E error](err error, say func(answer E) *paylinks.ProviderError) error {
	var (
		answer  E
		refused *paylinks.ProviderError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer):
		refused = say(answer)
	case errors.As(err, &refused):
		told := *refused
		refused = &told
	default:
		return Ended(err)
	}
	refused.Outcome, refused.Err = paylinks.NotApplied, err
	return refused
}
