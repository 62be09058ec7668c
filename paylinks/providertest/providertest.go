// Package providertest is the conformance suite of [paylinks.Provider]: whoever writes a provider runs it against a
// simulator of the provider's API, and is done when it passes.
//
//	func TestConformance(t *testing.T) {
//		providertest.Run(t, providertest.Harness{Currencies: …, New: …})
//	}
//
// What is checked follows from the provider's Info: a capability that it doesn't list is nobody's business, and one that it
// lists has to hold. One check is about the harness: it fails where a control is nil without which little is proven. Any other control
// that's nil skips the checks that need it, visibly.
package providertest

import (
	"context"
	"net/http"
	"testing"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
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

// Harness connects the suite with a provider. Currencies and New are required.
type Harness struct {
	// Currencies are those to test in, at least one. Have one with two decimals and one with three where the provider takes both.
	Currencies []paylinks.Currency
	// New makes a provider that takes currency, on a simulator of its own.
	New func(t TB, currency paylinks.Currency) Subject
	// Down makes a provider whose API's address refuses connections.
	Down func(t TB, currency paylinks.Currency) paylinks.Provider
}

// Subject is a provider with the strings of its simulator, which may be called from several goroutines. Provider, Pay, Truth, Calls, Break, Heal
// and Hang are required, Phone where Info requires one, Webhook and Forge where Info lists [paylinks.CanReceiveWebhook].
type Subject struct {
	Provider paylinks.Provider
	// Secrets are the credentials that Provider was made with. They must never come out again.
	Secrets []string
	// Phone is a buyer's whom the simulator accepts, RejectedPhone one's whom it refuses at creation.
	Phone         paylinks.Phone
	RejectedPhone paylinks.Phone
	// Options go into every create call.
	Options map[string]string

	// Pay has the buyer pay, and returns the ids that the provider tells by webhook or callback meanwhile, in a Ref that is
	// otherwise empty. It fails where the buyer can't pay any more.
	Pay func(ref paylinks.Ref) (learned paylinks.Ref, err error)
	// Decline has the provider refuse the buyer at the checkout, Expire lets the link's time run out.
	Decline func(ref paylinks.Ref) error
	Expire  func(ref paylinks.Ref) error
	// RefundAtProvider refunds without the API, Dispute opens a dispute.
	RefundAtProvider func(ref paylinks.Ref, amount paylinks.Money) error
	Dispute          func(ref paylinks.Ref) error

	// Truth is what really happened to a payment at the provider.
	Truth func(ref paylinks.Ref) Truth
	// Calls is how many calls of op have reached the API. Where an operation takes several, count the one that moves the money (or makes the
	// link), and break and hang that one too.
	Calls func(op Op) int
	// Break makes every call of op go wrong from now on, Heal ends all that.
	Break func(op Op, fault Fault)
	Heal  func()
	// Hang makes every call of op wait, before its effect, until its caller gives up.
	Hang func(op Op)

	// Webhook is a genuine webhook about a payment's present state.
	Webhook func(ref paylinks.Ref) paylinks.WebhookRequest
	// Forge makes webhooks of a genuine one that must not be believed, by what's wrong with them.
	Forge func(genuine paylinks.WebhookRequest) map[string]paylinks.WebhookRequest
}

// Truth is a payment as its simulator has it.
type Truth struct {
	// Amount is unset where the simulator doesn't know the payment.
	Amount   paylinks.Money
	Captured paylinks.Money
	Refunded paylinks.Money
}

// Op is an operation of a provider's API.
type Op string

// The operations. OpCancel ends an unpaid link, OpVoid gives an authorization back.
const (
	OpCreate  Op = "create"
	OpFetch   Op = "fetch"
	OpCapture Op = "capture"
	OpCancel  Op = "cancel"
	OpVoid    Op = "void"
	OpRefund  Op = "refund"
	OpSend    Op = "send"
)

// Fault is a way for a call to go wrong.
type Fault string

// The faults.
const (
	// LostAnswer: the call has its effect, and the connection closes without an answer.
	LostAnswer Fault = "lost answer"
	// CutAnswer: the call has its effect, and the connection closes in the middle of the answer.
	CutAnswer Fault = "cut answer"
	// GarbledAnswer: the call has its effect, and is answered by a web page with status 200.
	GarbledAnswer Fault = "garbled answer"
	// LateError: the call has its effect, and is answered with status 500.
	LateError Fault = "error after the effect"
	// EarlyError: the call is answered with status 503 and has no effect. The caller can't know that.
	EarlyError Fault = "error before the effect"
	// TooMany: the call is answered with status 429 and has no effect.
	TooMany Fault = "too many calls"
	// Redirected: the call is answered with status 307 and has no effect, unless the caller follows: then it's answered well.
	Redirected Fault = "redirect"
	// Huge: the call has its effect, and its answer is right but for 32 MiB of blanks before it.
	Huge Fault = "huge answer"
	// Endless: the call has its effect, and the connection closes after 32 MiB of blanks, which a caller with a limit doesn't see.
	Endless Fault = "answer without an end"
	// Unauthorized: the call is answered as with a wrong key, and has no effect.
	Unauthorized Fault = "wrong key"
)

// Strike makes every call of a simulator's operation go wrong like that, until its faults are cleared. op is the simulator's own name for the operation.
// [Unauthorized] is status 401 with the simulator's ErrorBody.
func (f Fault) Strike(faults *simulator.Faults, op string) {
	switch f {
	case LostAnswer:
		faults.DropAfter(op, 0)
	case CutAnswer:
		faults.Truncate(op, 0)
	case GarbledAnswer:
		faults.Garble(op, 0)
	case LateError:
		faults.FailAfter(op, 0, http.StatusInternalServerError)
	case EarlyError:
		faults.FailBefore(op, 0, http.StatusServiceUnavailable)
	case TooMany:
		faults.FailBefore(op, 0, http.StatusTooManyRequests)
	case Redirected:
		faults.Redirect(op, 0)
	case Huge:
		faults.Bloat(op, 0)
	case Endless:
		faults.Add(simulator.Fault{Op: op, Padding: 32 << 20, Truncate: true})
	case Unauthorized:
		faults.FailBefore(op, 0, http.StatusUnauthorized)
	}
}

// Check is one promise that a provider keeps.
type Check struct {
	Name string
	Run  func(t TB, h Harness)
}

// Checks are all checks.
func Checks() []Check {
	var checks []Check
	for _, area := range [][]Check{
		harnessChecks(), infoChecks(), createChecks(), lifeChecks(), captureChecks(), cancelChecks(), refundChecks(), failureChecks(), webhookChecks(), crowdChecks(),
	} {
		checks = append(checks, area...)
	}
	return checks
}

// Run runs all checks as subtests, in parallel.
func Run(t *testing.T, h Harness) {
	t.Helper()
	stage(t, h) // What fails here would fail every check.
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			check.Run(t, h)
		})
	}
}
