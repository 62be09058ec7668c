package sqlstore

import (
	"database/sql"
	"time"

	"github.com/pressly/goose/v3"
)

// Dialect is what differs between databases: the whole seam between this package and a subpackage that opens one.
// Queries are written with "?" placeholders in SQL that SQLite and PostgreSQL share. Its zero fields say that a database has one writer
// at a time and reads queries as they are.
type Dialect struct {
	// Migrations is the folder below migrations/.
	Migrations string
	// Goose is the name that the migration library has for the database.
	Goose goose.Dialect
	// VersionTable is where the migration library keeps the version, "" for its own choice.
	VersionTable string
	// Bind rewrites the "?" placeholders of a query, nil where the database reads them as they are.
	Bind func(query string) string
	// Text makes a text one that the database can store, nil where it can store any.
	Text func(text string) string
	// Unprepared has every query sent with its text: behind a pooler, the next one may reach another connection than the one that prepared it.
	Unprepared bool
	// UseIndex is what follows a table's name to have an index used, nil where the planner can't be told. With it, plans
	// depend on neither statistics nor luck.
	UseIndex func(index string) string
	// OnlyIndex is a condition that every row meets, which lets the planner of a database that can't be told take no index but this one, nil where it can be told.
	OnlyIndex func(index string) string
	// LimitWalks has each part of a list over several apps order and limit itself, where the planner doesn't merge ordered parts by itself.
	LimitWalks bool
	// Elements is a query of the texts in a JSON array, its only parameter.
	Elements string
	// IsUnique tells whether err is a violation of a unique index.
	IsUnique func(err error) bool
	// IsOrphan tells whether err is a violation of a foreign key.
	IsOrphan func(err error) bool

	// Crowd is how writers bear each other, nil where the database has one writer at a time.
	Crowd *Crowd
}

// Crowd is what a database needs whose writers work at the same time, each seeing what was committed when its statement began.
type Crowd struct {
	// Isolation is the level of the writer's transactions.
	Isolation sql.IsolationLevel
	// SkipLocked ends a SELECT of rows of a table that are to be updated in the same transaction, past those that another one holds.
	SkipLocked func(table string) string
	// LockLink has a transaction, until its end, be the only one that makes or ends deliveries of the link with the id that is its only parameter, while
	// no endpoint changes. Without it, of two transactions that don't see each other's delivery both could leave the next one to wait for ever.
	LockLink string
	// LockEndpoints has a transaction, until its end, be the only one that changes endpoints, while nobody has LockLink.
	LockEndpoints string
	// Violates tells whether err is a violation of a unique index with that name.
	Violates func(err error, index string) bool
	// Lost tells of an error that says nothing against a query but that its connection has ended under it, nil where that is never known.
	Lost func(err error) bool
	// Again tells of an error that says nothing against the change, which was only in somebody's way: a deadlock.
	Again func(err error) bool
	// Patience is how long a transaction may take until its connection is given up.
	Patience time.Duration

	// Note starts each transaction: it notes a batch (second parameter) of a writer (first), at a time (third), and is part of what's committed.
	Note string
	// Noted reads the last batch of a writer (first parameter) that was committed, 0 where none was. It waits for a transaction that's still under way, and so has
	// to write as well, at a time (second): one who only reads waits for nobody's first note.
	Noted string
	// ForgetNotes removes notes from before a time.
	ForgetNotes string
}

// queries are those that the writer runs.
func (c *Crowd) queries() []string {
	if c == nil {
		return nil
	}
	return []string{c.LockLink, c.LockEndpoints, c.Note, c.ForgetNotes}
}

func (d Dialect) bind(query string) string {
	if d.Bind == nil {
		return query
	}
	return d.Bind(query)
}

// elements stands for a dialect's Elements in a query.
const elements = "{elements of}"

func (d Dialect) useIndex(index string) string {
	if d.UseIndex == nil {
		return ""
	}
	return " " + d.UseIndex(index)
}

// onlyIndex is an index's condition and the AND after it.
func (d Dialect) onlyIndex(index string) string {
	if d.OnlyIndex == nil {
		return ""
	}
	return d.OnlyIndex(index) + " AND "
}

// storable makes the texts among args ones that the database can store.
func (d Dialect) storable(args []any) []any {
	if d.Text == nil {
		return args
	}
	texts := make([]any, len(args))
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			arg = d.Text(text)
		}
		texts[i] = arg
	}
	return texts
}

// again tells of a change that was only in somebody's way.
func (d Dialect) again(err error) bool { return d.Crowd != nil && d.Crowd.Again(err) }

// lost tells of a query whose connection has ended under it.
func (d Dialect) lost(err error) bool {
	return err != nil && d.Crowd != nil && d.Crowd.Lost != nil && d.Crowd.Lost(err)
}

func (d Dialect) violates(err error, index string) bool {
	return err != nil && d.Crowd != nil && d.Crowd.Violates(err, index)
}
