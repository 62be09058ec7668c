package httpserver

import (
	"net/http"
	"sync"
	"testing"

	"github.com/paylinks/paylinks-go/internal/openapitest"
)

// described is the description, read once for all tests.
var described = sync.OnceValues(func() (*openapitest.Document, error) { return openapitest.Parse(openAPI) })

// Held is handler with all that passes through it held to the description.
func Held(tb testing.TB, handler http.Handler, options ...openapitest.Option) http.Handler {
	tb.Helper()
	document, err := described()
	if err != nil {
		tb.Error(err) // callers are goroutines, too
		return handler
	}
	return document.Wrap(tb, handler, options...)
}

// held does so for a handler over a made-up Service.
func held(tb testing.TB, handler http.Handler) http.Handler {
	tb.Helper()
	return Held(tb, handler, openapitest.MadeUp())
}
