package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The calls that held orders died with the process: where a file is opened alone, its orders are due at once.
func TestOpeningAFileAloneEndsTheHoldsOfOrders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	now := time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	first, err := Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, first.Write(t.Context(), paylinks.Change{Order: &paylinks.Order{
		ID: "held", OrderID: "1", Holder: "somebody", HeldUntil: now.Add(time.Hour), NextCheckAt: now.Add(time.Hour), CreatedAt: now,
	}}))
	require.NoError(t, first.Write(t.Context(), paylinks.Change{Order: &paylinks.Order{ID: "free", OrderID: "2", CreatedAt: now}}))
	require.NoError(t, first.Close())

	store := open(t, path)
	orders, err := store.ClaimOrders(t.Context(), now, now.Add(time.Minute), 10)
	require.NoError(t, err)
	require.Len(t, orders, 1)
	assert.Equal(t, "held", orders[0].ID)
	assert.True(t, orders[0].HeldUntil.IsZero())
}
