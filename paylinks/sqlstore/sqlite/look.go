package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// ends is a query for each end of each index that has all rows of its table.
const ends = `
SELECT format('SELECT * FROM "%w" INDEXED BY "%w" ORDER BY "%w" %s LIMIT 1', t.name, i.name, c.name, way.value)
FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c, json_each('["ASC", "DESC"]') way
WHERE t.type = 'table' AND i.partial = 0 AND c.seqno = 0 AND c.name IS NOT NULL`

// look reads the first and the last row of every index: a few pages each, however large the file is. A file that isn't of one piece, such as a copy
// that was put beside another one's -wal, mostly shows it there. Else it would first show in the midst of work: creates succeed and lists fail.
// PRAGMA quick_check, which misses nothing of the kind, reads every page, and so a large file would start slowly.
func look(ctx context.Context, db *sql.DB) error {
	queries, err := texts(ctx, db, ends)
	if err != nil {
		return err
	}
	for _, query := range queries {
		if err := readAll(ctx, db, query, func(*sql.Rows) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// texts are the rows of a query that has one column.
func texts(ctx context.Context, db *sql.DB, query string) (list []string, err error) {
	err = readAll(ctx, db, query, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		list = append(list, text)
		return err
	})
	return list, err
}

func readAll(ctx context.Context, db *sql.DB, query string, read func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query) //nolint:gosec // made by SQLite of the names in its schema, quoted
	if err != nil {
		return fmt.Errorf("look: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := read(rows); err != nil {
			return fmt.Errorf("look: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	return nil
}
