package hyperpay_test

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

var history = flag.Int("history", 20_000, "how many payments the benchmark walks")

// BenchmarkWalk walks a year of payments, of which a part was refunded, over loopback HTTP and without the pauses that HyperPay wants. Allocations
// are those of gateway and simulator together.
func BenchmarkWalk(b *testing.B) {
	b.ReportAllocs()
	query := paylinks.PaymentsQuery{From: at(0).AddDate(-1, 0, 0), To: at(0)}
	var dated, byID int
	for b.Loop() {
		simulator, gateway, _ := simulated(b, hyperpaytest.Config{History: *history, HistoryFrom: query.From, HistoryTo: query.To})
		own := 0
		for payment, err := range gateway.Payments(b.Context(), query) {
			require.NoError(b, err)
			if !payment.CreatedAt.Before(query.From) {
				own++
			}
		}
		require.Equal(b, *history, own)
		dated, byID = simulator.Calls.Count(hyperpaytest.OpByDate), simulator.Calls.Count(hyperpaytest.OpByID)
	}
	b.ReportMetric(float64(*history*b.N)/b.Elapsed().Seconds(), "payments/s")
	b.ReportMetric(float64(dated), "queries-by-date")
	b.ReportMetric(float64(byID), "queries-by-id")
}
