package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/pairtest"
	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

func TestADatabaseKeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		return open(t, postgrestest.URL(t))
	})
}

// As behind a pooler that gives every transaction another connection.
func TestADatabaseKeepsThePromisesWithoutPreparedStatements(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		return open(t, postgrestest.URL(t)+"&default_query_exec_mode=exec")
	})
}

// Two stores on one database are what two processes are: they share nothing but the database.
func TestTwoStoresOnOneDatabaseKeepThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		url := postgrestest.URL(t)
		return pairtest.New(open(t, url), open(t, url))
	})
}

// open opens a database, to be closed with the test.
func open(t *testing.T, url string, options ...postgres.Option) *sqlstore.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), url, append(options, postgres.Readers(2))...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}
