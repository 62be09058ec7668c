// Package merchanttest is a merchant, as plain as can be, for the tests of simulators: he calls the API, a buyer of his taps on the checkout page, and webhooks reach
// his inbox.
package merchanttest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
)

// Merchant calls a simulator that is served.
type Merchant struct {
	// URL is where the simulator is served.
	URL string
	// Usual are the headers of each call.
	Usual map[string]string

	tb     testing.TB
	client *http.Client
}

// New serves a simulator until the test ends.
func New(tb testing.TB, simulator http.Handler, usual map[string]string) *Merchant {
	tb.Helper()
	server := httptest.NewServer(simulator)
	tb.Cleanup(server.Close)
	// A client of its own: closing a test server cuts the idle connections of the shared one.
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Merchant{URL: server.URL, Usual: usual, tb: tb, client: client}
}

// In is the same merchant in a part of the test.
func (m *Merchant) In(tb testing.TB) *Merchant {
	tb.Helper()
	part := *m
	part.tb = tb
	return &part
}

// Do makes a call with the headers that are usual, changed by the given ones: "" removes. A redirect answers its location.
func (m *Merchant) Do(method, path, body string, headers map[string]string) (int, string) {
	m.tb.Helper()
	all := maps.Clone(m.Usual)
	maps.Copy(all, headers)
	return m.send(method, path, body, all)
}

// Browse does what a buyer's browser does: no credentials, and forms.
func (m *Merchant) Browse(method, path, form string) (int, string) {
	m.tb.Helper()
	return m.send(method, path, form, map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

func (m *Merchant) send(method, path, body string, headers map[string]string) (int, string) {
	m.tb.Helper()
	req, err := http.NewRequestWithContext(m.tb.Context(), method, m.URL+path, strings.NewReader(body))
	require.NoError(m.tb, err)
	for name, value := range headers {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := m.client.Do(req)
	require.NoError(m.tb, err)
	defer func() { assert.NoError(m.tb, res.Body.Close()) }()
	answer, err := io.ReadAll(res.Body)
	require.NoError(m.tb, err)
	if location := res.Header.Get("Location"); location != "" {
		return res.StatusCode, location
	}
	return res.StatusCode, strings.TrimSpace(string(answer))
}

// Call makes a call with a JSON object as its answer.
func (m *Merchant) Call(method, path, body string) (int, jsontest.Object) {
	m.tb.Helper()
	status, text := m.Do(method, path, body, nil)
	var answer jsontest.Object
	require.NoError(m.tb, json.Unmarshal([]byte(text), &answer), "%s", text)
	return status, answer
}

// Hooked is a webhook as it arrived.
type Hooked struct {
	Query  url.Values
	Header http.Header
	Text   string
	Body   jsontest.Object
}

// Inbox is a merchant's webhook endpoint.
type Inbox struct {
	URL string

	mu  sync.Mutex
	got []Hooked
}

// NewInbox is open until the test ends, and answers every webhook with status.
func NewInbox(tb testing.TB, status int) *Inbox {
	tb.Helper()
	b := &Inbox{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		hooked := Hooked{Query: r.URL.Query(), Header: r.Header, Text: string(text)}
		assert.NoError(tb, json.Unmarshal(text, &hooked.Body))
		b.mu.Lock()
		defer b.mu.Unlock()
		b.got = append(b.got, hooked)
		w.WriteHeader(status)
	}))
	tb.Cleanup(server.Close)
	b.URL = server.URL
	return b
}

// Got are the webhooks that have arrived, oldest first.
func (b *Inbox) Got() []Hooked {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}
