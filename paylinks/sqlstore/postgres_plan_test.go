package sqlstore_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

// manyRows fills the tables: most links have ended, most deliveries are delivered, most apps have few links.
//
//nolint:dupword // columns
const manyRows = `
INSERT INTO paylinks SELECT 'l' || n, 'p' || n % 3, 'app' || n % 300, 'o' || n / 2, CASE WHEN n % 50 = 0 THEN 'created' ELSE 'captured' END,
	's' || n, 'q' || n, 'r' || n, n, CASE WHEN n % 50 = 0 THEN n ELSE 0 END, 1, '{}' FROM generate_series(1, 20000) n;
INSERT INTO operations SELECT 'o' || n, 'l' || n, 'create', 'r', 'k' || n, CASE WHEN n % 50 = 0 THEN 1 ELSE 0 END, n, '{}' FROM generate_series(1, 20000) n;
INSERT INTO events SELECT 'e' || n, 'l' || n, 1, 't', 'app' || n % 300, n, 'created', '{}' FROM generate_series(1, 20000) n;
INSERT INTO webhooks SELECT 'w' || n, 'p', 'app' || n % 300, 'd' || n, 't', '{}', '', n, 1, CASE WHEN n % 50 = 0 THEN 0 ELSE 1 END, 'l' || n, n FROM generate_series(1, 20000) n;
INSERT INTO answers SELECT 'a' || n, 'f', CASE WHEN n % 50 = 0 THEN 0 ELSE 200 END, '', n, n + 0 FROM generate_series(1, 20000) n;
INSERT INTO endpoints SELECT 'e' || n, 0, n, '{}' FROM generate_series(1, 20) n;
INSERT INTO endpoint_wants SELECT CASE WHEN n % 2 = 0 THEN '' ELSE 't' || n END, a, 'e' || n FROM generate_series(1, 20) n, unnest(ARRAY['', 'app1', 'app2']) a;
INSERT INTO deliveries SELECT 'd' || n, 'e' || 1 + n % 20, 'e' || n, 'l' || n, 1, CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'delivered' END, '', n,
	CASE WHEN n % 100 = 0 THEN n ELSE 0 END, 0 FROM generate_series(1, 20000) n;
INSERT INTO orders SELECT 'o' || n, 'c' || n % 300, 'r' || n, 'k' || n, CASE WHEN n % 50 = 0 THEN 'open' ELSE 'paid' END, CASE WHEN n % 50 = 0 THEN 'app' ELSE '' END,
	n, CASE WHEN n % 50 = 0 THEN n ELSE 0 END, CASE WHEN n % 500 = 0 THEN n ELSE 0 END, 1, '{}' FROM generate_series(1, 20000) n;
INSERT INTO syncs SELECT 's' || n, 'app' || n % 2000, CASE WHEN n < 100 THEN 1 ELSE 0 END, n, n + 0, 0, '{}' FROM generate_series(1, 20000) n;
INSERT INTO payments SELECT 'p' || n, 'p' || n % 3, 'app' || n % 300, 'i' || n, 'r' || n / 2, CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'captured' END, n, n + 0, '{}', ''
	FROM generate_series(1, 20000) n;
ANALYZE;
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET jit = off;
`

// openWithRows opens a PostgreSQL store whose statements are all prepared, and a connection to explain them on, with many rows.
func openWithRows(t *testing.T) (*sqlstore.Store, *sql.DB) {
	t.Helper()
	url := postgrestest.URL(t)
	store, err := postgres.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	recorder := discard{t}
	for _, check := range storetest.Checks() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			check.Run(recorder, store)
		}()
		<-done
	}
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `TRUNCATE paylinks, operations, events, webhooks, answers, endpoints, endpoint_wants, deliveries, orders, syncs, payments`)
	require.NoError(t, err)
	for statement := range strings.SplitSeq(manyRows, ";\n") {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	return store, db
}

