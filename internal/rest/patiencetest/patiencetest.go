// Package patiencetest has what tests put in the place of a clock.
package patiencetest

import (
	"context"
	"sync/atomic"
	"time"
)

// Clock waits without waiting, and counts for how long it would have. The zero Clock is ready, and safe for concurrent use.
type Clock struct{ waited atomic.Int64 }

// Wait is a patience.Wait. Its error is that of ctx.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	c.waited.Add(int64(d))
	return ctx.Err()
}

// Waited is the sum of all waits.
func (c *Clock) Waited() time.Duration { return time.Duration(c.waited.Load()) }
