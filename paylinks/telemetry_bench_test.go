package paylinks_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// BenchmarkCreateAndGet makes a link at a provider in memory and reads it: what telemetry costs a program that sets none up shows here.
func BenchmarkCreateAndGet(b *testing.B) {
	store, err := sqlite.OpenMemory(b.Context())
	require.NoError(b, err)
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, paylinks.StaticApps{"fake-main": newFakeProvider()}, paylinks.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	defer service.Wait()
	b.ReportAllocs()
	for b.Loop() {
		link, err := service.Create(b.Context(), request())
		require.NoError(b, err)
		_, err = service.Get(b.Context(), link.ID)
		require.NoError(b, err)
	}
}
