package tenancy

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed schema.sql
var schema string

// Open opens the database of tenants in a file, and makes its tables where they're missing.
func Open(ctx context.Context, path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, fmt.Errorf("tenancy: open: %w", err)
	}
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("tenancy: schema: %w", err), db.Close())
	}
	return db, nil
}

// AddTenant adds a customer.
func AddTenant(ctx context.Context, db *sql.DB, id, name string) error {
	_, err := db.ExecContext(ctx, `INSERT INTO tenants (id, name) VALUES (?, ?)`, id, name)
	return err
}
