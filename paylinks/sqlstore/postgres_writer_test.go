package sqlstore_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
)

// Two processes hold what the other one wants. PostgreSQL lets one of them go, whose changes are tried again.
func TestADeadlockFailsNeitherChange(t *testing.T) {
	t.Parallel()
	url := postgrestest.URL(t)
	var stores [2]*sqlstore.Store
	for i := range stores {
		store, err := postgres.Open(t.Context(), url)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, store.Close()) })
		stores[i] = store
	}
	for _, id := range []string{"0", "1"} {
		require.NoError(t, stores[0].Write(t.Context(), paylinks.Change{Insert: &paylinks.Paylink{ID: id}}))
	}
	const touch = `UPDATE paylinks SET version = version + 1 WHERE id = $1`
	var met, group sync.WaitGroup
	met.Add(2)
	ids := []string{"0", "1"}
	for i, store := range stores {
		var once sync.Once
		group.Go(func() {
			assert.NoError(t, sqlstore.Do(t.Context(), store, func(ctx context.Context, tx *sql.Tx) error {
				if _, err := tx.ExecContext(ctx, touch, ids[i]); err != nil {
					return err
				}
				once.Do(func() {
					met.Done()
					met.Wait()
				})
				_, err := tx.ExecContext(ctx, touch, ids[1-i])
				return err
			}))
		})
	}
	group.Wait()
	for _, id := range ids {
		link, err := stores[0].Paylink(t.Context(), id)
		require.NoError(t, err)
		assert.EqualValues(t, 3, link.Version)
	}
}

func TestAChangeThatFailsInABatchOfPostgreSQLFailsAlone(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "&default_query_exec_mode=exec"} {
		store, err := postgres.Open(t.Context(), postgrestest.URL(t)+mode)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, store.Close()) })
		q := &queue{store: store}
		q.hold(t.Context())
		q.insert(t.Context(), "a")
		// An error of the database itself, after which it refuses everything until the change is undone.
		q.add(t.Context(), func(ctx context.Context) error {
			return q.store.Write(ctx, paylinks.Change{
				Insert: &paylinks.Paylink{ID: "b"}, Events: []paylinks.Event{{ID: "e", PaylinkID: "nobody", Sequence: 1}},
			})
		})
		q.insert(t.Context(), "a")
		q.insert(t.Context(), "c")
		errs := q.let(t)
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], paylinks.ErrNotFound)
		require.ErrorIs(t, errs[2], paylinks.ErrDuplicate)
		require.NoError(t, errs[3])
		require.Equal(t, []string{"c", "a"}, q.stored(t))
	}
}

func TestForgettingKeepsWhatJSONFunctionsRefuse(t *testing.T) {
	t.Parallel()
	store, err := postgres.Open(t.Context(), postgrestest.URL(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Write(t.Context(), paylinks.Change{
		Insert: &paylinks.Paylink{ID: "a"},
		Events: []paylinks.Event{{ID: "e", PaylinkID: "a", Sequence: 1, Data: []byte(`{"b":"\u0000","metadata":{"x":"\u0000"},"a":[1.50]}`)}},
	}))
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Forget: "a"}))
	events, err := store.Events(t.Context(), "a", 0, 1)
	require.NoError(t, err)
	assert.Equal(t, `{"b":"\u0000","a":[1.50]}`, string(events[0].Data))
}
