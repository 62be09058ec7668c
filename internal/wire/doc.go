// Package wire turns the library's types into those of the HTTP API and back: the server of package httpserver and the client of package
// client share it, so that what one writes the other reads.
package wire
