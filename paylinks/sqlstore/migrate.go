package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// ErrNewer tells that the database was written by a newer version of this library, whose tables this one doesn't know.
var ErrNewer = errors.New("sqlstore: the database was made by a newer version of this library: upgrade the program")

// Migrate brings the tables of a database up to date. Any number of processes may do so at the same time.
// A database of a newer version is left as it is: [ErrNewer].
func Migrate(ctx context.Context, db *sql.DB, dialect Dialect) error {
	files, err := fs.Sub(migrations, "migrations/"+dialect.Migrations)
	if err != nil {
		return fmt.Errorf("sqlstore: read the migrations: %w", err)
	}
	settings := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	if dialect.VersionTable != "" {
		settings = append(settings, goose.WithTableName(dialect.VersionTable))
	}
	provider, err := goose.NewProvider(dialect.Goose, db, files, settings...)
	if err != nil {
		return fmt.Errorf("sqlstore: prepare the migrations: %w", err)
	}
	for {
		before, known, err := provider.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("sqlstore: read the version of the database: %w", err)
		}
		if before > known {
			return fmt.Errorf("%w (it has version %d, this one knows %d)", ErrNewer, before, known)
		}
		if before == known {
			return nil
		}
		if _, err = provider.Up(ctx); err == nil {
			continue
		}
		// Somebody else may have run the same migration a moment before: then its CREATE TABLE has failed here, and
		// the version has moved on.
		if now, versionErr := provider.GetDBVersion(ctx); versionErr != nil || now <= before {
			return fmt.Errorf("sqlstore: migrate from version %d: %w", before, err)
		}
	}
}
