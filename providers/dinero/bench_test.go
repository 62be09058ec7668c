package dinero_test

import (
	"flag"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
	"github.com/paylinks/paylinks-go/providers/dinero/dinerotest"
)

var payments = flag.Int("payments", 20_000, "how many payments BenchmarkWalk walks")

// BenchmarkWalk asks for one payment after the other, over loopback. Its allocations are the simulator's too.
func BenchmarkWalk(b *testing.B) {
	sim := dinerotest.New(dinerotest.Config{History: *payments})
	server := httptest.NewServer(sim)
	defer server.Close()
	gateway, err := dinero.New(dinero.Config{
		MerchantKey: dinerotest.MerchantKey, Password: dinerotest.Password, PaymentIDs: sim.HistoryIDs(), BaseURL: server.URL,
	})
	require.NoError(b, err)
	to := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		for _, err := range gateway.Payments(b.Context(), paylinks.PaymentsQuery{From: to.Add(-time.Hour), To: to}) {
			require.NoError(b, err)
			rows++
		}
	}
	require.Equal(b, *payments*b.N, rows)
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "payments/s")
	b.ReportMetric(float64(sim.Calls.Count(dinerotest.OpStatus))/float64(b.N), "calls/op")
}
