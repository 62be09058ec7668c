// Package gatewaytest is the conformance suite of [paylinks.Gateway]: whoever writes a gateway runs it against a simulator of the
// provider's API, and is done when it passes.
//
//	func TestConformance(t *testing.T) {
//		gatewaytest.Run(t, gatewaytest.Harness{Currencies: …, Statuses: …, New: …})
//	}
//
// The simulator's ledger is the truth: what the gateway yields is compared with it, never with what the gateway says of itself. A
// control that the harness leaves nil skips the checks that need it, visibly.
package gatewaytest

import (
	"context"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// TB is what a check needs of a test. [*testing.T] is one; a recorder that notes failures can be another.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(f func())
	Errorf(format string, args ...any)
	FailNow()
	Skipf(format string, args ...any)
}

// Harness connects the suite with a gateway. Currencies, Statuses and New are required.
type Harness struct {
	// Currencies are those to test in, at least one. Have one with no, one with two and one with three decimals where the provider has them.
	Currencies []paylinks.Currency
	// Statuses are those that the provider's payments can have and the simulator can bring them to.
	Statuses []paylinks.PaymentStatus
	// New makes a gateway on a simulator of its own that has these payments from the start. The simulator's clock shows [Now].
	New func(t TB, specs []Spec) Subject
	// Large makes a gateway on a simulator that makes up n payments of the window of [Query] as they are asked for. Without it the memory of a walk
	// is looked at over a few pages.
	Large func(t TB, n int) Subject
	// Down makes a gateway whose API's address refuses connections.
	Down func(t TB) paylinks.Gateway

	// LooseWindow: the provider can't be asked for a time exactly, so that payments around it may be yielded too.
	LooseWindow bool
	// Held is how many rows the gateway may hold at once, where the provider's form of rows needs more than two pages to be put together.
	Held int
}

// Subject is a gateway with the strings of its simulator. Gateway, PageSize and Ledger are required; its functions may be called while a walk is
// under way.
type Subject struct {
	Gateway paylinks.Gateway
	// Secrets are the credentials that Gateway was made with. They must never come out again.
	Secrets []string
	// Redacted are texts in the simulator's rows that give power over a payment and must not be in its Raw.
	Redacted []string
	// PageSize is how many rows a page of the simulator has. Checks walk three and more pages.
	PageSize int

	// Ledger is what the simulator has.
	Ledger func() []Truth
	// Add has the simulator make one more payment.
	Add func(spec Spec)
	// Change has a payment change at the provider now, so that its time of change moves and a list by it shifts.
	Change func(id string)
	// Spoil makes a payment's row unreadable but for its id, SpoilWholly also its id.
	Spoil       func(id string)
	SpoilWholly func(id string)

	// Calls is how many calls for a page have reached the API.
	Calls func() int
	// Break makes the next n calls for a page go wrong, 0 for all from now on. Heal ends all that.
	Break func(fault Fault, n int)
	Heal  func()
	// Hang makes every call for a page wait until its caller gives up.
	Hang func()
	// Waited is how long the gateway has waited of its own will, by a clock that the harness has given to it: no check really waits.
	Waited func() time.Duration
	// ExpireToken makes the token in use invalid, as its time would, where the provider has tokens. Revoke makes the credentials so.
	ExpireToken func()
	Revoke      func()
}

// Spec is a payment to make.
type Spec struct {
	// Reference is the merchant's, of letters, digits and dashes.
	Reference string
	Amount    paylinks.Money
	// Captured and Refunded are set, zero for nothing, and go with Status.
	Captured paylinks.Money
	Refunded paylinks.Money
	Status   paylinks.PaymentStatus
	// At is when the payment was made and last changed: whole seconds, UTC.
	At time.Time
}

// Truth is a payment as the simulator has it.
type Truth struct {
	ID        string
	Reference string
	Amount    paylinks.Money
	Captured  paylinks.Money
	Refunded  paylinks.Money
	Status    paylinks.PaymentStatus
	// Spoilt rows can't be read.
	Spoilt bool
}

// Fault is a way for a call to go wrong.
type Fault string

// The faults.
const (
	// TooMany: the call is answered with status 429 and a Retry-After of [RetryAfter].
	TooMany Fault = "too many calls"
	// Unavailable: the call is answered with status 503.
	Unavailable Fault = "status 503"
	// Dropped: the connection closes without an answer.
	Dropped Fault = "a dropped connection"
	// Cut: the connection closes in the middle of the page.
	Cut Fault = "a page cut in half"
	// Garbled: a web page comes with status 200.
	Garbled Fault = "a web page"
	// Redirected: the call is answered with status 307, and answered well where it leads.
	Redirected Fault = "a redirect"
)

// RetryAfter is what [TooMany] asks for: longer than a caller who has a person waiting would obey.
const RetryAfter = 45 * time.Second

// Now is what the clock of a simulator shows, some time after the payments of [Query] were made.
func Now() time.Time { return time.Date(2026, 3, 6, 9, 0, 0, 0, time.UTC) }

// Query is the window that most checks walk: two days.
func Query() paylinks.PaymentsQuery {
	return paylinks.PaymentsQuery{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}
}

// Check is one promise that a gateway keeps.
type Check struct {
	Name string
	Run  func(t TB, h Harness)
}

// Checks are all checks.
func Checks() []Check {
	var checks []Check
	for _, area := range [][]Check{infoChecks(), pagingChecks(), rowChecks(), resumeChecks(), changeChecks(), failureChecks(), conductChecks()} {
		checks = append(checks, area...)
	}
	return checks
}

// Run runs all checks as subtests, in parallel.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			check.Run(t, h)
		})
	}
}
