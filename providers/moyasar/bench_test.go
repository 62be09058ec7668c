package moyasar_test

import (
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

var history = flag.Int("history", 20_000, "how many payments the benchmark's walk has")

// BenchmarkSync200k walks a long history, the simulator's work included. With -history 200000 -benchtime 1x it's as long as its name says.
func BenchmarkSync200k(b *testing.B) {
	query := gatewaytest.Query()
	query.From = query.To.Add(-time.Duration(*history) * time.Second)
	simulator := moyasartest.New(moyasartest.Config{
		Now: gatewaytest.Now, History: *history, HistoryEnd: query.To.Add(-time.Second), HistoryStep: time.Second,
	})
	server := walktest.Serve(b, simulator)
	gateway, err := moyasar.New(moyasar.Config{SecretKey: moyasartest.SecretKey, BaseURL: server.URL, HTTPClient: server.Client()})
	require.NoError(b, err)
	b.ReportAllocs()
	walked := 0
	for b.Loop() {
		n := 0
		for _, err := range gateway.Payments(b.Context(), query) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		require.Equal(b, *history, n)
		walked += n
	}
	b.ReportMetric(float64(walked)/b.Elapsed().Seconds(), "payments/s")
}
