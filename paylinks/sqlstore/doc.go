// Package sqlstore keeps payment links in an SQL database: a [paylinks.Store] over database/sql.
//
// Don't open it from here. Its subpackages know their databases:
//
//	store, err := sqlite.Open(ctx, "paylinks.db")
//
// Each kind of record has a table with a column for whatever is searched for, and a JSON document for the rest. The rules that
// money depends on are the database's own: one open operation per link, one operation per reference and per key, one event per
// sequence number and one webhook per delivery are unique indexes, which hold whatever the code above them does.
//
// Times are kept to the microsecond and come back in UTC. A link's ID, Provider, OrgAppID, OrderID and CreatedAt, and an
// operation's ID, PaylinkID, Kind and Reference, never change after they were first written.
package sqlstore
