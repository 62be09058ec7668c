// Package acmepaytest simulates Acme Pay, with real behaviour and without money: its API, a page that pays, and its webhooks.
//
//	acme := acmepaytest.New(acmepaytest.Config{})
//	server := httptest.NewServer(acme)
//
// It's written from the provider's documentation alone and shares no code with package acmepay: a mistake there mustn't be made here too. A test
// calls [Server.Pay] and its like, makes calls fail with [Server.Break], and looks at [Server.Link] and [Server.Calls] for what really happened.
package acmepaytest

import (
	"net/http"
	"strings"
	"sync"
	"time"
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
	config Config
	mux    *http.ServeMux
	faults faults

	mu          sync.Mutex
	serial      int
	links       map[string]*Link
	byReference map[string]*Link
	events      []Event
}

// New makes a simulator.
func New(config Config) *Server {
	if config.APIKey == "" {
		config.APIKey = APIKey
	}
	if config.WebhookSecret == "" {
		config.WebhookSecret = WebhookSecret
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	s := &Server{config: config, mux: http.NewServeMux(), links: map[string]*Link{}, byReference: map[string]*Link{}}
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
		s.mux.Handle(route.pattern, s.faults.over(route.op, s.authenticated(route.handle)))
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
		writeJSON(w, http.StatusOK, answer)
	})
}

// on finds the link of the path.
func (s *Server) on(handle func(*http.Request, *Link) *apiError) func(*http.Request) (any, *apiError) {
	return func(r *http.Request) (any, *apiError) {
		l, ok := s.links[r.PathValue("id")]
		if !ok {
			return nil, errNotFound
		}
		return l, handle(r, l)
	}
}
