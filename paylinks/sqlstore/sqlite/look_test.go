package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// A damaged table or index stops the start, whichever it is, and not the first caller who needs it.
func TestADamagedFileStopsTheStart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "whole.db")
	store, err := Open(t.Context(), path)
	require.NoError(t, err)
	for i := range 50 {
		link, operation := testLink(fmt.Sprint(i))
		event := paylinks.Event{ID: "event-" + link.ID, PaylinkID: link.ID, Sequence: 1, OccurredAt: link.CreatedAt, Data: []byte(`{}`)}
		require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link, Begin: operation, Events: []paylinks.Event{event}}))
	}
	require.NoError(t, store.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)

	db, err := openPool(t.Context(), readerDSN(path, newSettings(nil)), 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	roots := map[string]int{}
	const full = `SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0 AND tbl_name IN ('paylinks', 'operations', 'events') AND coalesce(sql, '') NOT LIKE '%WHERE%'`
	require.NoError(t, readAll(t.Context(), db, full, func(rows *sql.Rows) error {
		var name string
		var page int
		err := rows.Scan(&name, &page)
		roots[name] = page
		return err
	}))
	require.Greater(t, len(roots), 10)
	const pageSize = 4096
	for name, root := range roots {
		broken := append([]byte(nil), whole...)
		clear(broken[(root-1)*pageSize : root*pageSize])
		at := filepath.Join(folder, name+".db")
		require.NoError(t, os.WriteFile(at, broken, 0o600))
		_, err := Open(t.Context(), at)
		assert.ErrorContains(t, err, "is damaged", name)
	}
}

// A large file starts as fast as a small one: no query of the look walks through a table, or sorts one.
func TestTheLookDoesNotDependOnTheSizeOfTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	open(t, path)
	db, err := openPool(t.Context(), readerDSN(path, newSettings(nil)), 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	queries, err := texts(t.Context(), db, ends)
	require.NoError(t, err)
	require.Greater(t, len(queries), 30)
	for _, query := range queries {
		require.NoError(t, readAll(t.Context(), db, "EXPLAIN QUERY PLAN "+query, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			assert.Regexp(t, `^SCAN \w+ USING (COVERING )?INDEX|^SCAN \w+$`, step, query)
			return err
		}))
	}
}
