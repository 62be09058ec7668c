package paypal

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// PayPal doesn't publish its limits. Third parties tell of a ban of five minutes, and not of a Retry-After.
const (
	firstRatePause  = time.Minute
	longestPause    = 10 * time.Minute
	firstRetryPause = time.Second
)

// pace keeps calls apart and repeats those that fail for a while.
type pace struct {
	interval time.Duration
	tries    int
	now      func() time.Time
	wait     func(context.Context, time.Duration) error

	mu   sync.Mutex
	next time.Time
}

// do makes a call when its turn comes, again where that may help. Its error is a [*paylinks.ProviderError] whose causes are whole.
func (p *pace) do(ctx context.Context, call func() error) error {
	for try := 0; ; try++ {
		if err := p.rest(ctx, p.turn()); err != nil {
			return err
		}
		err := refusal(call())
		if err == nil {
			return nil
		}
		pause, again := p.again(err, try)
		if !again || ctx.Err() != nil {
			return err
		}
		if err := p.rest(ctx, pause); err != nil {
			return err
		}
	}
}

// turn is how long the next call has to wait.
func (p *pace) turn() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	at := p.next
	if at.Before(now) {
		at = now
	}
	p.next = at.Add(p.interval)
	return at.Sub(now)
}

// again is how long to wait before another try, and whether there's to be one.
func (p *pace) again(err error, try int) (time.Duration, bool) {
	var failure *paylinks.ProviderError
	if try+1 >= p.tries || !errors.As(err, &failure) {
		return 0, false
	}
	switch failure.Refusal {
	case paylinks.RefusedRate:
		if failure.RetryAfter > 0 {
			return min(failure.RetryAfter, longestPause), true
		}
		return min(firstRatePause<<try, longestPause), true
	case paylinks.Unreachable:
		return min(firstRetryPause<<try, longestPause), true
	default:
		return 0, false
	}
}

func (p *pace) rest(ctx context.Context, d time.Duration) error {
	err := ctx.Err()
	if err == nil && d > 0 {
		err = p.wait(ctx, d)
	}
	if err != nil {
		return ended(err)
	}
	return nil
}

// sleep waits for d or for the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
