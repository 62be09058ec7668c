package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"

	"github.com/paylinks/paylinks-go/paylinks"
)

// reader runs queries on the pool of readers. Each is prepared once.
type reader struct {
	db      *sql.DB
	dialect Dialect
	// connections is how many db may have, at least 1.
	connections int

	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

func newReader(db *sql.DB, dialect Dialect) *reader {
	return &reader{db: db, dialect: dialect, connections: max(db.Stats().MaxOpenConnections, 1), prepared: make(map[string]*sql.Stmt)}
}

// query runs a query of a fixed text.
func (r *reader) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if r.dialect.Unprepared {
		return r.queryOnce(ctx, query, args...)
	}
	statement, err := r.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, r.dialect.storable(args)...)
}

// queryOnce runs a query of one of so many texts that keeping them prepared would be a leak.
func (r *reader) queryOnce(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(ctx, r.dialect.bind(query), r.dialect.storable(args)...)
}

func (r *reader) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.RLock()
	statement, ok := r.prepared[query]
	r.mu.RUnlock()
	if ok {
		return statement, nil
	}
	// Not under the lock: preparing may wait for a connection. Two that prepare the same query keep the first one's.
	statement, err := r.db.PrepareContext(ctx, r.dialect.bind(query))
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first, ok := r.prepared[query]; ok {
		return first, statement.Close()
	}
	r.prepared[query] = statement
	return statement, nil
}

// scanner is a row: *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// all reads every row of a query's result.
func all[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var records []T
	for rows.Next() {
		record, err := scan(rows)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, errors.Join(rows.Err(), rows.Close())
}

// readAll reads every row of a query's result.
func readAll[T any](ctx context.Context, r *reader, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	return repeat(r, func() ([]T, error) {
		rows, err := r.query(ctx, query, args...)
		return all(rows, err, scan)
	})
}

// readAllOnce is readAll of a query that isn't kept prepared.
func readAllOnce[T any](ctx context.Context, r *reader, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	return repeat(r, func() ([]T, error) {
		rows, err := r.queryOnce(ctx, query, args...)
		return all(rows, err, scan)
	})
}

// readOne reads the first row of a query's result, or [paylinks.ErrNotFound].
func readOne[T any](ctx context.Context, r *reader, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	var none T
	records, err := readAll(ctx, r, scan, query, args...)
	switch {
	case err != nil:
		return none, err
	case len(records) == 0:
		return none, paylinks.ErrNotFound
	default:
		return records[0], nil
	}
}

// repeat reads again where the connection was lost. A server that was restarted has lost every connection of the pool, and each shows it only to
// who uses it; a new one to a server that isn't there fails at once.
func repeat[T any](r *reader, read func() (T, error)) (T, error) {
	for range r.connections {
		records, err := read()
		if !r.dialect.lost(err) {
			return records, err
		}
	}
	return read()
}

// due is how records are claimed: a query for those whose time has come, and one that moves a single one's time.
type due struct {
	query string
	// table is the name that the records' table has in query.
	table string
	move  string
}

// text is the query for the due records of a dialect.
func (d due) text(dialect Dialect) string {
	query := strings.Replace(d.query, elements, dialect.Elements, 1)
	if dialect.Crowd == nil {
		return query
	}
	return query + " " + dialect.Crowd.SkipLocked(d.table)
}
