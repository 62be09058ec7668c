// Package acmepaytest simulates Acme Pay, with real behaviour and without money: its API, a page that pays, and its webhooks.
//
//	acme := acmepaytest.New(acmepaytest.Config{})
//	server := httptest.NewServer(acme)
//
// It's written from the provider's documentation alone and shares no code with package acmepay: a mistake there mustn't be made here too. A test
// calls [Server.Pay] and its like, asks for [Server.Faults], and looks at [Server.Link] and [Server.Calls] for what really happened. What every simulator
// has is that of package simulator.
package acmepaytest

import (
	"cmp"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// APIKey and WebhookSecret are those of a [Config] that has none. They open nothing but a simulator.
const (
	APIKey        = "acme_0000000000000001"
	WebhookSecret = "acme-webhook-secret" //nolint:gosec // made up
)

// RejectedPhone is a buyer's whom Acme Pay doesn't want.
const RejectedPhone = "+966500000002"

// Config configures a [Server]. The zero Config works.
type Config struct {
	APIKey        string
	WebhookSecret string
	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated Acme Pay. It's an http.Handler, safe for concurrent use.
type Server struct {
	// Clock is the simulator's time.
	Clock *simulator.Clock
	// Faults makes calls fail, of "create", "find", "fetch", "capture", "refund", "cancel", "void" or "send".
	Faults *simulator.Faults
	// Calls has every API call as it arrived.
	Calls *simulator.CallLog
	// Webhooks has one for each event, and waits for a Flush.
	Webhooks *simulator.Webhooks

	config Config
	mux    *http.ServeMux

	mu     sync.Mutex
	serial int
	// links are known by their id and by their reference.
	links *simulator.Book[Link, Link]
}

// New makes a simulator.
func New(config Config) *Server {
	config.APIKey = cmp.Or(config.APIKey, APIKey)
	config.WebhookSecret = cmp.Or(config.WebhookSecret, WebhookSecret)
	kit := simulator.New(simulator.Config{Now: config.Now, ErrorBody: injectedError})
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls, Webhooks: kit.Webhooks,
		config: config, mux: http.NewServeMux(),
	}
	s.links = simulator.NewBook(&s.mu, "acmepaytest: there's no link", s.age, (*Link).copied)
	for _, route := range []struct {
		pattern string
		op      string
		handle  func(r *http.Request) (any, *apiError)
	}{
		{"POST /v1/links", "create", s.create},
		{"GET /v1/links", "find", s.find},
		{"GET /v1/links/{id}", "fetch", s.on(s.fetch)},
		{"POST /v1/links/{id}/captures", "capture", s.on(s.capture)},
		{"POST /v1/links/{id}/refunds", "refund", s.on(s.refund)},
		{"POST /v1/links/{id}/cancel", "cancel", s.on(s.cancel)},
		{"POST /v1/links/{id}/void", "void", s.on(s.void)},
		{"POST /v1/links/{id}/send", "send", s.on(s.send)},
	} {
		s.mux.Handle(route.pattern, kit.Handle(route.op, "reference", s.authenticated(route.handle)))
	}
	// The buyer's page, without the page: whoever posts to it pays.
	s.mux.HandleFunc("POST /pay/{id}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Pay(r.PathValue("id")); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	return s
}

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// authenticated lets in who has the key, and writes what handle answers. One mutex makes each call a transaction.
func (s *Server) authenticated(handle func(*http.Request) (any, *apiError)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !ok || key != s.config.APIKey {
			errKey.write(w)
			return
		}
		answer, failure := handle(r)
		if failure != nil {
			failure.write(w)
			return
		}
		simulator.WriteJSON(w, http.StatusOK, answer)
	})
}

// on finds the link of the path.
func (s *Server) on(handle func(*http.Request, *Link) *apiError) func(*http.Request) (any, *apiError) {
	return func(r *http.Request) (any, *apiError) {
		l := s.links.Find(r.PathValue("id"))
		if l == nil || l.ID != r.PathValue("id") {
			return nil, errNotFound
		}
		return l, handle(r, l)
	}
}
