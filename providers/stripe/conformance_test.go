package stripe_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	gatewaytest.Run(t, gatewaytest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, "JPY", "ISK"},
		Statuses: []paylinks.PaymentStatus{
			paylinks.PaymentCreated, paylinks.PaymentPending, paylinks.PaymentAuthorized, paylinks.PaymentPartiallyCaptured, paylinks.PaymentCaptured,
			paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded, paylinks.PaymentCancelled, paylinks.PaymentFailed, paylinks.PaymentExpired,
			paylinks.PaymentDisputed, paylinks.PaymentUnknown,
		},
		New: conforming,
		Large: func(t gatewaytest.TB, n int) gatewaytest.Subject {
			end := gatewaytest.Query().To.Add(-time.Second)
			return subject(t, stripetest.New(stripetest.Config{Now: gatewaytest.Now, History: n, HistoryEnd: end, HistoryStep: time.Second}), 100)
		},
		Down: func(t gatewaytest.TB) paylinks.Gateway {
			return connect(t, walktest.Down())
		},
	})
}

// A page is small here, so that several take few rows.
const pageSize = 7

func conforming(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
	simulator := stripetest.New(stripetest.Config{Now: gatewaytest.Now, RetryAfter: gatewaytest.RetryAfter})
	for _, spec := range specs {
		add(t, simulator, spec)
	}
	return subject(t, simulator, pageSize)
}

func subject(t gatewaytest.TB, simulator *stripetest.Server, page int) gatewaytest.Subject {
	waiting, server, spoilt := new(patiencetest.Clock), walktest.Serve(t, simulator), map[string]bool{}
	return gatewaytest.Subject{
		Gateway: connect(t, server, func(c *stripe.Config) { c.PageSize, c.Wait = page, waiting.Wait }),
		Secrets: []string{stripetest.SecretKey, webhookSecret}, Redacted: []string{"_secret_"}, PageSize: page,
		Ledger: func() []gatewaytest.Truth {
			var ledger []gatewaytest.Truth
			for _, p := range simulator.Payments() {
				ledger = append(ledger, truth(p, spoilt[p.ID]))
			}
			return ledger
		},
		Add:    func(spec gatewaytest.Spec) { add(t, simulator, spec) },
		Change: func(id string) { _ = simulator.Refund(id, 100) },
		Spoil: func(id string) {
			spoilt[id] = true
			_ = simulator.Replace(id, json.RawMessage(`{"id":"`+id+`","object":"payment_intent","amount":"a lot","currency":"sar"}`))
		},
		SpoilWholly: func(id string) {
			spoilt[id] = true
			_ = simulator.Replace(id, json.RawMessage(`["no payment"]`))
		},
		Waited: waiting.Waited,
		Revoke: simulator.Revoke,
	}.WithFaults(simulator.Faults, simulator.Calls, stripetest.OpPaymentIntents)
}

// decimals is how many Stripe's units have, from its documentation of currencies.
func decimals(c paylinks.Currency) int32 {
	if c == "ISK" {
		return 2
	}
	return c.Exponent()
}

// unitsOf is an amount in Stripe's units.
func unitsOf(m paylinks.Money) int64 { return walktest.Units(m, decimals(m.Currency())) }

// add brings a payment to the status that is asked for, by Stripe's words.
func add(t gatewaytest.TB, simulator *stripetest.Server, spec gatewaytest.Spec) {
	p := stripetest.Payment{
		Created: spec.At, Amount: unitsOf(spec.Amount), Currency: strings.ToLower(string(spec.Amount.Currency())),
		Received: unitsOf(spec.Captured), Refunded: unitsOf(spec.Refunded), Metadata: map[string]string{"order_id": spec.Reference},
	}
	switch spec.Status {
	case paylinks.PaymentCreated:
		p.Status = "requires_payment_method"
	case paylinks.PaymentPending:
		p.Status = "requires_action"
	case paylinks.PaymentAuthorized:
		p.Status = "requires_capture"
	case paylinks.PaymentCancelled:
		p.Status, p.CancellationReason, p.Refunded = "canceled", "requested_by_customer", p.Amount
	case paylinks.PaymentExpired:
		p.Status, p.CancellationReason, p.Refunded = "canceled", "automatic", p.Amount
	case paylinks.PaymentFailed:
		p.Status, p.Declined = "requires_payment_method", true
	case paylinks.PaymentUnknown:
		p.Status = "requires_patience"
	default: // succeeded; the amounts say the rest
	}
	made, err := simulator.Add(p)
	require.NoError(t, err)
	if spec.Status == paylinks.PaymentDisputed {
		require.NoError(t, simulator.Dispute(made.ID, "needs_response"))
	}
}

// truth is a payment of the simulator, without a look at how the gateway reads it.
func truth(p stripetest.Payment, spoilt bool) gatewaytest.Truth {
	currency := paylinks.Currency(strings.ToUpper(p.Currency))
	money := func(units int64) paylinks.Money { return walktest.Money(units, currency, decimals(currency)) }
	refunded := p.Refunded
	if p.Status == "canceled" {
		refunded = 0 // a hold that was let go
	}
	return gatewaytest.Truth{
		ID: p.ID, Reference: p.Metadata["order_id"], Amount: money(p.Amount), Captured: money(p.Received), Refunded: money(refunded),
		Status: statusOf(p), Spoilt: spoilt,
	}
}

func statusOf(p stripetest.Payment) paylinks.PaymentStatus {
	switch {
	case p.Disputed:
		return paylinks.PaymentDisputed
	case p.Status == "succeeded" && p.Refunded > 0 && p.Refunded < p.Received:
		return paylinks.PaymentPartiallyRefunded
	case p.Status == "succeeded" && p.Refunded > 0:
		return paylinks.PaymentRefunded
	case p.Status == "succeeded" && p.Received < p.Amount:
		return paylinks.PaymentPartiallyCaptured
	case p.Status == "canceled" && p.CancellationReason == "automatic":
		return paylinks.PaymentExpired
	case p.Declined:
		return paylinks.PaymentFailed
	}
	return map[string]paylinks.PaymentStatus{
		"succeeded": paylinks.PaymentCaptured, "canceled": paylinks.PaymentCancelled, "requires_capture": paylinks.PaymentAuthorized,
		"requires_action": paylinks.PaymentPending, "requires_payment_method": paylinks.PaymentCreated, "requires_patience": paylinks.PaymentUnknown,
	}[p.Status]
}
