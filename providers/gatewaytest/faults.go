package gatewaytest

import (
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// WithFaults is s with Calls, Break, Heal and Hang, for a simulator that's built on package simulator. op is its operation that answers pages, ""
// for every operation.
func (s Subject) WithFaults(faults *simulator.Faults, calls *simulator.CallLog, op string) Subject {
	s.Calls = func() int { return calls.Count(op) }
	s.Break = func(fault Fault, n int) {
		switch fault {
		case TooMany:
			faults.FailBefore(op, n, http.StatusTooManyRequests)
		case Unavailable:
			faults.FailBefore(op, n, http.StatusServiceUnavailable)
		case Dropped:
			faults.DropBefore(op, n)
		case Cut:
			faults.Truncate(op, n)
		case Garbled:
			faults.Garble(op, n)
		case Redirected:
			faults.Redirect(op, n)
		}
	}
	s.Heal = faults.Clear
	s.Hang = func() { faults.Hang(op, 0) }
	return s
}
