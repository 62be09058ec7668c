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
	dialect  Dialect
	prepared map[string]*sql.Stmt
	notes    notes

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
	w := &writer{db: db, dialect: dialect, prepared: make(map[string]*sql.Stmt, len(queries)), notes: newNotes(db, dialect)}
	w.idle.L = &w.mu
	if dialect.Unprepared {
		return w, nil
	}
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

// Why a batch can't be applied as one.
var (
	// errApart: a change of the batch failed, so each has to be applied apart from the others.
	errApart = errors.New("sqlstore: a change of the batch failed")
	// errAlone: the batch was in the way of somebody else's transaction, so each change gets one of its own, which holds little.
	errAlone = errors.New("sqlstore: the batch was in somebody's way")
)

// applyAll commits the changes of a batch that succeed. An error means that none is committed.
//
// Nearly always all of them succeed. So they're applied without savepoints first, whose bookkeeping costs as much as the changes; only
// where one fails is the batch applied anew, each change apart. A change's apply may be run several times for that, and starts afresh each time.
func (w *writer) applyAll(ctx context.Context, batch []*work) error {
	err := w.applyTogether(ctx, batch)
	if errors.Is(err, errApart) {
		err = w.applyApart(ctx, batch)
	}
	if errors.Is(err, errAlone) {
		for _, change := range batch {
			w.applyAlone(ctx, change)
		}
		return nil
	}
	return err
}

// begin begins a transaction. A connection that was lost meanwhile shows here, before anything was done: another one is tried.
func (w *writer) begin(ctx context.Context) (*transaction, error) {
	var options *sql.TxOptions
	if w.dialect.Crowd != nil {
		options = &sql.TxOptions{Isolation: w.dialect.Crowd.Isolation}
	}
	var failed error
	for range 2 {
		tx, err := w.db.BeginTx(ctx, options)
		if err != nil {
			failed = err
			continue
		}
		t := &transaction{tx: tx, dialect: w.dialect, prepared: w.prepared, bound: make(map[string]*sql.Stmt)}
		if failed = w.notes.write(ctx, t); failed == nil {
			return t, nil
		}
		_ = tx.Rollback()
	}
	return nil, fmt.Errorf("begin: %w", failed)
}

// patient bounds how long a transaction may take.
func (w *writer) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.dialect.Crowd == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, w.dialect.Crowd.Patience)
}

// applyTogether commits a batch as one, or nothing of it.
func (w *writer) applyTogether(ctx context.Context, batch []*work) error {
	ctx, cancel := w.patient(ctx)
	defer cancel()
	t, err := w.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.tx.Rollback() }() // without effect after a commit
	for _, change := range batch {
		switch err := change.apply(ctx, t); {
		case err == nil:
		case w.dialect.again(err):
			return errAlone
		case len(batch) > 1:
			return errApart
		default:
			change.err = err
			return nil
		}
	}
	return w.commitTx(ctx, t.tx)
}

// applyApart commits those changes of a batch that succeed.
func (w *writer) applyApart(ctx context.Context, batch []*work) error {
	ctx, cancel := w.patient(ctx)
	defer cancel()
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
		if w.dialect.again(change.err) {
			for _, change := range batch {
				change.err = nil
			}
			return errAlone
		}
		if change.err == nil {
			applied++
		}
	}
	if applied == 0 {
		return nil
	}
	return w.commitTx(ctx, t.tx)
}

// maxAttempts bounds how often a change is tried that is always in somebody's way. The database lets the other one pass each time, and has
// waited for a while before that.
const maxAttempts = 3

// applyAlone commits a change in a transaction of its own.
func (w *writer) applyAlone(ctx context.Context, change *work) {
	for range maxAttempts {
		change.err = w.applyOnce(ctx, change)
		if !w.dialect.again(change.err) {
			return
		}
	}
}

func (w *writer) applyOnce(ctx context.Context, change *work) error {
	ctx, cancel := w.patient(ctx)
	defer cancel()
	t, err := w.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.tx.Rollback() }() // without effect after a commit
	if err := change.apply(ctx, t); err != nil {
		return err
	}
	return w.commitTx(ctx, t.tx)
}

// commitTx commits. Where the database's answer is lost, it finds out what it would have been.
func (w *writer) commitTx(ctx context.Context, tx *sql.Tx) error {
	err := tx.Commit()
	if err == nil {
		return nil
	}
	committed, unknown := w.notes.find(context.WithoutCancel(ctx))
	switch {
	case unknown != nil:
		return fmt.Errorf("commit: %w (what was written, and whether, isn't known: %w)", err, unknown)
	case committed:
		return nil
	}
	return fmt.Errorf("commit: %w", err)
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
	dialect  Dialect
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
	args = t.dialect.storable(args)
	if t.dialect.Unprepared {
		return changed(t.tx.ExecContext(ctx, t.dialect.bind(query), args...))
	}
	statement, err := t.statement(ctx, query)
	if err != nil {
		return 0, err
	}
	return changed(statement.ExecContext(ctx, args...))
}

func changed(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query runs a query that returns rows.
func (t *transaction) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args = t.dialect.storable(args)
	if t.dialect.Unprepared {
		return t.tx.QueryContext(ctx, t.dialect.bind(query), args...)
	}
	statement, err := t.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// queryRow runs a query that returns one row into dest, or sql.ErrNoRows.
func (t *transaction) queryRow(ctx context.Context, query string, args []any, dest ...any) error {
	args = t.dialect.storable(args)
	if t.dialect.Unprepared {
		return t.tx.QueryRowContext(ctx, t.dialect.bind(query), args...).Scan(dest...)
	}
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
