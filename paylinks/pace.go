package paylinks

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// perApp is how many links of one app are looked at side by side.
	perApp = 8
	// enoughWaiting is how many claimed links of one app wait before no more are claimed.
	enoughWaiting = crewSize / 2
	// defaultRate is how many calls per second a provider that names no limit is taken to accept.
	defaultRate = 10
	// longestRest is how long an app whose provider is away is left alone at most, so that its return is seen soon.
	longestRest = time.Minute
)

// paces are how fast the Service works by itself at each app's provider: callers come first, and a provider that is slow or away neither
// keeps the links of another waiting nor is hammered.
type paces struct {
	// bell rings when an app has room for more links to be claimed.
	bell chan struct{}

	mu    sync.Mutex
	byApp map[string]*pace
}

// of is the pace of an app.
func (p *paces) of(orgAppID string) *pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.byApp[orgAppID]; ok {
		return known
	}
	if p.byApp == nil {
		p.byApp = map[string]*pace{}
	}
	made := &pace{bell: p.bell, slots: make(chan struct{}, perApp)}
	p.byApp[orgAppID] = made
	return made
}

// busy are the apps of which no link should be claimed now.
func (p *paces) busy(now time.Time) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var busy []string
	for id, pace := range p.byApp {
		if pace.enough() || pace.resting(now) {
			busy = append(busy, id)
		}
	}
	return busy
}

// pace is one app's: half the rate that its provider allows, and rests while the provider is away.
type pace struct {
	bell  chan struct{}
	slots chan struct{}

	mu       sync.Mutex
	limiter  *rate.Limiter
	waiting  int
	failures int
	restsTo  time.Time
}

// expect counts a link that was claimed. [pace.begin] follows.
func (p *pace) expect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
}

// begin waits for a slot.
func (p *pace) begin() (done func()) {
	p.slots <- struct{}{}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	if p.waiting == enoughWaiting-1 {
		wake(p.bell)
	}
	return func() { <-p.slots }
}

// wait waits until the provider may be called.
func (p *pace) wait(ctx context.Context, info Info) error {
	p.mu.Lock()
	if p.limiter == nil {
		perSecond := info.RateLimit
		if perSecond <= 0 {
			perSecond = defaultRate
		}
		half := max(perSecond/2, 1)
		p.limiter = rate.NewLimiter(rate.Limit(half), half)
	}
	limiter := p.limiter
	p.mu.Unlock()
	return limiter.Wait(ctx)
}

func (p *pace) enough() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting >= enoughWaiting
}

func (p *pace) resting(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.restsTo)
}

// learn lets the app rest where its provider is away or wants fewer calls: longer with every round of failures, and no more once it answers.
func (p *pace) learn(err error, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.failures, p.restsTo = 0, time.Time{}
		return
	}
	cause := asProviderError(err)
	switch cause.Refusal {
	case Unreachable, RefusedRate, RefusedCredentials:
	default:
		return // about this payment alone
	}
	p.failures++
	var rest time.Duration
	if rounds := p.failures / perApp; rounds > 0 {
		rest = time.Second << min(rounds-1, 10)
	}
	if until := now.Add(min(max(rest, cause.RetryAfter), longestRest)); until.After(p.restsTo) {
		p.restsTo = until
	}
}
