package postgres_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// BenchmarkWrite creates and settles links on PostgreSQL and on SQLite, taking turns in one run, at one caller and at 32. Both commit to the disk. The
// server is on the same machine, so that its round trips are as short as they get. The figure to read is the ratio.
func BenchmarkWrite(b *testing.B) {
	onServer, err := postgres.Open(b.Context(), postgrestest.Start(b).URL(b))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, onServer.Close()) })
	inFile, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "paylinks.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, inFile.Close()) })
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			var server, file time.Duration
			const turn = 64
			for done := 0; done < b.N; done += turn {
				n := min(turn, b.N-done)
				server += sell(b, onServer, n, callers)
				file += sell(b, inFile, n, callers)
			}
			b.ReportMetric(float64(b.N)/server.Seconds(), "postgres-links/s")
			b.ReportMetric(float64(b.N)/file.Seconds(), "sqlite-links/s")
			b.ReportMetric(server.Seconds()/file.Seconds(), "times-slower")
		})
	}
}

// sell creates and settles n links and tells how long that took.
func sell(b *testing.B, store paylinks.Store, n, callers int) time.Duration {
	b.Helper()
	var group sync.WaitGroup
	errs := make([]error, callers)
	start := time.Now()
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < n && errs[caller] == nil; i += callers {
				link, operation := testLink(uuid.Must(uuid.NewV7()).String())
				errs[caller] = store.Write(b.Context(), paylinks.Change{Insert: link, Begin: operation})
				if errs[caller] == nil {
					link.Version, link.Status = 1, paylinks.StatusCreated
					errs[caller] = store.Write(b.Context(), paylinks.Change{Update: link, Settle: operation, Events: []paylinks.Event{{
						ID: uuid.Must(uuid.NewV7()).String(), Type: paylinks.EventCreated, PaylinkID: link.ID, Sequence: 1, OccurredAt: now, Data: []byte(`{}`),
					}}})
				}
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	for _, err := range errs {
		require.NoError(b, err)
	}
	return took
}
