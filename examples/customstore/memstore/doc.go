// Package memstore is a [paylinks.Store] in maps: the template of a store over your own database, and the shortest answer to what one has to do.
//
// It keeps every promise of the suite in storetest but the one that a process can't keep alone: what's in memory dies with it. So it serves tests and demos, and
// money needs a database. Where a loop over a map stands here, a comment says which index stands there.
package memstore
