package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Queries is every statement that s has prepared so far.
func Queries(s *Store) []string {
	s.reader.mu.RLock()
	defer s.reader.mu.RUnlock()
	return slices.Sorted(maps.Keys(joined(s.writer.prepared, s.reader.prepared)))
}

func joined[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// ListQuery is the statement of a list of links over apps.
func ListQuery(s *Store, query paylinks.PaylinkQuery, apps ...string) string {
	text, _ := paylinkList().statement(s.config.Dialect, selectPaylinks(query), apps...)
	return text
}

// PaymentsQuery is the statement of a list of payments over apps.
func PaymentsQuery(s *Store, query paylinks.SyncedPaymentQuery, apps ...string) string {
	text, _ := paymentList().statement(s.config.Dialect, selectPayments(query), apps...)
	return text
}

// Do has the writer apply a function, as it does a change.
func Do(ctx context.Context, s *Store, apply func(context.Context, *sql.Tx) error) error {
	return s.writer.do(ctx, func(ctx context.Context, t *transaction) error { return apply(ctx, t.tx) })
}

// Queued is how many changes wait for the writer.
func Queued(s *Store) int {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return len(s.writer.queue)
}
