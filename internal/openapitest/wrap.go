package openapitest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const (
	typeJSON   = "application/json"
	typeStream = "text/event-stream"
)

// Option changes what a handler is held to.
type Option func(*recorder)

// MadeUp is for a handler over a made-up Service, which accepts anything and fails in ways that the real one doesn't: requests aren't checked, and
// every operation may answer every error of the description, with the status of its code.
func MadeUp() Option { return func(c *recorder) { c.madeUp = true } }

// recorder is a handler that looks at what passes.
type recorder struct {
	tb       testing.TB
	document *Document
	inner    http.Handler
	madeUp   bool
}

// Wrap is handler, with everything that passes through it checked. What is against the description fails the test.
func (d *Document) Wrap(tb testing.TB, handler http.Handler, options ...Option) http.Handler {
	tb.Helper()
	c := &recorder{tb: tb, document: d, inner: handler}
	for _, option := range options {
		option(c)
	}
	return c
}

// exchange is one request and its answer.
type exchange struct {
	request  *http.Request
	sent     bytes.Buffer
	status   int
	header   http.Header
	received bytes.Buffer
}

// ServeHTTP passes a request on, and checks it and its answer once that is complete. An answer that was broken off is nobody's to check.
func (c *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{request: r.Clone(r.Context())} // the handler may change its own
	if r.Body != nil {
		r.Body = &tee{ReadCloser: r.Body, copy: &x.sent}
	}
	answer := &writer{ResponseWriter: w, exchange: x}
	c.inner.ServeHTTP(answer, r)
	if answer.broken {
		return
	}
	if x.status == 0 {
		x.status, x.header = http.StatusOK, w.Header().Clone()
	}
	c.report(x)
}

// report fails the test for each thing that is wrong.
func (c *recorder) report(x *exchange) {
	for _, problem := range c.check(x) {
		c.tb.Errorf("against the description: %s %s, answered %d: %s\n%s", x.request.Method, x.request.URL.Path, x.status, problem, clip(x.received.Bytes()))
	}
}

// check is what is wrong with an exchange.
func (c *recorder) check(x *exchange) []string {
	operations, path := c.document.match(x.request)
	if len(operations) == 0 {
		if !strings.Contains(x.request.URL.EscapedPath(), root) {
			return nil // it belongs to others who are mounted beside the handler
		}
		return c.document.checkFailure(x, "unauthenticated", "not_found")
	}
	method := x.request.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	at := slices.IndexFunc(operations, func(op *operation) bool { return op.method == method })
	if at < 0 {
		problems := c.document.checkFailure(x, "unauthenticated", "not_found", "method_not_allowed")
		if want := allow(operations); x.status == http.StatusMethodNotAllowed && x.header.Get("Allow") != want {
			problems = append(problems, "the header Allow is not "+want)
		}
		return problems
	}
	op := operations[at]
	problems := c.checkAnswer(op, x)
	if x.status >= 200 && x.status < 300 && !c.madeUp {
		problems = append(problems, op.checkRequest(x, path)...)
	}
	return problems
}

func allow(operations []*operation) string {
	var methods []string
	for _, op := range operations {
		if methods = append(methods, op.method); op.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// clip is the beginning of a body, to be shown.
func clip(body []byte) []byte {
	const most = 2000
	return body[:min(len(body), most)]
}

// tee copies what is read of a request.
type tee struct {
	io.ReadCloser
	copy *bytes.Buffer
}

// Read reads.
func (t *tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.copy.Write(p[:n])
	return n, err
}

// writer copies an answer on its way.
type writer struct {
	http.ResponseWriter
	exchange *exchange
	// broken: the client is gone, so that the answer may end anywhere.
	broken bool
}

// WriteHeader notes the final status and its headers.
func (w *writer) WriteHeader(status int) {
	if w.exchange.status == 0 && status >= http.StatusOK {
		w.exchange.status, w.exchange.header = status, w.Header().Clone()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write copies a part of the body.
func (w *writer) Write(p []byte) (int, error) {
	if w.exchange.status == 0 {
		w.exchange.status, w.exchange.header = http.StatusOK, w.Header().Clone()
	}
	n, err := w.ResponseWriter.Write(p)
	w.exchange.received.Write(p[:n])
	w.broken = w.broken || err != nil && !errors.Is(err, http.ErrBodyNotAllowed)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
