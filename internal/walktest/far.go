package walktest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Far is the far end of a gateway's calls: an http.RoundTripper that answers each by its name, and a clock that waits alone move. The zero Far is ready,
// and breaks every connection.
type Far struct {
	// Name names a call (default: its path).
	Name func(Call) string
	// Answers answer calls by their names, and Rest all others.
	Answers Answers
	Rest    Answer

	mu    sync.Mutex
	calls []Call
	waits []time.Duration
	now   time.Time
}

// Answers are what is said to calls, by their names.
type Answers map[string]func(Call) Answer

// Call is a call with the body that was sent.
type Call struct {
	*http.Request
	Sent []byte
}

// Answer is what the far end says. The zero Answer is a connection that breaks.
type Answer struct {
	Status int
	Body   string
	Header http.Header
}

// Says gives one answer to every call.
func Says(status int, body string) func(Call) Answer {
	return InTurn(Answer{Status: status, Body: body})
}

// InTurn gives its answers one after the other, and the last one again.
func InTurn(answers ...Answer) func(Call) Answer {
	var calls atomic.Int64
	return func(Call) Answer { return answers[min(int(calls.Add(1)), len(answers))-1] }
}

// Always is a client whose every call has one answer.
func Always(status int, body string) *http.Client {
	return (&Far{Rest: Answer{Status: status, Body: body}}).Client()
}

// Client is a client of this far end.
func (f *Far) Client() *http.Client { return &http.Client{Transport: f} }

// On has a call answered, each time the same.
func (f *Far) On(name string, status int, body string) { f.Do(name, Says(status, body)) }

// Do has a call answered by a function.
func (f *Far) Do(name string, answer func(Call) Answer) {
	if f.Answers == nil {
		f.Answers = Answers{}
	}
	f.Answers[name] = answer
}

func (f *Far) name(c Call) string {
	if f.Name == nil {
		return c.URL.Path
	}
	return f.Name(c)
}

// RoundTrip is the way there. A call whose context has ended is made all the same, and fails.
func (f *Far) RoundTrip(req *http.Request) (*http.Response, error) {
	call := Call{Request: req}
	if req.Body != nil {
		var err error
		if call.Sent, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	name := f.name(call)
	f.mu.Lock()
	f.calls = append(f.calls, call)
	f.mu.Unlock()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	said := f.Rest
	if answer := f.Answers[name]; answer != nil {
		said = answer(call)
	}
	if said.Status == 0 {
		return nil, fmt.Errorf("nobody answers %q", name)
	}
	header := said.Header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: said.Status, Header: header, Body: io.NopCloser(strings.NewReader(said.Body)), Request: req}, nil
}

// Calls are the calls of that name, in their order.
func (f *Far) Calls(name string) []Call {
	var calls []Call
	for _, call := range f.All() {
		if f.name(call) == name {
			calls = append(calls, call)
		}
	}
	return calls
}

// Queries are the queries of the calls of that name.
func (f *Far) Queries(name string) []url.Values {
	var queries []url.Values
	for _, call := range f.Calls(name) {
		queries = append(queries, call.URL.Query())
	}
	return queries
}

// All are all calls, in their order.
func (f *Far) All() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// Wait is a patience.Wait that moves the clock.
func (f *Far) Wait(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits = append(f.waits, d)
	f.now = f.now.Add(d)
	return ctx.Err()
}

// Waits are the waits, in their order.
func (f *Far) Waits() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]time.Duration(nil), f.waits...)
}

// Now is what the clock shows.
func (f *Far) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock.
func (f *Far) Set(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now
}

// Serve serves a handler until the test ends.
func Serve(t interface{ Cleanup(func()) }, handler http.Handler) *httptest.Server {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// Down is a server that has been closed: its address refuses connections.
func Down() *httptest.Server {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return server
}
