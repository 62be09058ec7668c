// Package paypaltest simulates the parts of PayPal that a sync of payments needs: OAuth tokens, Transaction Search, and the Payments API's captures,
// authorizations and refunds, without money.
//
//	paypal := paypaltest.New(paypaltest.Config{History: 200_000})
//	server := httptest.NewServer(paypal)
//
// It's strict about what PayPal's reference demands. Where the reference is silent, a comment says that the simulator guesses; where
// two behaviours are possible it takes the harder one. A test makes payments with [Server.Pay] and its like, moves [Server.Clock], asks for
// [Server.Faults], and looks at [Server.Calls]. A history of any length is made up row by row as it's asked for, and costs no memory.
//
// Its controls are the same in every simulator, see package simulator:
//
//   - [simulator.Faults]: FailBefore and FailAfter answer with an HTTP status, DropBefore and DropAfter close the connection, Truncate and Garble spoil
//     the answer, Delay and Hang hold it up. Each takes an operation and how many calls it strikes, 0 for all until Clear. "After" means that
//     the call has its effect and only the answer is lost.
//   - [simulator.Clock]: Advance and Set move the simulator's time; what expires meanwhile has expired.
//   - [simulator.CallLog], the calls: Count says how many calls of an operation came in, Calls shows them.
package paypaltest

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// The credentials of a [Config] that has none. They open nothing but a simulator.
const (
	ClientID     = "simulated-client-id"
	ClientSecret = "simulated-client-secret"
	WebhookID    = "1SM00000000000001"
)

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpToken         = "token"
	OpTransactions  = "transactions"
	OpCapture       = "capture"
	OpAuthorization = "authorization"
	OpRefund        = "refund"
	OpVerify        = "verify"
)

const (
	longestWindow = 31 * 24 * time.Hour // PayPal, Transaction Search: end_date
	largestPage   = 500                 // PayPal, Transaction Search: page_size
	memoryYears   = 3                   // PayPal, Transaction Search: "for the previous three years"
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// ClientID and ClientSecret are those of the REST app (default the constants).
	ClientID     string
	ClientSecret string
	// Scope is what tokens are for (default the one for Transaction Search).
	Scope string
	// TokenLife is how long a token is taken (default 9 h).
	TokenLife time.Duration
	// Delay is how late a row shows in Transaction Search (default 3 h, the latest that PayPal documents; negative for none).
	Delay time.Duration
	// MaxRows is how many rows a search may find (default 10,000).
	MaxRows int
	// RetryAfter goes with every 429 that [Server.Faults] asks for (default none, as PayPal documents none).
	RetryAfter time.Duration

	// History is how many payments to make up between HistoryFrom and HistoryTo (default: the 90 days before Now).
	History     int
	HistoryFrom time.Time
	HistoryTo   time.Time

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated PayPal. It's an http.Handler, safe for concurrent use.
type Server struct {
	// Clock is the simulator's time.
	Clock *simulator.Clock
	// Faults makes calls fail.
	Faults *simulator.Faults
	// Calls has every API call as it arrived.
	Calls *simulator.CallLog

	config  Config
	kit     *simulator.Kit
	mux     *http.ServeMux
	history history

	mu      sync.Mutex
	made    int
	revoked bool
	tokens  map[string]time.Time
	entries []*entry
	byID    map[string]*entry
}

var _ http.Handler = (*Server)(nil)

// New makes a simulator.
func New(config Config) *Server {
	if config.ClientID == "" {
		config.ClientID, config.ClientSecret = ClientID, ClientSecret
	}
	if config.Scope == "" {
		config.Scope = "https://uri.paypal.com/services/applications/webhooks https://uri.paypal.com/services/reporting/search/read"
	}
	if config.TokenLife == 0 {
		config.TokenLife = 9 * time.Hour
	}
	if config.Delay == 0 {
		config.Delay = 3 * time.Hour
	}
	config.Delay = max(config.Delay, 0)
	if config.MaxRows == 0 {
		config.MaxRows = 10_000
	}
	kit := simulator.New(simulator.Config{Now: config.Now, RetryAfter: config.RetryAfter, ErrorBody: func(w http.ResponseWriter, status int) {
		failure(status).write(w)
	}})
	if config.HistoryTo.IsZero() {
		config.HistoryTo = kit.Clock.Now()
	}
	if config.HistoryFrom.IsZero() {
		config.HistoryFrom = config.HistoryTo.Add(-90 * 24 * time.Hour)
	}
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls,
		config: config, kit: kit, mux: http.NewServeMux(), tokens: map[string]time.Time{}, byID: map[string]*entry{},
		history: newHistory(config.History, config.HistoryFrom.UTC(), config.HistoryTo.UTC()),
	}
	s.routes()
	return s
}

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() {
	for _, route := range []struct {
		pattern, op string
		handle      http.HandlerFunc
	}{
		{"GET /v1/reporting/transactions", OpTransactions, s.search},
		{"GET /v2/payments/captures/{id}", OpCapture, s.readCapture},
		{"GET /v2/payments/authorizations/{id}", OpAuthorization, s.readAuthorization},
		{"GET /v2/payments/refunds/{id}", OpRefund, s.readRefund},
		{"POST /v1/notifications/verify-webhook-signature", OpVerify, s.verify},
	} {
		s.mux.Handle(route.pattern, s.kit.Handle(route.op, "", s.authenticated(route.handle)))
	}
	s.mux.Handle("POST /v1/oauth2/token", s.kit.Handle(OpToken, "", http.HandlerFunc(s.issueToken)))
}

// issueToken wants HTTP Basic and a form, and answers OAuth's own errors.
func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.revoked || !same(id, s.config.ClientID) || !same(secret, s.config.ClientSecret):
		simulator.WriteJSON(w, http.StatusUnauthorized, map[string]string{
			"error": "invalid_client", "error_description": "Client Authentication failed",
		})
		return
	case r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.PostFormValue("grant_type") != "client_credentials":
		simulator.WriteJSON(w, http.StatusBadRequest, map[string]string{
			"error": "unsupported_grant_type", "error_description": "unsupported grant_type",
		})
		return
	}
	token := "A21AA" + strings.ReplaceAll(simulator.NewUUID(), "-", "")
	now := s.Clock.Now()
	s.tokens[token] = now.Add(s.config.TokenLife)
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"scope": s.config.Scope, "access_token": token, "token_type": "Bearer", "app_id": "APP-SIMULATED",
		"expires_in": int(s.config.TokenLife / time.Second), "nonce": now.Format(time.RFC3339) + "-simulated",
	})
}

func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		until, known := s.tokens[token]
		taken := bearer && known && !s.revoked && s.Clock.Now().Before(until)
		s.mu.Unlock()
		if !taken {
			failure(http.StatusUnauthorized).write(w)
			return
		}
		next(w, r)
	}
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
