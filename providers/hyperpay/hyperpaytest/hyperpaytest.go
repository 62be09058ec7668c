// Package hyperpaytest simulates the queries of HyperPay's platform (OPPWA) that a sync of payments needs, and its encrypted webhooks, without money.
//
//	hyperpay := hyperpaytest.New(hyperpaytest.Config{History: 200_000})
//	server := httptest.NewServer(hyperpay)
//
// It's strict where HyperPay's documentation is sure. Where that is silent, a comment says that the simulator guesses; where two behaviours are
// possible it takes the harder one. A test makes payments with [Server.Pay] and [Server.Follow], moves [Server.Clock], asks for [Server.Faults], and
// looks at [Server.Calls]. A history of any length is made up record by record as it's asked for, and costs no memory.
//
// Its controls are the same in every simulator, see package simulator:
//
//   - [simulator.Faults]: FailBefore and FailAfter answer with an HTTP status, DropBefore and DropAfter close the connection, Truncate and Garble spoil
//     the answer, Delay and Hang hold it up. Each takes an operation and how many calls it strikes, 0 for all until Clear. "After" means that
//     the call has its effect and only the answer is lost.
//   - [simulator.Clock]: Advance and Set move the simulator's time; what expires meanwhile has expired.
//   - [simulator.CallLog], the calls: Count says how many calls of an operation came in, Calls shows them.
package hyperpaytest

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// What a [Config] has that says nothing. It opens nothing but a simulator.
const (
	AccessToken   = "simulated-access-token"
	EntityID      = "8ac7a4c90000000000000000000000e1"
	MadaEntityID  = "8ac7a4c90000000000000000000000e2"
	WebhookSecret = "0F0E0D0C0B0A09080706050403020100101112131415161718191A1B1C1D1E1F" //nolint:gosec // it opens nothing but a simulator
)

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpByDate      = "query by date"
	OpByID        = "query by id"
	OpByReference = "query by reference"
)

// The result codes of answers.
const (
	codeAnswered   = "000.000.100"
	codeThrottled  = "800.120.100"
	codeRefused    = "800.900.300"
	codeNotFound   = "700.400.580"
	codeBadRequest = "200.300.404"
	codeBroken     = "999.999.999"
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// AccessToken is the account's (default the constant).
	AccessToken string
	// EntityIDs are the account's channels (default the two constants).
	EntityIDs []string
	// NotFound is the HTTP status with which an answer comes that has nothing (default 404). It isn't known.
	NotFound int
	// QueriesPerMinute is how many queries by date are answered within a minute of Clock, the others with 429 (default: any number). HyperPay's
	// limit isn't published; third parties tell of two.
	QueriesPerMinute int
	// NoPages leaves the number of pages out of answers.
	NoPages bool
	// RetryAfter goes with every 429 that [Server.Faults] asks for (default none, as HyperPay documents none).
	RetryAfter time.Duration

	// History is how many payments to make up for the first entity between HistoryFrom and HistoryTo (default: the 90 days before Now).
	History     int
	HistoryFrom time.Time
	HistoryTo   time.Time
	// Currency is that of the history (default SAR).
	Currency paylinks.Currency

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated HyperPay. It's an http.Handler, safe for concurrent use.
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
	queries []time.Time
	records []*record
	byID    map[string]*record
}

var _ http.Handler = (*Server)(nil)

// New makes a simulator.
func New(config Config) *Server {
	if config.AccessToken == "" {
		config.AccessToken = AccessToken
	}
	if len(config.EntityIDs) == 0 {
		config.EntityIDs = []string{EntityID, MadaEntityID}
	}
	if config.NotFound == 0 {
		config.NotFound = http.StatusNotFound
	}
	if config.Currency == "" {
		config.Currency = paylinks.SAR
	}
	s := &Server{config: config, mux: http.NewServeMux(), byID: map[string]*record{}}
	s.kit = simulator.New(simulator.Config{Now: config.Now, RetryAfter: config.RetryAfter, ErrorBody: func(w http.ResponseWriter, status int) {
		code := codeBroken
		if status == http.StatusTooManyRequests {
			code = codeThrottled
		}
		s.refuse(w, status, code, http.StatusText(status))
	}})
	s.Clock, s.Faults, s.Calls = s.kit.Clock, s.kit.Faults, s.kit.Calls
	if s.config.HistoryTo.IsZero() {
		s.config.HistoryTo = s.Clock.Now()
	}
	if s.config.HistoryFrom.IsZero() {
		s.config.HistoryFrom = s.config.HistoryTo.Add(-90 * 24 * time.Hour)
	}
	s.history = newHistory(s.config)
	for _, route := range []struct {
		pattern string
		handle  http.HandlerFunc
	}{
		{"GET /v3/query/{id}", s.byIDInV3},
		{"GET /v1/query/{id}", s.byIDInV1},
		{"GET /v1/query", s.byReferenceInV1},
	} {
		op := OpByID
		if strings.HasSuffix(route.pattern, "query") {
			op = OpByReference
		}
		s.mux.Handle(route.pattern, s.kit.Handle(op, "", s.authenticated(route.handle)))
	}
	byDate := s.kit.Handle(OpByDate, "", s.authenticated(s.throttled(s.byDate)))
	byReference := s.kit.Handle(OpByReference, "", s.authenticated(s.byReferenceInV3))
	s.mux.HandleFunc("GET /v3/query", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("merchantTransactionId") {
			byReference.ServeHTTP(w, r)
			return
		}
		byDate.ServeHTTP(w, r)
	})
	return s
}

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// authenticated wants the token and an entity of its account (HTTP 401 is from memory; another reseller shows 403).
func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		refused := s.revoked || subtle.ConstantTimeCompare([]byte(token), []byte(s.config.AccessToken)) != 1 ||
			!slices.Contains(s.config.EntityIDs, r.URL.Query().Get("entityId"))
		s.mu.Unlock()
		if refused {
			s.refuse(w, http.StatusUnauthorized, codeRefused, "user authorization failed")
			return
		}
		next(w, r)
	}
}

func (s *Server) throttled(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		now := s.Clock.Now()
		s.queries = slices.DeleteFunc(s.queries, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
		tooMany := s.config.QueriesPerMinute > 0 && len(s.queries) >= s.config.QueriesPerMinute
		if !tooMany {
			s.queries = append(s.queries, now)
		}
		s.mu.Unlock()
		if tooMany {
			s.refuse(w, http.StatusTooManyRequests, codeThrottled, "Too many requests. Please try again later.")
			return
		}
		next(w, r)
	}
}

// refuse answers in the one form that all errors have.
func (s *Server) refuse(w http.ResponseWriter, status int, code, description string) {
	simulator.WriteJSON(w, status, map[string]any{
		"id": "8ac7a4a0000000000000000000000000", "result": resultJSON{code, description},
		"buildNumber": "simulated", "timestamp": s.Clock.Now().Format(timeForm), "ndc": "simulated",
	})
}
