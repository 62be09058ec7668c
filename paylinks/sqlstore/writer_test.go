package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// queue is a store whose writer is held in the middle of a transaction, so that changes queue up and are then one batch.
type queue struct {
	store   *sqlstore.Store
	release chan struct{}
	leader  chan error
	results []chan error
}

func newQueue(t *testing.T) *queue {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "paylinks.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return &queue{store: store}
}

// hold has a caller lead a transaction that doesn't end before let.
func (q *queue) hold(ctx context.Context) {
	q.release, q.leader = make(chan struct{}), make(chan error, 1)
	leading := make(chan struct{})
	go func() {
		q.leader <- sqlstore.Do(ctx, q.store, func(context.Context, *sql.Tx) error {
			close(leading)
			<-q.release
			return nil
		})
	}()
	<-leading
}

// add queues a change behind those that wait and returns once it does.
func (q *queue) add(ctx context.Context, change func(context.Context) error) {
	before := sqlstore.Queued(q.store)
	result := make(chan error, 1)
	q.results = append(q.results, result)
	go func() { result <- change(ctx) }()
	for sqlstore.Queued(q.store) == before {
		runtime.Gosched()
	}
}

func (q *queue) insert(ctx context.Context, id string) {
	q.add(ctx, func(ctx context.Context) error {
		return q.store.Write(ctx, paylinks.Change{Insert: &paylinks.Paylink{ID: id}})
	})
}

// let ends the leader's transaction and returns what came of each change.
func (q *queue) let(t *testing.T) []error {
	t.Helper()
	close(q.release)
	require.NoError(t, <-q.leader)
	errs := make([]error, 0, len(q.results))
	for _, result := range q.results {
		errs = append(errs, <-result)
	}
	q.results = nil
	return errs
}

func (q *queue) stored(t *testing.T) []string {
	t.Helper()
	links, err := q.store.Paylinks(t.Context(), paylinks.PaylinkQuery{Limit: 1000})
	require.NoError(t, err)
	var ids []string
	for _, link := range links {
		ids = append(ids, link.ID)
	}
	return ids
}

func TestChangesThatWaitAreOneTransaction(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	q.hold(t.Context())
	q.insert(t.Context(), "a")
	// The next change is of the same transaction as the last one where it sees that and no reader does.
	q.add(t.Context(), func(ctx context.Context) error {
		return sqlstore.Do(ctx, q.store, func(ctx context.Context, tx *sql.Tx) error {
			var inside int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM paylinks`).Scan(&inside); err != nil {
				return err
			}
			if outside := q.stored(t); inside != 1 || len(outside) != 0 {
				return fmt.Errorf("%d links inside of the transaction, %q outside", inside, outside)
			}
			return nil
		})
	})
	for _, err := range q.let(t) {
		require.NoError(t, err)
	}
	require.Equal(t, []string{"a"}, q.stored(t))
}

func TestAChangeThatFailsInABatchFailsAlone(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	q.hold(t.Context())
	for _, id := range []string{"a", "b", "a", "c"} {
		q.insert(t.Context(), id)
	}
	errs := q.let(t)
	require.NoError(t, errors.Join(errs[0], errs[1], errs[3]))
	require.ErrorIs(t, errs[2], paylinks.ErrDuplicate)
	require.Equal(t, []string{"c", "b", "a"}, q.stored(t))
}

func TestWhenTheCommitFailsEveryChangeOfTheBatchDoes(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	q.hold(t.Context())
	q.insert(t.Context(), "a")
	q.insert(t.Context(), "a")
	// A foreign key that is checked at the end makes a COMMIT that fails.
	q.add(t.Context(), func(ctx context.Context) error {
		return sqlstore.Do(ctx, q.store, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `PRAGMA defer_foreign_keys = ON`)
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO events VALUES ('e', 'nobody', 1, '', '', 0, '', '')`)
			}
			return err
		})
	})
	q.insert(t.Context(), "b")
	errs := q.let(t)
	require.ErrorContains(t, errs[0], "commit")
	require.ErrorIs(t, errs[1], paylinks.ErrDuplicate, "a change that had failed by itself keeps its own error")
	require.ErrorContains(t, errs[2], "commit")
	require.ErrorContains(t, errs[3], "commit")
	require.Empty(t, q.stored(t))
	require.NoError(t, q.store.Write(t.Context(), paylinks.Change{Insert: &paylinks.Paylink{ID: "c"}}), "the writer goes on")
}

func TestACallerWhoseContextEndsInTheQueueTakesTheChangeBack(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	q.hold(t.Context())
	gone, cancel := context.WithCancel(t.Context())
	q.insert(gone, "gone")
	q.insert(t.Context(), "stays")
	cancel()
	require.ErrorIs(t, <-q.results[0], context.Canceled, "while the writer is still busy")
	q.results = q.results[1:]
	require.NoError(t, errors.Join(q.let(t)...))
	require.Equal(t, []string{"stays"}, q.stored(t))
}

func TestALeaderWhoseContextEndsStillTellsTheTruth(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	leading, cancel := context.WithCancel(t.Context())
	q.hold(leading)
	q.insert(t.Context(), "a")
	cancel()
	require.NoError(t, errors.Join(q.let(t)...), "its transaction commits, and so does the next")
	require.Equal(t, []string{"a"}, q.stored(t))
}

func TestAPanicLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	assert.Panics(t, func() {
		_ = sqlstore.Do(t.Context(), q.store, func(context.Context, *sql.Tx) error { panic("a bug") })
	})
	require.NoError(t, q.store.Write(t.Context(), paylinks.Change{Insert: &paylinks.Paylink{ID: "a"}}))
	require.Equal(t, []string{"a"}, q.stored(t))
}

func TestCloseWaitsForTheChangesThatAreQueued(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	q := &queue{store: store}
	q.hold(t.Context())
	q.insert(t.Context(), "a")
	closed := make(chan error, 1)
	go func() { closed <- store.Close() }()
	require.NoError(t, errors.Join(q.let(t)...))
	require.NoError(t, <-closed)

	store, err = sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	q = &queue{store: store}
	assert.Equal(t, []string{"a"}, q.stored(t))
	require.NoError(t, store.Close())
}
