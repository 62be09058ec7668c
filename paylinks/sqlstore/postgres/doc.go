// Package postgres opens a PostgreSQL database as a paylinks.Store that any number of processes share.
//
//	store, err := postgres.Open(ctx, "postgres://shop:secret@db.example.com:5432/paylinks?sslmode=verify-full")
//
// PostgreSQL 13 and later. Give it a database of its own, or a schema of its own in another one: search_path=NAME in the URL. Its tables have
// plain names such as orders.
//
// A change is on the disk of the server when Write returns, whatever synchronous_commit is set to for the role: off is turned on, anything stronger stays. Where a
// connection is lost during COMMIT, the store asks on another one whether the commit was made, for up to 15 s, and answers what's true. Only where the
// database doesn't come back in that time is the outcome unknown, and the error says so.
//
// Each process writes on one connection, on which changes that wait at the same time share a transaction, and reads on a few others
// ([Readers]). What a process held when it died becomes due when its lease runs out.
//
// Behind PgBouncer in transaction mode, say default_query_exec_mode=exec in the URL: no statement is prepared then.
package postgres
