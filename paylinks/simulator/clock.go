package simulator

import (
	"sync"
	"time"
)

// Clock is a simulator's time: it runs with its source and can be moved.
type Clock struct {
	source func() time.Time

	mu     sync.Mutex
	offset time.Duration
	moved  chan struct{}
}

// NewClock makes a clock that shows source's time, time.Now where source is nil.
func NewClock(source func() time.Time) *Clock {
	if source == nil {
		source = time.Now
	}
	return &Clock{source: source, moved: make(chan struct{})}
}

// Now is the simulator's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.source().Add(c.offset).UTC()
}

// Advance moves the clock forward by d: what expires meanwhile has expired, and webhooks that fall due are sent.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
	c.wake()
}

// Set moves the clock to t. It runs on from there.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = t.Sub(c.source())
	c.wake()
}

func (c *Clock) wake() {
	close(c.moved)
	c.moved = make(chan struct{})
}

// changed is closed when the clock is moved the next time.
func (c *Clock) changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}
