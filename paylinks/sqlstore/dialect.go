package sqlstore

import "github.com/pressly/goose/v3"

// Dialect is what differs between databases: the whole seam between this package and a subpackage that opens one.
// Queries are written with "?" placeholders in SQL that SQLite and PostgreSQL share.
type Dialect struct {
	// Migrations is the folder below migrations/.
	Migrations string
	// Goose is the name that the migration library has for the database.
	Goose goose.Dialect
	// Bind rewrites the "?" placeholders of a query, nil where the database reads them as they are.
	Bind func(query string) string
	// UseIndex is what follows a table's name to have an index used, nil where the planner can't be told. With it, plans
	// depend on neither statistics nor luck.
	UseIndex func(index string) string
	// SkipLocked ends a SELECT whose rows are to be updated in the same transaction, past those that another one holds.
	SkipLocked string
	// IsUnique tells whether err is a violation of a unique index.
	IsUnique func(err error) bool
	// IsOrphan tells whether err is a violation of a foreign key.
	IsOrphan func(err error) bool
}

func (d Dialect) bind(query string) string {
	if d.Bind == nil {
		return query
	}
	return d.Bind(query)
}

func (d Dialect) useIndex(index string) string {
	if d.UseIndex == nil {
		return ""
	}
	return " " + d.UseIndex(index)
}
