package paypal_test

import (
	"flag"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

var history = flag.Int("history", 20_000, "how many payments the benchmark walks")

// BenchmarkWalk walks a year of payments, of which a part was refunded, over loopback HTTP. Allocations are those of gateway and simulator together.
func BenchmarkWalk(b *testing.B) {
	b.ReportAllocs()
	to := march().Add(-3 * time.Hour)
	query := paylinks.PaymentsQuery{From: to.AddDate(-1, 0, 0), To: to}
	var calls int
	for b.Loop() {
		simulator := paypaltest.New(paypaltest.Config{Now: march, History: *history, HistoryFrom: query.From, HistoryTo: query.To})
		server := httptest.NewServer(simulator)
		far := newFar()
		gateway := far.gateway(b, func(c *paypal.Config) {
			c.ClientID, c.ClientSecret, c.BaseURL, c.HTTPClient = paypaltest.ClientID, paypaltest.ClientSecret, server.URL, server.Client()
		})
		own := 0
		for payment, err := range gateway.Payments(b.Context(), query) {
			require.NoError(b, err)
			if !payment.CreatedAt.Before(query.From) {
				own++
			}
		}
		server.Close()
		require.Equal(b, *history, own)
		calls = simulator.Calls.Count(paypaltest.OpTransactions) + simulator.Calls.Count(paypaltest.OpCapture) + simulator.Calls.Count(paypaltest.OpRefund)
	}
	b.ReportMetric(float64(*history*b.N)/b.Elapsed().Seconds(), "payments/s")
	b.ReportMetric(float64(calls), "calls")
}
