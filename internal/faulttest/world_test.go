package faulttest

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
	"github.com/paylinks/paylinks-go/providers"
)

// world is a simulated provider: it remembers what really happened, whatever we believe.
type world interface {
	http.Handler
	// info describes the provider.
	info() paylinks.Info
	// provider is the product's own client of this world, which is reached at a base URL.
	provider(baseURL string, client *http.Client) (paylinks.Provider, error)
	// credentials are those of the app, by the names in the provider's Info.
	credentials() map[string]string
	// path follows the host in the provider's base URL, "" for none.
	path() string
	// pay is the buyers paying for orders.
	pay(orderIDs ...string) error
	// decline is the provider refusing the buyer on its page, giveUp the buyer leaving it.
	decline(orderID string) error
	giveUp(orderID string) error
	// dashboard is a person at the provider's own dashboard: "capture", "refund" of an amount, or "void". It's an error where that can't be done.
	dashboard(orderID, action, amount string) error
	// ops are the simulator's names of the calls for each kind of operation, and of the read under "".
	ops() map[paylinks.OperationKind][]string
	// deals are the payments that were made there, oldest first.
	deals() []deal
	// webhook is what the provider would tell of an order's payment now, with its proof.
	webhook(orderID string) (hook, error)
	// forge is a webhook whose proof is wrong, in one of several ways.
	forge(h hook, way int) hook
	clock() *simulator.Clock
	faults() *simulator.Faults
}

// deal is a payment as it stands at the provider.
type deal struct {
	ID      string
	OrderID string
	// Native is the provider's word, Status what it means by the reading of these tests, not by the product's tables.
	Native                     string
	Status                     paylinks.Status
	Amount, Captured, Refunded string
	// Captures and Refunds are the references of each one.
	Captures, Refunds []string
	// Uncancellable: the provider can't be told of a cancellation, and has the payment open until it ends by itself.
	Uncancellable bool
	// RefundsHidden: the provider can't be asked for refunds, so that one whose answer was lost is never known.
	RefundsHidden bool
	// Texts is how often the link was texted.
	Texts int
}

// hook is a webhook as it arrives.
type hook struct {
	// path follows the app in the URL: "/…" where the proof is there.
	path   string
	header http.Header
	body   []byte
}

// newWorld makes a provider by its id. now is its clock, nil for the real one.
type newWorld func(now func() time.Time) world

// worlds are the providers that are put to the test.
func worlds() map[string]newWorld {
	return map[string]newWorld{
		"tabby":  newTabbyWorld,
		"tamara": newTamaraWorld,
		"mispay": newMisPayWorld,
	}
}

// eachWorld runs a test against every provider that can do what it's about.
func eachWorld(t *testing.T, test func(t *testing.T, open newWorld), needs ...paylinks.Capability) {
	t.Helper()
	for id, open := range worlds() {
		if slices.ContainsFunc(needs, func(c paylinks.Capability) bool { return !can(open(nil), c) }) {
			continue
		}
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			test(t, open)
		})
	}
}

func idOf(w world) string  { return w.info().ID }
func appID(w world) string { return idOf(w) + "-main" }

// can tells whether a provider can do a thing to a payment as these tests make it. Tamara in a shop captures by itself what is paid, so
// that nothing is left to be captured or voided.
func can(w world, c paylinks.Capability) bool {
	if idOf(w) == "tamara" && (c == paylinks.CanCapture || c == paylinks.CanCapturePartly || c == paylinks.CanVoid) {
		return false
	}
	return c == "" || w.info().Can(c)
}

// served tells whether the server's binary knows the provider.
func served(w world) bool {
	entry, ok := providers.Find(idOf(w))
	return ok && entry.Available()
}

// unknowable tells whether nobody can ever find out whether an operation happened once its answer is lost. The providers' references
// say so: Tabby and MisPay can't be asked for a payment by our reference, MisPay lists no refunds, and nobody lists text messages.
func unknowable(w world, kind paylinks.OperationKind) bool {
	switch kind {
	case paylinks.OperationCreate:
		return !can(w, paylinks.CanFindByReference)
	case paylinks.OperationSend:
		return true
	case paylinks.OperationRefund:
		return idOf(w) == "mispay"
	default:
		return false
	}
}

// dealOf is the one deal of an order.
func dealOf(w world, orderID string) (deal, error) {
	var found []deal
	for _, d := range w.deals() {
		if d.OrderID == orderID {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		return deal{}, fmt.Errorf("%s has %d payments of order %s", idOf(w), len(found), orderID)
	}
	return found[0], nil
}

// with does something to the one payment of an order.
func with(w world, orderID string, do func(id string) error) error {
	d, err := dealOf(w, orderID)
	if err != nil {
		return err
	}
	return do(d.ID)
}

// withEach does something to the one payment of each order.
func withEach(w world, orderIDs []string, do func(id string) error) error {
	if len(orderIDs) == 1 {
		return with(w, orderIDs[0], do)
	}
	byOrder := map[string][]string{}
	for _, d := range w.deals() {
		byOrder[d.OrderID] = append(byOrder[d.OrderID], d.ID)
	}
	for _, orderID := range orderIDs {
		if n := len(byOrder[orderID]); n != 1 {
			return fmt.Errorf("%s has %d payments of order %s", idOf(w), n, orderID)
		}
		if err := do(byOrder[orderID][0]); err != nil {
			return err
		}
	}
	return nil
}

// progress is the unified status of a payment that was authorized, by its amounts. closed: no more will be captured.
func progress(closed bool, amount, captured, refunded paylinks.Money) paylinks.Status {
	switch {
	case captured.IsZero() && closed:
		return paylinks.StatusCancelled
	case captured.IsZero():
		return paylinks.StatusAuthorized
	case !closed && captured.Cmp(amount) < 0:
		return paylinks.StatusPartiallyCaptured
	case refunded.IsZero():
		return paylinks.StatusCaptured
	case refunded.Cmp(captured) < 0:
		return paylinks.StatusPartiallyRefunded
	default:
		return paylinks.StatusRefunded
	}
}

// twice is the first reference that is there twice, "" for none.
func twice(references []string) string {
	sorted := slices.Sorted(slices.Values(references))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] != "" && sorted[i] == sorted[i-1] {
			return sorted[i]
		}
	}
	return ""
}

// namesOf is one text of each of a list.
func namesOf[T any](list []T, name func(T) string) []string {
	var names []string
	for _, one := range list {
		names = append(names, name(one))
	}
	return names
}
