// Package api has the wire types of the unified HTTP API: what the server of package httpserver reads and writes, and what a
// client writes and reads.
//
// The published fields come first and in the published order; what this library adds follows them. A field with nothing in it is
// left out. Money is a decimal string with exactly the currency's decimals, times are RFC 3339 in UTC, ids are opaque.
package api
