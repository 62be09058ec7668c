package patience

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	maxFailures = 2
	// maxThrottles is larger: the merchant's own traffic shares the rate limit, and a list of many pages meets it again and again.
	maxThrottles = 8
	// maxWish is the longest wish to wait that is granted. A longer one ends the walk, to be resumed.
	maxWish = 5 * time.Minute

	firstRatePause  = time.Second
	firstRetryPause = 200 * time.Millisecond
)

// answer is an error with which a provider has answered. Any other error is a call without an answer.
type answer interface {
	error
	// Passing tells whether the same call may well succeed later, and Throttled whether there were too many.
	Passing() bool
	Throttled() bool
	// Wish is how long the provider asks to wait, zero where it doesn't.
	Wish() time.Duration
}

// Repeat makes a call that only reads, until it succeeds or fails in a way that won't pass, or has failed too often. In between it waits as
// long as the provider wishes, else longer each time. Its error is the call's own, beside the context's where that ends the wait.
func Repeat[T any](ctx context.Context, wait Wait, call func() (T, error)) (T, error) {
	var (
		none  T
		tries tries
	)
	for {
		result, err := call()
		if err == nil {
			return result, nil
		}
		pause, again := tries.again(err)
		if !again {
			return none, err
		}
		if ended := wait(ctx, pause); ended != nil {
			return none, fmt.Errorf("%w while waiting after: %w", ended, err)
		}
	}
}

// tries counts how one call fared so far.
type tries struct{ failures, throttles int }

// again tells whether to try again after err, and how long to wait before.
func (t *tries) again(err error) (time.Duration, bool) {
	var told answer
	answered := errors.As(err, &told)
	var pause time.Duration
	switch {
	case errors.Is(err, context.Canceled) || (answered && !told.Passing()):
		return 0, false
	case answered && told.Throttled():
		pause = backoff(firstRatePause, t.throttles)
		t.throttles++
	default:
		pause = backoff(firstRetryPause, t.failures)
		t.failures++
	}
	if answered && told.Wish() > 0 {
		pause = told.Wish()
	}
	return pause, t.throttles <= maxThrottles && t.failures <= maxFailures && pause <= maxWish
}

// backoff doubles from first on, with half of it left to chance.
func backoff(first time.Duration, attempt int) time.Duration {
	ceiling := first << attempt
	return ceiling/2 + rand.N(ceiling/2+1)
}
