package sqlite

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

func dialect() sqlstore.Dialect {
	return sqlstore.Dialect{
		Migrations: "sqlite",
		Goose:      goose.DialectSQLite3,
		Elements:   "SELECT value FROM json_each(?)",
		UseIndex:   func(index string) string { return "INDEXED BY " + index },
		IsUnique: func(err error) bool {
			return hasCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) || hasCode(err, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
		},
		IsOrphan: func(err error) bool { return hasCode(err, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY) },
	}
}

// hasCode tells whether err has an SQLite result code, or an extended code of it.
func hasCode(err error, code int) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	const primary = 0xff
	return failure.Code() == code || failure.Code()&primary == code
}

// explain says of an error of [Open] what an operator can do about it.
func explain(path string, err error) error {
	switch {
	case hasCode(err, sqlite3.SQLITE_NOTADB):
		return fmt.Errorf("sqlite: %s isn't an SQLite database: %w", path, err)
	case hasCode(err, sqlite3.SQLITE_CORRUPT):
		return fmt.Errorf("sqlite: %s is damaged: restore it from a copy: %w", path, err)
	case errors.Is(err, fs.ErrPermission), hasCode(err, sqlite3.SQLITE_READONLY), hasCode(err, sqlite3.SQLITE_CANTOPEN):
		return fmt.Errorf("sqlite: %s, its folder and the files beside it must be writable for this process: %w", path, err)
	case hasCode(err, sqlite3.SQLITE_BUSY):
		return fmt.Errorf("sqlite: another process holds %s locked: %w", path, err)
	default:
		return fmt.Errorf("sqlite: open %s: %w", path, err)
	}
}
