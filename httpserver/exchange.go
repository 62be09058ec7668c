package httpserver

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
)

// exchange is what is known of one request and its answer.
type exchange struct {
	requestID string
	// route is the pattern, "" for a path that has none.
	route  string
	caller string
	// stream: the answer is an event stream.
	stream bool
}

type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange {
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// ServeHTTP does what every request has in common: its id, its headers, its line in the log, and an answer even when a handler panics.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{requestID: s.requestID(r)}
	r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
	r, span := s.telemetry.begin(r)
	answer := &response{ResponseWriter: w}
	header := answer.Header()
	header.Set(headerRequestID, x.requestID)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")

	started := s.opts.Now()
	defer s.logRequest(answer, r, started)
	defer func() { s.telemetry.end(r, span, answer.code(), s.opts.Now().Sub(started)) }()
	defer s.survive(answer, r)

	inner, ok := s.unmount(r)
	if !ok || !clean(inner.URL.Path) {
		s.fail(answer, r, notFound())
		return
	}
	s.mux.ServeHTTP(answer, inner)
}

// logRequest writes a request's line in the log: its route and never its path or query, in which providers put tokens.
func (s *server) logRequest(w *response, r *http.Request, started time.Time) {
	x := exchangeOf(r)
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("method", r.Method), slog.String("route", x.route), slog.Int("status", w.code()),
		slog.Duration("duration", s.opts.Now().Sub(started)), slog.String("request_id", x.requestID), slog.String("caller", x.caller))
}

// unmount takes the prefix from the path, also where a part of the path is escaped.
func (s *server) unmount(r *http.Request) (*http.Request, bool) {
	prefix := s.opts.Prefix
	if prefix == "" {
		return r, true
	}
	u := *r.URL
	u.Path = strings.TrimPrefix(r.URL.Path, prefix)
	u.RawPath = strings.TrimPrefix(r.URL.RawPath, prefix)
	if len(u.Path) == len(r.URL.Path) || (r.URL.RawPath != "" && len(u.RawPath) == len(r.URL.RawPath)) {
		return nil, false
	}
	inner := r.WithContext(r.Context())
	inner.URL = &u
	return inner, true
}

// clean tells whether a path names a route as it stands. The mux would answer others with a redirect that knows nothing of
// the prefix; and a database can't look for NUL or broken UTF-8.
func clean(p string) bool {
	if !strings.HasPrefix(p, "/") || !utf8.ValidString(p) || strings.ContainsRune(p, 0) {
		return false
	}
	cleaned := path.Clean(p)
	return p == cleaned || p == cleaned+"/"
}

// survive, deferred, answers for a handler that panicked, unless it had begun to. Aborting a connection on purpose is left alone.
func (s *server) survive(w *response, r *http.Request) {
	value := recover()
	if value == nil {
		return
	}
	err := panicError(value)
	if w.status != 0 {
		s.logFailure(r, err)
		panic(http.ErrAbortHandler)
	}
	s.fail(w, r, err)
}

// crash is a panic as an error.
type crash struct {
	value any
	stack []byte
}

// Error is what the panic said.
func (c *crash) Error() string { return fmt.Sprintf("panic: %v", c.value) }

func panicError(value any) error {
	if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares this panic value by identity
		panic(value)
	}
	if c, ok := value.(*crash); ok {
		return c
	}
	return &crash{value: value, stack: debug.Stack()}
}

func notFound() *paylinks.Error {
	return &paylinks.Error{Code: paylinks.CodeNotFound, Outcome: paylinks.NotApplied, Message: "there is nothing at this path"}
}

// response remembers the status for the log.
type response struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the first final status.
func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write begins an answer of 200 where none has begun.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *response) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// storeTimeout bounds what is written after the answer no longer depends on the client's patience.
const storeTimeout = 10 * time.Second
