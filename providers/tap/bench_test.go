package tap_test

import (
	"flag"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
	"github.com/paylinks/paylinks-go/providers/tap/taptest"
)

var payments = flag.Int("payments", 20_000, "how many payments BenchmarkWalk walks")

// BenchmarkWalk walks a history with refunds, over loopback. Its allocations are the simulator's too, which makes the rows up.
func BenchmarkWalk(b *testing.B) {
	sim := taptest.New(taptest.Config{History: *payments})
	server := httptest.NewServer(sim)
	defer server.Close()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	query := paylinks.PaymentsQuery{From: from, To: from.Add(time.Duration(*payments) * time.Minute)}
	gateway, err := tap.New(tap.Config{
		SecretKey: taptest.SecretKey, BaseURL: server.URL, Now: func() time.Time { return query.To.Add(time.Hour) },
	})
	require.NoError(b, err)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		for _, err := range gateway.Payments(b.Context(), query) {
			require.NoError(b, err)
			rows++
		}
	}
	require.Equal(b, *payments*b.N, rows)
	calls := sim.Calls.Count(taptest.OpCharges) + sim.Calls.Count(taptest.OpRefunds) + sim.Calls.Count(taptest.OpCharge)
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "payments/s")
	b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
}
