package moyasar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

// Moyasar's list is the same whether it bounds creation beside the time of change or not: the gateway finds out.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, ignores := range map[string]bool{"as documented": false, "without created bounds": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := moyasartest.Config{Now: gatewaytest.Now, RetryAfter: gatewaytest.RetryAfter, IgnoreCreated: ignores}
			h := gatewaytest.Harness{
				Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, "JPY"},
				Statuses: []paylinks.PaymentStatus{
					paylinks.PaymentPending, paylinks.PaymentAuthorized, paylinks.PaymentPartiallyCaptured, paylinks.PaymentCaptured,
					paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded, paylinks.PaymentCancelled, paylinks.PaymentFailed, paylinks.PaymentUnknown,
				},
				New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
					simulator := moyasartest.New(config)
					for _, spec := range specs {
						add(t, simulator, spec)
					}
					return subject(t, simulator)
				},
				Down: func(t gatewaytest.TB) paylinks.Gateway {
					return connect(t, walktest.Down())
				},
			}
			if !ignores { // else each page is found by walking to it
				h.Large = func(t gatewaytest.TB, n int) gatewaytest.Subject {
					large := config
					large.History, large.HistoryEnd, large.HistoryStep = n, gatewaytest.Query().To.Add(-time.Second), time.Second
					return subject(t, moyasartest.New(large))
				}
			}
			gatewaytest.Run(t, h)
		})
	}
}

func subject(t gatewaytest.TB, simulator *moyasartest.Server) gatewaytest.Subject {
	waiting, server, spoilt := new(patiencetest.Clock), walktest.Serve(t, simulator), map[string]bool{}
	created := func(id string) string {
		for _, p := range simulator.Payments() {
			if p.ID == id {
				return p.Created.Format(time.RFC3339)
			}
		}
		return ""
	}
	return gatewaytest.Subject{
		Gateway: connect(t, server, func(c *moyasar.Config) { c.Wait = waiting.Wait }),
		Secrets: []string{moyasartest.SecretKey, webhookSecret}, Redacted: []string{"otp_token", "token_simulated"}, PageSize: moyasartest.PageSize,
		Ledger: func() []gatewaytest.Truth {
			var ledger []gatewaytest.Truth
			for _, p := range simulator.Payments() {
				ledger = append(ledger, truth(p, spoilt[p.ID]))
			}
			return ledger
		},
		Add:    func(spec gatewaytest.Spec) { add(t, simulator, spec) },
		Change: func(id string) { _ = simulator.Change(id, func(p *moyasartest.Payment) { p.Refunded = 100 }) },
		Spoil: func(id string) {
			spoilt[id] = true
			_ = simulator.Replace(id, json.RawMessage(`{"id":"`+id+`","status":"paid","amount":"a lot","created_at":"`+created(id)+`"}`))
		},
		SpoilWholly: func(id string) {
			spoilt[id] = true
			_ = simulator.Replace(id, json.RawMessage(`["no payment"]`))
		},
		Waited: waiting.Waited,
		Revoke: simulator.Revoke,
	}.WithFaults(simulator.Faults, simulator.Calls, moyasartest.OpPayments)
}

// unitsOf is an amount in Moyasar's units.
func unitsOf(m paylinks.Money) int64 { return walktest.Units(m, m.Currency().Exponent()) }

// words are Moyasar's for the statuses that the suite asks for.
var words = map[paylinks.PaymentStatus]string{
	paylinks.PaymentPending: "initiated", paylinks.PaymentAuthorized: "authorized", paylinks.PaymentPartiallyCaptured: "captured",
	paylinks.PaymentCaptured: "paid", paylinks.PaymentPartiallyRefunded: "refunded", paylinks.PaymentRefunded: "refunded",
	paylinks.PaymentCancelled: "voided", paylinks.PaymentFailed: "failed", paylinks.PaymentUnknown: "pondering",
}

func add(t gatewaytest.TB, simulator *moyasartest.Server, spec gatewaytest.Spec) {
	p := moyasartest.Payment{
		Created: spec.At, Amount: unitsOf(spec.Amount), Captured: unitsOf(spec.Captured), Refunded: unitsOf(spec.Refunded),
		Currency: string(spec.Amount.Currency()), Status: words[spec.Status], Metadata: map[string]string{"order_id": spec.Reference},
	}
	if p.Status == "paid" {
		p.Captured = 0 // as Moyasar has it for a payment without an authorization before
	}
	_, err := simulator.Add(p)
	require.NoError(t, err)
}

// truth is a payment of the simulator, without a look at how the gateway reads it.
func truth(p moyasartest.Payment, spoilt bool) gatewaytest.Truth {
	currency := paylinks.Currency(p.Currency)
	money := func(units int64) paylinks.Money { return walktest.Money(units, currency, currency.Exponent()) }
	captured := p.Captured
	if p.Status == "paid" {
		captured = p.Amount
	}
	var status paylinks.PaymentStatus
	for candidate, word := range words {
		if word == p.Status {
			status = candidate
		}
	}
	switch {
	case p.Refunded > 0 && p.Refunded < captured:
		status = paylinks.PaymentPartiallyRefunded
	case p.Refunded > 0:
		status = paylinks.PaymentRefunded
	}
	return gatewaytest.Truth{
		ID: p.ID, Reference: p.Metadata["order_id"], Amount: money(p.Amount), Captured: money(captured), Refunded: money(p.Refunded),
		Status: status, Spoilt: spoilt,
	}
}
