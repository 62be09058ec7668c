package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Config is what a Store is made of.
type Config struct {
	// Writer is the pool of all writes. It has a single connection.
	Writer *sql.DB
	// Reader is the pool of all reads; it may be Writer itself.
	Reader  *sql.DB
	Dialect Dialect
	// Release, where set, is called at the end of Close.
	Release func() error
}

// Store is a [paylinks.Store] in an SQL database.
type Store struct {
	writer *writer
	reader *reader
	config Config
}

var _ paylinks.Store = (*Store)(nil)

// New makes a Store over a database that [Migrate] has prepared. On success the pools belong to the Store.
func New(ctx context.Context, config Config) (*Store, error) {
	writer, err := newWriter(ctx, config.Writer, config.Dialect, writeQueries(config.Dialect))
	if err != nil {
		return nil, err
	}
	return &Store{writer: writer, reader: newReader(config.Reader, config.Dialect), config: config}, nil
}

// writeQueries is every query that a transaction of the writer runs.
func writeQueries(dialect Dialect) []string {
	return slices.Concat(
		[]string{savepoint, undo, release},
		paylinkWrites, operationWrites, eventWrites, webhookWrites, answerWrites, endpointWrites, deliveryWrites, ledgerWrites, orderWrites, leaseWrites,
		dialect.Crowd.queries(),
		[]string{
			duePaylinks.text(dialect), dueOperations.text(dialect), dueWebhooks.text(dialect), dueDeliveries.text(dialect), dueSyncs.text(dialect),
			dueOrders.text(dialect),
		},
	)
}

// Write commits a change, together with others that wait at that moment.
func (s *Store) Write(ctx context.Context, change paylinks.Change) error {
	apply, err := encode(change)
	if err != nil {
		return err
	}
	return wrap("write", s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		for _, step := range apply {
			if err := s.named(step(ctx, t)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// named gives violations of the database's own rules the names that callers know.
func (s *Store) named(err error) error {
	switch {
	case err == nil:
		return nil
	case s.config.Dialect.IsOrphan(err):
		return fmt.Errorf("%w: the link that this belongs to: %w", paylinks.ErrNotFound, err)
	case s.config.Dialect.IsUnique(err):
		return fmt.Errorf("%w: %w", paylinks.ErrDuplicate, err)
	default:
		return err
	}
}

// wrap says what failed, of an error that isn't one of the Store's own.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqlstore: %s: %w", what, err)
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return wrap("ping", s.reader.db.PingContext(ctx)) }

// Close waits for the writes under way, then closes the database.
func (s *Store) Close() error {
	s.writer.close()
	var errs []error
	if s.config.Reader != s.config.Writer {
		errs = append(errs, s.config.Reader.Close())
	}
	// The writer comes last: where it's the last connection to a file, it tidies the file up, which a reader can't.
	errs = append(errs, s.config.Writer.Close())
	if s.config.Release != nil {
		errs = append(errs, s.config.Release())
	}
	return wrap("close", errors.Join(errs...))
}

// EndLeases makes everything due now that somebody holds: open operations, webhooks, deliveries, syncs and answers that aren't finished. A
// delivery or sync that waits for its next try after a failure goes on waiting. It's for the moment at which it's certain that no process lives that could hold them.
func (s *Store) EndLeases(ctx context.Context) error {
	return wrap("end leases", s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		for _, query := range leaseWrites {
			if _, err := t.exec(ctx, query); err != nil {
				return err
			}
		}
		return nil
	}))
}

// leaseWrites leave alone what is due long ago, so that opening a store after a clean end writes nothing.
var leaseWrites = []string{
	`UPDATE operations SET due_at = 0 WHERE open = 1 AND due_at > 0`,
	`UPDATE webhooks SET due_at = 0 WHERE done = 0 AND due_at > 0`,
	`UPDATE answers SET due_at = 0 WHERE status = 0 AND due_at > 0`,
	`UPDATE deliveries SET due_at = created_at, held = 0 WHERE state = 'pending' AND due_at > 0 AND held = 1`,
	`UPDATE syncs SET due_at = 0, held = 0 WHERE open = 1 AND due_at > 0 AND held = 1`,
	endHolds,
}
