package httpserver

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/openapitest"
)

// described is the description, read once for all tests.
var described = sync.OnceValues(func() (*openapitest.Document, error) { return openapitest.Parse(openAPI) })

// Held is handler with all that passes through it held to the description.
func Held(tb testing.TB, handler http.Handler, options ...openapitest.Option) http.Handler {
	tb.Helper()
	document, err := described()
	require.NoError(tb, err)
	return document.Wrap(tb, handler, options...)
}

// held does so for a handler over a made-up Service.
func held(tb testing.TB, handler http.Handler) http.Handler {
	tb.Helper()
	return Held(tb, handler, openapitest.MadeUp())
}
