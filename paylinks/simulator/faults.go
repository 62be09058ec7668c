package simulator

import (
	"context"
	"sync"
	"time"
)

// garbage is what stands between a shop and its provider on a bad day: a firewall's page in place of the API's JSON.
const garbage = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"

// bloat is how many blanks [Faults.Bloat] sends: more than anybody should read for one payment.
const bloat = 32 << 20

// Fault is something that goes wrong with an API call.
type Fault struct {
	// Op is the operation that it strikes, "" for every one.
	Op string
	// Times is how many calls it strikes, 0 for all until [Faults.Clear].
	Times int
	// After: the operation has its effect first, and only its answer is hit. Else it never happens.
	After bool

	// Status answers with this HTTP status and an error body in the provider's form.
	Status int
	// Body answers with this text as HTML, with Status or 200.
	Body string
	// Drop closes the connection without an answer.
	Drop bool
	// Truncate closes the connection in the middle of the answer. It implies After.
	Truncate bool
	// Redirect answers with status 307 to an address at which the call is answered well, whatever faults there are.
	Redirect bool
	// Padding is how many blanks come before the answer: JSON stays JSON. It implies After. With Truncate the blanks are all that comes.
	Padding int

	// Delay holds the call up for so long first, and Hold until the channel is closed; both end with the caller's patience.
	Delay time.Duration
	Hold  <-chan struct{}
}

// Faults is the list of faults to come. Each call meets the oldest one that fits its operation. The methods that take n
// make the faults that are mostly wanted, for the next n calls of op; 0 is for all until [Faults.Clear].
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Add puts a fault on the list.
func (f *Faults) Add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
}

// Clear forgets all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// FailBefore answers the next n calls of op with status; they have no effect.
func (f *Faults) FailBefore(op string, n, status int) { f.Add(Fault{Op: op, Times: n, Status: status}) }

// FailAfter lets the next n calls of op have their effect and answers them with status all the same.
func (f *Faults) FailAfter(op string, n, status int) {
	f.Add(Fault{Op: op, Times: n, Status: status, After: true})
}

// DropBefore closes the connection of the next n calls of op; they have no effect.
func (f *Faults) DropBefore(op string, n int) { f.Add(Fault{Op: op, Times: n, Drop: true}) }

// DropAfter lets the next n calls of op have their effect and loses their answers.
func (f *Faults) DropAfter(op string, n int) { f.Add(Fault{Op: op, Times: n, Drop: true, After: true}) }

// Garble lets the next n calls of op have their effect and answers with a firewall's HTML page and status 200.
func (f *Faults) Garble(op string, n int) {
	f.Add(Fault{Op: op, Times: n, Body: garbage, After: true})
}

// Truncate lets the next n calls of op have their effect and cuts their answers off half way.
func (f *Faults) Truncate(op string, n int) { f.Add(Fault{Op: op, Times: n, Truncate: true}) }

// Redirect sends the next n calls of op elsewhere; they have no effect unless the caller follows.
func (f *Faults) Redirect(op string, n int) { f.Add(Fault{Op: op, Times: n, Redirect: true}) }

// Bloat lets the next n calls of op have their effect and puts 32 MiB of blanks before their answers.
func (f *Faults) Bloat(op string, n int) { f.Add(Fault{Op: op, Times: n, Padding: bloat}) }

// Delay makes the next n calls of op slow by d.
func (f *Faults) Delay(op string, n int, d time.Duration) {
	f.Add(Fault{Op: op, Times: n, Delay: d})
}

// Hang makes the next n calls of op wait, before their effect, for release or until the caller gives up.
func (f *Faults) Hang(op string, n int) (release func()) {
	gate := make(chan struct{})
	f.Add(Fault{Op: op, Times: n, Hold: gate})
	return sync.OnceFunc(func() { close(gate) })
}

// next is the fault that a call of op meets, or nil.
func (f *Faults) next(op string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.list {
		if fault.Op != "" && fault.Op != op {
			continue
		}
		met := *fault
		switch fault.Times {
		case 0:
		case 1:
			f.list = append(f.list[:i:i], f.list[i+1:]...)
		default:
			fault.Times--
		}
		return &met
	}
	return nil
}

type moment bool

const (
	before moment = false
	after  moment = true
)

// strikes tells whether the fault belongs to that moment of a call.
func (f *Fault) strikes(when moment) bool {
	return f != nil && (f.After || f.Truncate || f.Padding > 0) == bool(when)
}

// wait holds the call up as the fault says, and tells whether the caller is still there.
func (f *Fault) wait(ctx context.Context) bool {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return false
		}
	}
	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-ctx.Done():
			return false
		}
	}
	return true
}
