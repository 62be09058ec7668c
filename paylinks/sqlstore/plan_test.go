package sqlstore_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(postgrestest.Main{M: m}) }

// openWithPlans opens a store and a connection of its own that explains statements.
func openWithPlans(t *testing.T) (*sqlstore.Store, *sql.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.NoError(t, store.Close())
	})
	return store, db
}

// plan is the lines of SQLite's plan for a statement.
func plan(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
	require.NoError(t, err, query)
	defer func() { require.NoError(t, rows.Close()) }()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &line))
		lines = append(lines, line)
	}
	require.NoError(t, rows.Err())
	return lines
}

// harmless is what looks slow and isn't: no table, an argument, and a table that has 500 rows at the most.
var harmless = []string{"SCAN CONSTANT ROW", "SCAN json_each VIRTUAL TABLE INDEX 1:", "SCAN endpoints USING INDEX endpoints_created"}

// slow is the lines of a plan that take longer the more rows a table has: walks over all of it, sorting, indexes made up on the spot.
func slow(lines []string) []string {
	var found []string
	for _, line := range lines {
		if slices.Contains(harmless, line) {
			continue
		}
		for _, word := range []string{"SCAN", "TEMP B-TREE", "AUTOMATIC"} {
			if strings.Contains(line, word) {
				found = append(found, line)
			}
		}
	}
	return found
}

func TestNoStatementReadsAWholeTable(t *testing.T) {
	t.Parallel()
	store, db := openWithPlans(t)
	// The suite calls every method in every way; afterwards the store has prepared whatever it knows to say. Its checks
	// each want an empty store, so most of them fail here: only the statements count.
	recorder := discard{t}
	for _, check := range storetest.Checks() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			check.Run(recorder, store)
		}()
		<-done
	}
	queries := sqlstore.Queries(store)
	require.Greater(t, len(queries), 30)
	for _, query := range queries {
		assert.Empty(t, slow(plan(t, db, query)), query)
	}
}

func TestEveryListIsAWalkOverAnIndexInItsOrder(t *testing.T) {
	t.Parallel()
	store, db := openWithPlans(t)
	for _, c := range []struct {
		name  string
		query paylinks.PaylinkQuery
		apps  []string
		index string
	}{
		{"all", paylinks.PaylinkQuery{}, nil, "paylinks_created ("},
		{"provider", paylinks.PaylinkQuery{Provider: "tabby"}, nil, "paylinks_provider (provider=? AND "},
		{"status", paylinks.PaylinkQuery{Status: "created"}, nil, "paylinks_status (status=? AND "},
		{"provider and status", paylinks.PaylinkQuery{Provider: "tabby", Status: "created"}, nil, "paylinks_status (status=? AND "},
		{"order", paylinks.PaylinkQuery{OrderID: "1"}, nil, "paylinks_order (order_id=? AND "},
		{"app", paylinks.PaylinkQuery{}, []string{"a"}, "paylinks_app (org_app_id=? AND "},
		{"app and provider", paylinks.PaylinkQuery{Provider: "tabby"}, []string{"a"}, "paylinks_app (org_app_id=? AND "},
		{"app and status", paylinks.PaylinkQuery{Status: "created"}, []string{"a"}, "paylinks_app_status (org_app_id=? AND status=? AND "},
		{"app and order", paylinks.PaylinkQuery{OrderID: "1"}, []string{"a"}, "paylinks_order (order_id=? AND "},
		{"everything", paylinks.PaylinkQuery{OrderID: "1", Status: "created", Provider: "tabby"}, []string{"a"}, "paylinks_order (order_id=? AND "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// One app, three, and as many as one statement takes.
			for _, count := range []int{1, 3, 50} {
				var apps []string
				for i := range count * len(c.apps) {
					apps = append(apps, fmt.Sprint(i))
				}
				lines := plan(t, db, sqlstore.ListQuery(store, c.query, apps...))
				assert.Empty(t, slow(lines))
				walks := 0
				for _, line := range lines {
					if strings.HasPrefix(line, "SEARCH paylinks USING INDEX "+c.index) && strings.Contains(line, "(created_at,id)<(?,?)") {
						walks++
					}
				}
				assert.Equal(t, max(1, len(apps)), walks, "%q", lines)
			}
		})
	}
}

func TestEveryListOfPaymentsIsAWalkOverAnIndexInItsOrder(t *testing.T) {
	t.Parallel()
	store, db := openWithPlans(t)
	for _, c := range []struct {
		query paylinks.SyncedPaymentQuery
		apps  []string
		index string
	}{
		{paylinks.SyncedPaymentQuery{}, nil, "payments_created ("},
		{paylinks.SyncedPaymentQuery{Provider: "stripe"}, nil, "payments_provider (provider=? AND "},
		{paylinks.SyncedPaymentQuery{Status: "captured"}, nil, "payments_status (status=? AND "},
		{paylinks.SyncedPaymentQuery{Reference: "1"}, nil, "payments_reference (reference=? AND "},
		{paylinks.SyncedPaymentQuery{Provider: "stripe"}, []string{"a", "b"}, "payments_app (org_app_id=? AND "},
		{paylinks.SyncedPaymentQuery{Status: "captured"}, []string{"a", "b"}, "payments_app_status (org_app_id=? AND status=? AND "},
		{paylinks.SyncedPaymentQuery{Reference: "1", Status: "captured"}, []string{"a", "b"}, "payments_reference (reference=? AND "},
	} {
		lines := plan(t, db, sqlstore.PaymentsQuery(store, c.query, c.apps...))
		assert.Empty(t, slow(lines), "%+v", c.query)
		walks := 0
		for _, line := range lines {
			if strings.HasPrefix(line, "SEARCH payments USING INDEX "+c.index) && strings.Contains(line, "(created_at,id)<(?,?)") {
				walks++
			}
		}
		assert.Equal(t, max(1, len(c.apps)), walks, "%q", lines)
	}
}

// With a million deliveries that wait for others, looking for what is due reads none of them.
func TestDeliveriesThatWaitCostAClaimNothing(t *testing.T) {
	t.Parallel()
	store, db := openWithPlans(t)
	found := false
	for _, query := range sqlstore.Queries(store) {
		if strings.Contains(query, "FROM deliveries d") && strings.Contains(query, "d.due_at <= ?") {
			found = true
			assert.Contains(t, plan(t, db, query)[0], "SEARCH d USING INDEX deliveries_due (due_at>? AND due_at<?)")
		}
	}
	assert.True(t, found)
}

func TestSlowPlansAreRecognized(t *testing.T) {
	t.Parallel()
	_, db := openWithPlans(t)
	for _, query := range []string{
		`SELECT * FROM paylinks WHERE document = ?`,
		`SELECT * FROM paylinks WHERE org_app_id = ? ORDER BY order_id`,
		`SELECT * FROM paylinks ORDER BY created_at, id LIMIT 5`,
		`SELECT * FROM events a JOIN events b ON a.data = b.data WHERE a.id = ?`,
		`UPDATE operations SET due_at = 0 WHERE due_at > 0`,
	} {
		assert.NotEmpty(t, slow(plan(t, db, query)), query)
	}
}

// discard is a TB that takes failures to be of no interest.
type discard struct{ *testing.T }

func (discard) Errorf(string, ...any) {}

func (discard) FailNow() { runtime.Goexit() }
