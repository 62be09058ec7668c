package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// ErrClosed tells that the store is closed.
var ErrClosed = errors.New("sqlstore: the store is closed")

// maxBatch bounds how many changes wait for one commit, and so how long the first of them waits.
const maxBatch = 256

// errUnfinished is the result of changes whose transaction ended in a panic.
var errUnfinished = errors.New("sqlstore: the transaction was abandoned")

// writer commits the changes that wait at the same time in one transaction: a commit waits for the disk, and the disk
// takes no longer for many changes than for one.
//
// There's no goroutine behind it. The first caller who finds nobody committing is the leader: it commits all that is queued, wakes those
// whose changes these were, and passes the lead to the first of those who came meanwhile.
type writer struct {
	db       *sql.DB
	prepared map[string]*sql.Stmt

	mu     sync.Mutex
	queue  []*work
	busy   bool // somebody leads, or has been woken to
	closed bool
	idle   sync.Cond // busy has become false
}

// work is a queued change.
type work struct {
	apply func(context.Context, *transaction) error
	// err is the result. It belongs to the leader until woken says that it's there.
	err error
	// woken gets one signal: the change is decided, or, where leads is set, it's its owner's turn to commit the queue.
	woken chan struct{}
	leads bool // guarded by writer.mu
}

// newWriter prepares queries on a pool that has a single connection.
func newWriter(ctx context.Context, db *sql.DB, dialect Dialect, queries []string) (*writer, error) {
	w := &writer{db: db, prepared: make(map[string]*sql.Stmt, len(queries))}
	w.idle.L = &w.mu
	for _, query := range queries {
		statement, err := db.PrepareContext(ctx, dialect.bind(query))
		if err != nil {
			return nil, fmt.Errorf("sqlstore: prepare %q: %w", query, err)
		}
		w.prepared[query] = statement
	}
	return w, nil
}

// do has a change committed. A caller whose ctx ends while the change still waits takes it back; once it's being committed
// there's only the truth to wait for.
func (w *writer) do(ctx context.Context, apply func(context.Context, *transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine := &work{apply: apply, woken: make(chan struct{}, 1)}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return ErrClosed
	}
	w.queue = append(w.queue, mine)
	if !w.busy {
		w.busy, mine.leads = true, true
		mine.woken <- struct{}{}
	}
	w.mu.Unlock()

	select {
	case <-mine.woken:
	case <-ctx.Done():
		if withdrawn, leads := w.withdraw(mine); withdrawn {
			if leads {
				w.lead(ctx)
			}
			return ctx.Err()
		}
		<-mine.woken
	}
	if mine.leads {
		w.lead(ctx)
	}
	return mine.err
}

// withdraw takes a change out of the queue where it's still there, and tells whether its owner has the lead.
func (w *writer) withdraw(mine *work) (withdrawn, leads bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.Index(w.queue, mine)
	if at < 0 {
		return false, false
	}
	w.queue = slices.Delete(w.queue, at, at+1)
	return true, mine.leads
}

// lead commits what is queued and passes the lead on.
func (w *writer) lead(ctx context.Context) {
	// Those whom the last commit has woken may have their next changes ready: letting them run first makes larger batches,
	// and costs nothing where there's nobody.
	runtime.Gosched()

	w.mu.Lock()
	batch := slices.Clone(w.queue[:min(len(w.queue), maxBatch)])
	w.queue = slices.Delete(w.queue, 0, len(batch))
	w.mu.Unlock()

	// Deferred, so that not even a panic leaves the others waiting for ever.
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.queue) == 0 {
			w.busy = false
			w.idle.Broadcast()
		} else {
			w.queue[0].leads = true
			w.queue[0].woken <- struct{}{}
		}
		for _, done := range batch {
			if !done.leads {
				done.woken <- struct{}{}
			}
		}
	}()
	// The batch is others' as well: it doesn't end with the leader's ctx.
	w.commit(context.WithoutCancel(ctx), batch)
}

