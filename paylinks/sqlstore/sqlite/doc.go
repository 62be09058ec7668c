// Package sqlite opens an SQLite database as a paylinks.Store: a file that needs no server, or memory for tests.
//
//	store, err := sqlite.Open(ctx, "/var/lib/shop/paylinks.db")
//
// The driver is written in Go, so nothing else is to be installed. A change is on the disk when Write returns
// (WAL, synchronous=FULL); changes that wait at the same time share one commit. Several processes of one machine may use one
// file at the same time. A file on a network share may not: SQLite's locks aren't reliable there.
//
// What is erased is overwritten in the file (secure_delete). Its -wal has older copies of pages until it's written anew: at
// the latest when the last process closes the file, nothing of what was erased is left.
//
// Beside the file lie its -wal and -shm, which belong to it and are moved and copied with it, and its .lock, which
// says that somebody has it open. They have buyers' phone numbers, so a new file is for its owner alone (mode 0600), and its -wal and -shm
// take its mode. The mode of a file that is there already is left as it is.
package sqlite
