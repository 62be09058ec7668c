package compare

import (
	"flag"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	stripego "github.com/stripe/stripe-go/v85"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

var history = flag.Int("history", 20_000, "how many payments a walk has")

// served is a simulated Stripe with a history in a window of time. Its pages are made once and then replayed, so that what is measured is
// the reading of them.
func served(b testing.TB) (server *httptest.Server, from, to time.Time) {
	b.Helper()
	to = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	from = to.Add(-time.Duration(*history) * time.Second)
	simulator := stripetest.New(stripetest.Config{
		History: *history, HistoryEnd: to.Add(-time.Second), HistoryStep: time.Second, Now: func() time.Time { return to.Add(time.Hour) },
	})
	server = httptest.NewServer(&replay{next: simulator, pages: map[string][]byte{}})
	b.Cleanup(server.Close)
	return server, from, to
}

// ours walks with the gateway and adds up what was captured.
func ours(b testing.TB, server *httptest.Server, from, to time.Time, createdOnly bool) (n int, sum int64) {
	gateway, err := stripe.New(stripe.Config{
		SecretKey: stripetest.SecretKey, BaseURL: server.URL, HTTPClient: server.Client(), CreatedOnly: createdOnly,
	})
	require.NoError(b, err)
	total := paylinks.Zero(paylinks.SAR)
	for payment, err := range gateway.Payments(b.Context(), paylinks.PaymentsQuery{From: from, To: to}) {
		if err != nil {
			b.Fatal(err)
		}
		n++
		total = total.Add(payment.Captured)
	}
	for _, digit := range total.String() {
		if digit != '.' {
			sum = sum*10 + int64(digit-'0')
		}
	}
	return n, sum
}

// theirs walks with stripe-go's list iterator.
func theirs(b testing.TB, server *httptest.Server, from, to time.Time) (n int, sum int64) {
	client := stripego.NewClient(stripetest.SecretKey, stripego.WithBackends(&stripego.Backends{
		API: stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
			URL: stripego.String(server.URL), HTTPClient: server.Client(), EnableTelemetry: stripego.Bool(false),
		}),
	}))
	params := &stripego.PaymentIntentListParams{
		CreatedRange: &stripego.RangeQueryParams{GreaterThanOrEqual: from.Unix(), LesserThan: to.Unix()},
	}
	params.Limit = stripego.Int64(100)
	params.AddExpand("data.latest_charge")
	for intent, err := range client.V1PaymentIntents.List(b.Context(), params).All(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		n++
		sum += intent.AmountReceived
	}
	return n, sum
}

func TestBothSeeTheSame(t *testing.T) {
	t.Parallel()
	server, from, to := served(t)
	n, sum := ours(t, server, from, to, false)
	require.Equal(t, *history, n)
	theirN, theirSum := theirs(t, server, from, to)
	require.Equal(t, theirN, n)
	require.Equal(t, theirSum, sum)
}

func BenchmarkSync200k(b *testing.B) {
	server, from, to := served(b)
	for _, side := range []struct {
		name string
		walk func() (int, int64)
	}{
		{"paylinks", func() (int, int64) { return ours(b, server, from, to, true) }},
		{"stripe-go", func() (int, int64) { return theirs(b, server, from, to) }},
	} {
		b.Run(side.name, func(b *testing.B) {
			side.walk() // the pages are made
			runtime.GC()
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				walked, _ := side.walk()
				n += walked
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "payments/s")
		})
	}
}
