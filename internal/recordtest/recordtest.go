// Package recordtest runs a check of a conformance suite against something broken, and tells what the check says of it.
package recordtest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Recorder stands in for a test and notes what a check says.
type Recorder struct {
	ctx context.Context

	mu       sync.Mutex
	failures []string
	skipped  bool
	cleanups []func()
}

// Run runs a check and its cleanups. A panic is a failure.
func Run(ctx context.Context, check func(*Recorder)) *Recorder {
	r := &Recorder{ctx: ctx}
	done := make(chan struct{})
	go func() { // FailNow and Skipf end it
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.Errorf("panic: %v", p)
			}
		}()
		check(r)
	}()
	<-done
	for _, cleanup := range slices.Backward(r.cleanups) {
		cleanup()
	}
	return r
}

// Failures are what failed, in its order.
func (r *Recorder) Failures() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.failures)
}

// Skipped tells whether the check was skipped.
func (r *Recorder) Skipped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.skipped
}

// Helper does nothing.
func (r *Recorder) Helper() {}

// Context is the context that [Run] was given.
func (r *Recorder) Context() context.Context { return r.ctx }

// Cleanup has f run after the check.
func (r *Recorder) Cleanup(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleanups = append(r.cleanups, f)
}

// Errorf notes a failure.
func (r *Recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// FailNow ends the check.
func (r *Recorder) FailNow() {
	r.Errorf("failed now")
	runtime.Goexit()
}

// Skipf ends the check.
func (r *Recorder) Skipf(string, ...any) {
	r.mu.Lock()
	r.skipped = true
	r.mu.Unlock()
	runtime.Goexit()
}
