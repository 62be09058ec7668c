package hyperpay

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Third parties wait half a minute after a query that was too many. Retry-After isn't documented.
const (
	firstRatePause  = 30 * time.Second
	longestPause    = 10 * time.Minute
	firstRetryPause = time.Second
)

// pace keeps queries by date apart and repeats calls that fail for a while.
type pace struct {
	interval time.Duration
	tries    int
	now      func() time.Time
	wait     func(context.Context, time.Duration) error

	mu   sync.Mutex
	next time.Time
}

// dated makes a query by date when its turn comes.
func (p *pace) dated(ctx context.Context, call func() error) error {
	return p.do(ctx, func() error {
		if err := p.rest(ctx, p.turn()); err != nil {
			return err
		}
		return call()
	})
}

// do makes a call, again where that may help.
func (p *pace) do(ctx context.Context, call func() error) error {
	for try := 0; ; try++ {
		if err := p.rest(ctx, 0); err != nil {
			return err
		}
		err := call()
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

// turn is how long the next query by date has to wait.
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