// generic is PostgreSQL's plan for a statement whatever its parameters are, which is how it runs one that it has prepared.
func generic(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	for number := 1; strings.Contains(query, "?"); number++ {
		query = strings.Replace(query, "?", fmt.Sprintf("$%d", number), 1)
	}
	_, err := db.ExecContext(t.Context(), "PREPARE explained AS "+query)
	require.NoError(t, err, query)
	arguments := ""
	if number := strings.Count(query, "$"); number > 0 {
		arguments = "(NULL" + strings.Repeat(", NULL", number-1) + ")"
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN EXECUTE explained"+arguments)
	require.NoError(t, err, query)
	defer func() {
		require.NoError(t, rows.Close())
		_, err := db.ExecContext(t.Context(), "DEALLOCATE explained")
		require.NoError(t, err)
	}()
	var lines []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, "\n")
}

// crawl is what takes longer the more rows a table has: reading all of it, also by way of an index, and sorting. Endpoints are few.
var crawl = regexp.MustCompile(`(Seq Scan|Index Scan( Backward)? using \S+|Index Only Scan( Backward)? using \S+) on ` +
	`(paylinks|operations|events|webhooks|answers|deliveries|orders|syncs|payments)\b[^\n]*(\n +(Filter|->)|$)|Bitmap|Hash Join|Merge Join|Sort  `)

func TestNoStatementOfPostgreSQLReadsAWholeTable(t *testing.T) {
	t.Parallel()
	store, db := openWithRows(t)
	queries := sqlstore.Queries(store)
	require.Greater(t, len(queries), 60)
	for _, query := range queries {
		switch {
		case strings.Contains(query, "SAVEPOINT"), strings.Contains(query, "FROM endpoints ORDER BY"), strings.Contains(query, "DELETE FROM writers"):
			continue
		}
		explained := generic(t, db, query)
		assert.NotRegexp(t, crawl, explained, query)
	}
	assert.Regexp(t, crawl, generic(t, db, `SELECT * FROM paylinks WHERE document = ?`), "a slow plan is recognised")
	assert.Regexp(t, crawl, generic(t, db, `SELECT * FROM paylinks WHERE org_app_id = ? ORDER BY order_id`))
}

func TestEveryListOfPostgreSQLIsAWalkOverAnIndexInItsOrder(t *testing.T) {
	t.Parallel()
	store, db := openWithRows(t)
	for _, c := range []struct {
		query paylinks.PaylinkQuery
		apps  []string
		index string
	}{
		{paylinks.PaylinkQuery{}, nil, "paylinks_created"},
		{paylinks.PaylinkQuery{Provider: "p1"}, nil, "paylinks_provider"},
		{paylinks.PaylinkQuery{Status: "created"}, nil, "paylinks_status"},
		{paylinks.PaylinkQuery{OrderID: "1"}, nil, "paylinks_order"},
		{paylinks.PaylinkQuery{}, []string{"app1"}, "paylinks_app"},
		{paylinks.PaylinkQuery{}, []string{"app1", "app2", "app3"}, "paylinks_app"},
		{paylinks.PaylinkQuery{Status: "created"}, []string{"app1", "app2"}, "paylinks_app_status"},
		{paylinks.PaylinkQuery{OrderID: "1"}, []string{"app1", "app2"}, "paylinks_order"},
	} {
		explained := generic(t, db, sqlstore.ListQuery(store, c.query, c.apps...))
		assert.NotRegexp(t, crawl, explained, "%+v", c.query)
		assert.Equal(t, max(1, len(c.apps)), strings.Count(explained, "Index Scan Backward using "+c.index+" "), "%+v\n%s", c.query, explained)
	}
	for index, query := range map[string]paylinks.SyncedPaymentQuery{
		"payments_app":        {},
		"payments_app_status": {Status: "captured"},
		"payments_reference":  {Reference: "r1"},
	} {
		explained := generic(t, db, sqlstore.PaymentsQuery(store, query, "app1", "app2"))
		assert.NotRegexp(t, crawl, explained)
		assert.Equal(t, 2, strings.Count(explained, "Index Scan Backward using "+index+" "), explained)
	}
}
