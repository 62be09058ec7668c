package paypal_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

// Windows of half a day make a walk over the suite's two days read several.
func TestConformance(t *testing.T) {
	t.Parallel()
	gatewaytest.Run(t, harness(12*time.Hour))
}

// With PayPal's own windows the two days are one, and all is read before the first payment: the checks that break things after it don't apply.
func TestConformanceInOneWindow(t *testing.T) {
	t.Parallel()
	h := harness(0)
	whole := h.New
	h.New = func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
		subject := whole(t, specs)
		subject.Break, subject.Revoke = nil, nil
		return subject
	}
	gatewaytest.Run(t, h)
}

const pageSize = 4

func harness(window time.Duration) gatewaytest.Harness {
	return gatewaytest.Harness{
		Currencies: []paylinks.Currency{paylinks.USD, "JPY", "EUR"},
		Statuses: []paylinks.PaymentStatus{
			paylinks.PaymentCaptured, paylinks.PaymentPending, paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded, paylinks.PaymentFailed,
			paylinks.PaymentDisputed, paylinks.PaymentAuthorized, paylinks.PaymentCancelled,
		},
		New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
			return conforming(t, paypaltest.Config{}, paypal.Config{Window: window, PageSize: pageSize, Authorizations: true}, specs)
		},
		Large: func(t gatewaytest.TB, n int) gatewaytest.Subject {
			query := gatewaytest.Query()
			return conforming(t, paypaltest.Config{History: n, HistoryFrom: query.From, HistoryTo: query.To}, paypal.Config{MaxRows: largeWindow}, nil)
		},
		Down: func(t gatewaytest.TB) paylinks.Gateway {
			return gateway(t, walktest.Down(), paypal.Config{})
		},
		Held: largeWindow,
	}
}

// largeWindow is how many rows the walk over many may hold.
const largeWindow = 2_000

func gateway(t require.TestingT, server *httptest.Server, config paypal.Config) *paypal.Gateway {
	config.ClientID, config.ClientSecret, config.BaseURL = paypaltest.ClientID, paypaltest.ClientSecret, server.URL
	config.HTTPClient = server.Client()
	if config.Now == nil {
		config.Now = gatewaytest.Now
	}
	if config.Wait == nil {
		config.Wait = new(patiencetest.Clock).Wait
	}
	made, err := paypal.New(config)
	require.NoError(t, err)
	return made
}

func conforming(t gatewaytest.TB, sim paypaltest.Config, config paypal.Config, specs []gatewaytest.Spec) gatewaytest.Subject {
	sim.Now = gatewaytest.Now
	sim.RetryAfter = gatewaytest.RetryAfter
	simulator := paypaltest.New(sim)
	server := walktest.Serve(t, simulator)
	watch := new(patiencetest.Clock)
	config.Wait, config.Interval = watch.Wait, -1
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
		Gateway:     gateway(t, server, config),
		Secrets:     []string{paypaltest.ClientSecret},
		PageSize:    size,
		Ledger:      ledger.Truths,
		Add:         add,
		Change:      simulator.Touch,
		Spoil:       spoil(false),
		SpoilWholly: spoil(true),
		Waited:      watch.Waited,
		ExpireToken: simulator.ExpireTokens,
		Revoke:      simulator.Revoke,
	}.WithFaults(simulator.Faults, simulator.Calls, paypaltest.OpTransactions)
}

// makePayment makes the rows that a payment in the state of spec has.
func makePayment(s *paypaltest.Server, spec gatewaytest.Spec) string {
	p := paypaltest.Payment{At: spec.At, Amount: spec.Amount, Invoice: spec.Reference}
	switch spec.Status {
	case paylinks.PaymentPending:
		p.Status = "P"
	case paylinks.PaymentFailed:
		p.Status = "D"
	case paylinks.PaymentAuthorized:
		return s.Authorize(p)
	case paylinks.PaymentCancelled:
		id := s.Authorize(p)
		s.Follow(id, "T1302", spec.At.Add(time.Second))
		return id
	default: // completed; what follows makes the difference
	}
	id := s.Pay(p)
	if !spec.Refunded.IsZero() {
		s.Refund(id, spec.Refunded, spec.At.Add(time.Second))
	}
	if spec.Status == paylinks.PaymentDisputed {
		s.Follow(id, "T1201", spec.At.Add(time.Second))
	}
	return id
}
