package tap_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/tap"
	"github.com/paylinks/paylinks-go/providers/tap/taptest"
)

// words are Tap's words for the statuses that its list can show at rest. An INITIATED charge of the suite's window would have expired.
var words = map[paylinks.PaymentStatus]string{
	paylinks.PaymentPending: "IN_PROGRESS", paylinks.PaymentCaptured: "CAPTURED", paylinks.PaymentPartiallyRefunded: "CAPTURED",
	paylinks.PaymentRefunded: "CAPTURED", paylinks.PaymentCancelled: "CANCELLED", paylinks.PaymentFailed: "DECLINED", paylinks.PaymentExpired: "ABANDONED",
}

func TestConformance(t *testing.T) {
	t.Parallel()
	var statuses []paylinks.PaymentStatus
	for status := range words {
		statuses = append(statuses, status)
	}
	gatewaytest.Run(t, gatewaytest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, paylinks.AED},
		Statuses:   statuses,
		New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
			sim := taptest.New(taptest.Config{Now: gatewaytest.Now, RetryAfter: gatewaytest.RetryAfter})
			for _, spec := range specs {
				add(sim, spec)
			}
			return subject(t, sim)
		},
		Large: func(t gatewaytest.TB, n int) gatewaytest.Subject {
			from, to := gatewaytest.Query().From, gatewaytest.Query().To
			return subject(t, taptest.New(taptest.Config{
				Now: gatewaytest.Now, History: n, Start: from, Step: to.Sub(from) / time.Duration(n+100),
			}))
		},
		Down: func(t gatewaytest.TB) paylinks.Gateway {
			return connect(t, walktest.Down().URL, new(patiencetest.Clock).Wait)
		},
	})
}

func connect(t require.TestingT, url string, wait func(context.Context, time.Duration) error) *tap.Gateway {
	gateway, err := tap.New(tap.Config{SecretKey: taptest.SecretKey, BaseURL: url, Now: gatewaytest.Now, Wait: wait})
	require.NoError(t, err)
	return gateway
}

func add(sim *taptest.Server, spec gatewaytest.Spec) {
	charge := taptest.Charge{Status: words[spec.Status], Amount: spec.Amount, Reference: spec.Reference, CreatedAt: spec.At}
	if !spec.Refunded.IsZero() {
		charge.Refunds = []taptest.Refund{{Amount: spec.Refunded, CreatedAt: spec.At}}
	}
	sim.Add(charge)
}

func subject(t gatewaytest.TB, sim *taptest.Server) gatewaytest.Subject {
	server := walktest.Serve(t, sim)
	clock := new(patiencetest.Clock)
	spoilt := map[string]bool{}
	spoil := func(wholly bool) func(string) {
		return func(id string) {
			assert.NoError(t, sim.Spoil(id, wholly))
			spoilt[id] = true
		}
	}
	return gatewaytest.Subject{
		Gateway: connect(t, server.URL, clock.Wait),
		Secrets: []string{taptest.SecretKey}, Redacted: []string{"session-of-"}, PageSize: taptest.PageSize,
		Ledger: func() []gatewaytest.Truth {
			var truths []gatewaytest.Truth
			for _, charge := range sim.Charges() {
				truths = append(truths, truth(charge, spoilt[charge.ID]))
			}
			return truths
		},
		Add:    func(spec gatewaytest.Spec) { add(sim, spec) },
		Change: func(id string) { assert.NoError(t, sim.Touch(id)) },
		Spoil:  spoil(false), SpoilWholly: spoil(true),
		Waited: clock.Waited,
		Revoke: sim.Revoke,
	}.WithFaults(sim.Faults, sim.Calls, "")
}

// truth is what a charge of the simulator amounts to, by the simulator's own books.
func truth(charge taptest.Charge, spoilt bool) gatewaytest.Truth {
	t := gatewaytest.Truth{
		ID: charge.ID, Reference: charge.Reference, Amount: charge.Amount, Captured: paylinks.Zero(charge.Amount.Currency()),
		Refunded: charge.Refunded(), Spoilt: spoilt,
	}
	switch {
	case charge.Status != "CAPTURED":
		for status, word := range words {
			if word == charge.Status {
				t.Status = status
			}
		}
		return t
	case t.Refunded.IsZero():
		t.Status = paylinks.PaymentCaptured
	case t.Refunded.Cmp(charge.Amount) < 0:
		t.Status = paylinks.PaymentPartiallyRefunded
	default:
		t.Status = paylinks.PaymentRefunded
	}
	t.Captured = charge.Amount
	return t
}
