package hyperpay_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

// Windows of half a day make a walk over the suite's two days read several.
func TestConformance(t *testing.T) {
	t.Parallel()
	gatewaytest.Run(t, harness(12*time.Hour, hyperpaytest.Config{NotFound: http.StatusBadRequest}))
}

// Answers that say nothing of their pages, and two entities: the suite's payments are of the first.
func TestConformanceWithoutPageCounts(t *testing.T) {
	t.Parallel()
	gatewaytest.Run(t, harness(8*time.Hour, hyperpaytest.Config{NoPages: true, NotFound: http.StatusOK}))
}

const pageSize = 4

// heldRows is how many records the walk over many may hold: those of an hour.
const heldRows = 1_000

func harness(window time.Duration, sim hyperpaytest.Config) gatewaytest.Harness {
	return gatewaytest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, "JPY"},
		Statuses: []paylinks.PaymentStatus{
			paylinks.PaymentCaptured, paylinks.PaymentPending, paylinks.PaymentAuthorized, paylinks.PaymentPartiallyCaptured,
			paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded, paylinks.PaymentCancelled, paylinks.PaymentFailed, paylinks.PaymentExpired,
			paylinks.PaymentDisputed, paylinks.PaymentUnknown,
		},
		New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
			return conforming(t, sim, hyperpay.Config{Window: window, PageSize: pageSize}, specs)
		},
		Large: func(t gatewaytest.TB, n int) gatewaytest.Subject {
			query := gatewaytest.Query()
			return conforming(t, hyperpaytest.Config{History: n, HistoryFrom: query.From, HistoryTo: query.To}, hyperpay.Config{Window: time.Hour}, nil)
		},
		Down: func(t gatewaytest.TB) paylinks.Gateway {
			return gateway(t, walktest.Down(), hyperpay.Config{})
		},
		Held: heldRows,
	}
}

func gateway(t require.TestingT, server *httptest.Server, config hyperpay.Config) *hyperpay.Gateway {
	config.AccessToken, config.EntityIDs = hyperpaytest.AccessToken, []string{hyperpaytest.EntityID, hyperpaytest.MadaEntityID}
	config.BaseURL, config.HTTPClient, config.QueryInterval = server.URL, server.Client(), -1
	if config.Now == nil {
		config.Now = gatewaytest.Now
	}
	if config.Wait == nil {
		config.Wait = new(patiencetest.Clock).Wait
	}
	made, err := hyperpay.New(config)
	require.NoError(t, err)
	return made
}

func conforming(t gatewaytest.TB, sim hyperpaytest.Config, config hyperpay.Config, specs []gatewaytest.Spec) gatewaytest.Subject {
	sim.Now = gatewaytest.Now
	sim.RetryAfter = gatewaytest.RetryAfter
	simulator := hyperpaytest.New(sim)
	server := walktest.Serve(t, simulator)
	watch := new(patiencetest.Clock)
	config.Wait = watch.Wait
	size := config.PageSize
	if size == 0 {
		size = 500
	}

	ledger := new(walktest.Ledger)
	add := func(spec gatewaytest.Spec) { ledger.Add(makePayment(simulator, spec), spec) }
	for _, spec := range specs {
		add(spec)
	}
	spoil := func(wholly bool) func(string) {
		return func(id string) {
			simulator.Spoil(id, wholly)
			ledger.Spoil(id)
		}
	}
	return gatewaytest.Subject{
		Gateway:  gateway(t, server, config),
		Secrets:  []string{hyperpaytest.AccessToken},
		Redacted: []string{hyperpaytest.Holder, hyperpaytest.Email},
		PageSize: size,
		Ledger:   ledger.Truths,
		Add:      add,
		// A change is an operation of its own, now: a refund.
		Change: func(id string) {
			simulator.Follow(id, "RF", paylinks.Zero(paylinks.SAR), gatewaytest.Now(), "")
		},
		Spoil:       spoil(false),
		SpoilWholly: spoil(true),
		Waited:      watch.Waited,
		Revoke:      simulator.Revoke,
	}.WithFaults(simulator.Faults, simulator.Calls, hyperpaytest.OpByDate)
}

// makePayment makes the operations that a payment in the state of spec has.
func makePayment(s *hyperpaytest.Server, spec gatewaytest.Spec) string {
	p := hyperpaytest.Payment{At: spec.At, Amount: spec.Amount, Reference: spec.Reference}
	later := spec.At.Add(time.Second)
	switch spec.Status {
	case paylinks.PaymentPending:
		p.Code = "800.400.500"
	case paylinks.PaymentFailed:
		p.Code = "800.100.151"
	case paylinks.PaymentExpired:
		p.Code = "000.200.000"
	case paylinks.PaymentUnknown:
		p.Code = "123.456.789"
	case paylinks.PaymentAuthorized, paylinks.PaymentPartiallyCaptured:
		p.Type = "PA"
	default: // what follows makes the difference
	}
	id := s.Pay(p)
	switch spec.Status {
	case paylinks.PaymentPartiallyCaptured:
		s.Follow(id, "CP", spec.Captured, later, "")
	case paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded:
		s.Follow(id, "RF", spec.Refunded, later, "")
	case paylinks.PaymentCancelled:
		s.Follow(id, "RV", spec.Amount, later, "")
	case paylinks.PaymentDisputed:
		s.Follow(id, "CB", spec.Amount, later, "")
	default:
	}
	return id
}
