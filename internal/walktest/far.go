package walktest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Far is the far end of a gateway's calls: an http.RoundTripper that answers each by its name, and a clock that only waits move.
type Far struct {
	name func(Call) string
	rest Answer

	mu      sync.Mutex
	answers map[string]func(Call) Answer
	calls   []Call
	waits   []time.Duration
	now     time.Time
}

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

// NewFar is a far end that answers calls by what name makes of them (default: the path), and all others with rest. Its clock shows now.
func NewFar(name func(Call) string, rest Answer, now time.Time) *Far {
	if name == nil {
		name = func(c Call) string { return c.URL.Path }
	}
	return &Far{name: name, rest: rest, answers: map[string]func(Call) Answer{}, now: now}
}

// Always is a client whose every call has one answer.
func Always(status int, body string) *http.Client {
	return NewFar(nil, Answer{Status: status, Body: body}, time.Time{}).Client()
}

// Client is a client of this far end.
func (f *Far) Client() *http.Client { return &http.Client{Transport: f} }

// On has a call answered, each time the same.
func (f *Far) On(name string, status int, body string) {
	f.InTurn(name, Answer{Status: status, Body: body})
}

// InTurn has a call answered with one after the other, and the last one again.
func (f *Far) InTurn(name string, answers ...Answer) {
	var mu sync.Mutex
	n := 0
	f.Do(name, func(Call) Answer {
		mu.Lock()
		defer mu.Unlock()
		said := answers[min(n, len(answers)-1)]
		n++
		return said
	})
}

// Do has a call answered by a function.
func (f *Far) Do(name string, answer func(Call) Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[name] = answer
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
	answer := f.answers[name]
	f.mu.Unlock()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	said := f.rest
	if answer != nil {
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
