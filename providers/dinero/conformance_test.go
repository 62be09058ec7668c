package dinero_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
	"github.com/paylinks/paylinks-go/providers/dinero/dinerotest"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
)

// words are Dinero Pay's words for the statuses that it has. Nothing can be seen of a partial refund.
var words = map[paylinks.PaymentStatus]string{
	paylinks.PaymentPending: "prepare", paylinks.PaymentAuthorized: "pending", paylinks.PaymentCaptured: "settled",
	paylinks.PaymentRefunded: "refund", paylinks.PaymentCancelled: "reversal", paylinks.PaymentFailed: "decline",
	paylinks.PaymentDisputed: "chargeback",
}

func TestConformance(t *testing.T) {
	t.Parallel()
	var statuses []paylinks.PaymentStatus
	for status := range words {
		statuses = append(statuses, status)
	}
	gatewaytest.Run(t, gatewaytest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, paylinks.BHD},
		Statuses:   statuses,
		// The window doesn't apply.
		LooseWindow: true,
		New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
			sim := dinerotest.New(dinerotest.Config{Now: gatewaytest.Now, RetryAfter: gatewaytest.RetryAfter})
			var ids []string
			for _, spec := range specs {
				ids = append(ids, sim.Add(dinerotest.Payment{
					Status: words[spec.Status], Amount: spec.Amount, Refunded: spec.Refunded, Order: spec.Reference, CreatedAt: spec.At,
					RecurringToken: "token-of-" + spec.Reference,
				}))
			}
			return subject(t, sim, ids)
		},
		Down: func(t gatewaytest.TB) paylinks.Gateway {
			return connect(t, walktest.Down().URL, []string{"24f7401c-fc47-11ec-8d07-0242ac120015"}, new(patiencetest.Clock).Wait)
		},
	})
}

func connect(t require.TestingT, url string, ids []string, wait func(context.Context, time.Duration) error) *dinero.Gateway {
	gateway, err := dinero.New(dinero.Config{
		MerchantKey: dinerotest.MerchantKey, Password: dinerotest.Password, PaymentIDs: ids, BaseURL: url, TwoStep: true, Wait: wait,
	})
	require.NoError(t, err)
	return gateway
}

func subject(t gatewaytest.TB, sim *dinerotest.Server, ids []string) gatewaytest.Subject {
	server := walktest.Serve(t, sim)
	clock := new(patiencetest.Clock)
	spoilt := map[string]bool{}
	return gatewaytest.Subject{
		Gateway: connect(t, server.URL, ids, clock.Wait),
		Secrets: []string{dinerotest.Password}, Redacted: []string{"token-of-"}, PageSize: 1,
		Ledger: func() []gatewaytest.Truth {
			var truths []gatewaytest.Truth
			for _, payment := range sim.Payments() {
				truths = append(truths, truth(payment, spoilt[payment.ID]))
			}
			return truths
		},
		Spoil: func(id string) {
			assert.NoError(t, sim.Spoil(id))
			spoilt[id] = true
		},
		Waited: clock.Waited,
		Revoke: sim.Revoke,
	}.WithFaults(sim.Faults, sim.Calls, dinerotest.OpStatus)
}

// truth is what a payment of the simulator amounts to, by the simulator's own books.
func truth(payment dinerotest.Payment, spoilt bool) gatewaytest.Truth {
	t := gatewaytest.Truth{
		ID: payment.ID, Reference: payment.Order, Amount: payment.Amount, Captured: paylinks.Zero(payment.Amount.Currency()),
		Refunded: payment.Refunded, Spoilt: spoilt,
	}
	for status, word := range words {
		if word == payment.Status {
			t.Status = status
		}
	}
	switch t.Status {
	case paylinks.PaymentCaptured, paylinks.PaymentRefunded, paylinks.PaymentDisputed:
		t.Captured = payment.Amount
	default:
	}
	return t
}
