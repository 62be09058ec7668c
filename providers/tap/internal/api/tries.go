package api

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	maxFailures  = 2
	maxThrottles = 8
	// maxPause is the longest wish to wait that is granted. A longer one ends the walk, to be resumed.
	maxPause = 5 * time.Minute
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

// tries counts how one call fared so far. A list of many pages meets rate limits, so those are sat out for longer than failures.
type tries struct{ failures, throttles int }

// again tells whether to try again after err, and how long to wait before.
func (t *tries) again(err error) (time.Duration, bool) {
	var answer *Error
	answered := errors.As(err, &answer)
	var pause time.Duration
	switch {
	case errors.Is(err, context.Canceled) || (answered && !answer.passing()):
		return 0, false
	case answered && answer.throttled():
		// Tap recommends exponential backoff and gives no numbers.
		pause = backoff(time.Second, t.throttles)
		t.throttles++
	default:
		pause = backoff(200*time.Millisecond, t.failures)
		t.failures++
	}
	if answered && answer.RetryAfter > 0 {
		pause = answer.RetryAfter
	}
	return pause, t.throttles <= maxThrottles && t.failures <= maxFailures && pause <= maxPause
}

// backoff doubles from first on, with half of it left to chance.
func backoff(first time.Duration, attempt int) time.Duration {
	ceiling := first << attempt
	return ceiling/2 + rand.N(ceiling/2+1)
}
