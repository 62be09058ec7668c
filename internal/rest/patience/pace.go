package patience

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

const longestPacePause = 10 * time.Minute

// Pace keeps calls apart and repeats those that fail for a while. All walks of one account share one, which is safe for concurrent use.
type Pace struct {
	// Interval is the least time from one turn to the next, 0 for none.
	Interval time.Duration
	// Tries is how often a call is made before its failure is the caller's.
	Tries int
	// RatePause is the first pause after too many calls where the provider wishes for none. It doubles up to ten minutes, and so
	// does the pause of a second after other failures.
	RatePause time.Duration
	// Now and Wait are the clock.
	Now  func() time.Time
	Wait Wait

	mu   sync.Mutex
	next time.Time
}

// Turn makes a call when its turn comes, and each further try of it in a turn of its own.
func (p *Pace) Turn(ctx context.Context, call func() error) error {
	return p.Do(ctx, func() error {
		if err := p.rest(ctx, p.turn()); err != nil {
			return err
		}
		return call()
	})
}

// Do makes a call at once, again where that may help: after [paylinks.RefusedRate], and after [paylinks.Unreachable] while ctx lasts.
func (p *Pace) Do(ctx context.Context, call func() error) error {
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

// turn takes the next turn, and is how long that is away.
func (p *Pace) turn() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	at := p.next
	if at.Before(now) {
		at = now
	}
	p.next = at.Add(p.Interval)
	return at.Sub(now)
}

// again is how long to wait before another try, and whether there's to be one.
func (p *Pace) again(err error, try int) (time.Duration, bool) {
	var failure *paylinks.ProviderError
	if try+1 >= p.Tries || !errors.As(err, &failure) {
		return 0, false
	}
	pause := time.Second
	switch failure.Refusal {
	case paylinks.RefusedRate:
		pause = p.RatePause
		if failure.RetryAfter > 0 {
			return min(failure.RetryAfter, longestPacePause), true
		}
	case paylinks.Unreachable:
	default:
		return 0, false
	}
	for range try {
		pause = min(2*pause, longestPacePause)
	}
	return pause, true
}

func (p *Pace) rest(ctx context.Context, d time.Duration) error {
	err := ctx.Err()
	if err == nil && d > 0 {
		err = p.Wait(ctx, d)
	}
	if err != nil {
		return Ended(err)
	}
	return nil
}
