// Package httpserver serves the unified HTTP API of a [paylinks.Service]: a door to it, and no more. It decides nothing about
// payments; it says who asks, reads what is asked, and writes what the Service answers.
//
// [New] returns a plain [http.Handler] that mounts anywhere. It starts no goroutine that a request doesn't own.
package httpserver