// commit applies a batch in one transaction and notes what came of each change.
func (w *writer) commit(ctx context.Context, batch []*work) {
	if len(batch) == 0 {
		return
	}
	failure := errUnfinished
	defer func() {
		for _, change := range batch {
			// A change that failed by itself keeps its own error; it has left nothing either way.
			if change.err == nil {
				change.err = failure
			}
		}
	}()
	failure = w.applyAll(ctx, batch)
}

// errApart: a change of a batch failed, so each has to be applied apart from the others.
var errApart = errors.New("sqlstore: a change of the batch failed")

// applyAll commits the changes of a batch that succeed. An error means that none is committed.
//
// Nearly always all of them succeed. So they're applied without savepoints first, whose bookkeeping costs as much as the changes; only
// where one fails is the batch applied anew, each change apart. A change's apply may be run twice for that, and starts afresh each time.
func (w *writer) applyAll(ctx context.Context, batch []*work) error {
	if err := w.applyTogether(ctx, batch); !errors.Is(err, errApart) {
		return err
	}
	return w.applyApart(ctx, batch)
}

func (w *writer) begin(ctx context.Context) (*transaction, error) {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	return &transaction{tx: tx, prepared: w.prepared, bound: make(map[string]*sql.Stmt)}, nil
}

// applyTogether commits a batch as one, or nothing of it.
func (w *writer) applyTogether(ctx context.Context, batch []*work) error {
	t, err := w.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.tx.Rollback() }() // without effect after a commit
	for _, change := range batch {
		if err := change.apply(ctx, t); err != nil && len(batch) > 1 {
			return errApart
		} else if err != nil {
			change.err = err
			return nil
		}
	}
	return commitTx(t.tx)
}

// applyApart commits those changes of a batch that succeed.
func (w *writer) applyApart(ctx context.Context, batch []*work) error {
	t, err := w.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.tx.Rollback() }() // without effect after a commit
	applied := 0
	for _, change := range batch {
		if err := t.isolate(ctx, change); err != nil {
			return err
		}
		if change.err == nil {
			applied++
		}
	}
	if applied == 0 {
		return nil
	}
	return commitTx(t.tx)
}

func commitTx(tx *sql.Tx) error {
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// The statements that keep the changes of one transaction apart.
const (
	savepoint = `SAVEPOINT paylinks_change`
	undo      = `ROLLBACK TO SAVEPOINT paylinks_change`
	release   = `RELEASE SAVEPOINT paylinks_change`
)

// transaction is one of the writer's, with the prepared statements.
type transaction struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	bound    map[string]*sql.Stmt
}

// isolate applies one of several changes, so that one that fails leaves nothing behind and its neighbours alone. It sets the change's
// result; an error means that the transaction itself is lost, as after some errors of the disk.
func (t *transaction) isolate(ctx context.Context, change *work) error {
	if _, err := t.exec(ctx, savepoint); err != nil {
		return err
	}
	change.err = change.apply(ctx, t)
	if change.err != nil {
		if _, err := t.exec(ctx, undo); err != nil {
			return fmt.Errorf("%w (undoing a change after: %w)", err, change.err)
		}
	}
	_, err := t.exec(ctx, release)
	return err
}

// statement is a prepared query of this transaction.
func (t *transaction) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if bound, ok := t.bound[query]; ok {
		return bound, nil
	}
	prepared, ok := t.prepared[query]
	if !ok {
		return nil, fmt.Errorf("sqlstore: not among the prepared queries: %s", query)
	}
	bound := t.tx.StmtContext(ctx, prepared)
	t.bound[query] = bound
	return bound, nil
}

// exec runs a query and tells how many rows it has changed.
func (t *transaction) exec(ctx context.Context, query string, args ...any) (int64, error) {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query runs a query that returns rows.
func (t *transaction) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// queryRow runs a query that returns one row into dest, or sql.ErrNoRows.
func (t *transaction) queryRow(ctx context.Context, query string, args []any, dest ...any) error {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, args...).Scan(dest...)
}

// close refuses new changes and waits for those under way.
func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for w.busy {
		w.idle.Wait()
	}
}
