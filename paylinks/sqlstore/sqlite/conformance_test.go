package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/pairtest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

func TestAFileKeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		return open(t, filepath.Join(t.TempDir(), "paylinks.db"))
	})
}

func TestMemoryKeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		return openMemory(t)
	})
}

// Two stores on one file are what two processes are: they share nothing but the file.
func TestTwoStoresOnOneFileKeepThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		path := filepath.Join(t.TempDir(), "paylinks.db")
		return pairtest.New(open(t, path), open(t, path))
	})
}

// open opens a file, to be closed with the test.
func open(t *testing.T, path string) *sqlstore.Store {
	t.Helper()
	store, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func openMemory(t *testing.T) *sqlstore.Store {
	t.Helper()
	store, err := OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}
