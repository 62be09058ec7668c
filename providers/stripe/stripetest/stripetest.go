// Package stripetest simulates the part of Stripe's API that is read: PaymentIntents with their charges, refunds and disputes.
//
//	stripe := stripetest.New(stripetest.Config{})
//	server := httptest.NewServer(stripe)
//
// It's strict about what Stripe's documentation demands of a list call, pages as Stripe does, and writes JSON as Stripe does, spread
// out for people to read. Where the documentation is silent, a comment says that the simulator guesses. A long history costs no
// memory: [Config].History payments are made up as they are asked for.
//
// Its controls are the same in every simulator, see package simulator:
//
//   - [simulator.Faults]: FailBefore and FailAfter answer with an HTTP status, DropBefore and DropAfter close the connection, Truncate and Garble spoil
//     the answer, Delay and Hang hold it up. Each takes an operation and how many calls it strikes, 0 for all until Clear. "After" means that
//     the call has its effect and only the answer is lost.
//   - [simulator.Clock]: Advance and Set move the simulator's time; what expires meanwhile has expired.
//   - [simulator.CallLog], the calls: Count says how many calls of an operation came in, Calls shows them.
package stripetest

import (
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// SecretKey is the key of a [Config] that has none. It opens nothing but a simulator.
const SecretKey = "sk_test_simulatedStripe0000000001"

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpPaymentIntents = "payment_intents"
	OpPaymentIntent  = "payment_intent"
	OpRefunds        = "refunds"
	OpDisputes       = "disputes"
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// SecretKey is the key that calls must have (default the constant [SecretKey]).
	SecretKey string
	// AccountID is the connected account that calls must name, "" for none.
	AccountID string
	// WebhookSecret signs webhooks.
	WebhookSecret string
	// RetryAfter goes with every 429 that [Server.Faults] asks for (default none, as Stripe promises none).
	RetryAfter time.Duration

	// History is how many payments are made up, one each HistoryStep (default a minute) back from HistoryEnd (default an hour before the
	// start). They are older than all that are added.
	History     int
	HistoryEnd  time.Time
	HistoryStep time.Duration

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated Stripe. It's an http.Handler, safe for concurrent use.
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
	revoked bool
	made    int
	// payments, refunds and disputes are newest first.
	payments []*payment
	refunds  []*refund
	disputes []*dispute
}

// New makes a simulator.
func New(config Config) *Server {
	if config.SecretKey == "" {
		config.SecretKey = SecretKey
	}
	if config.HistoryStep <= 0 {
		config.HistoryStep = time.Minute
	}
	s := &Server{config: config, mux: http.NewServeMux()}
	s.kit = simulator.New(simulator.Config{Now: config.Now, RetryAfter: config.RetryAfter, ErrorBody: injectedError})
	s.Clock, s.Faults, s.Calls = s.kit.Clock, s.kit.Faults, s.kit.Calls
	if config.HistoryEnd.IsZero() {
		config.HistoryEnd = s.Clock.Now().Add(-time.Hour)
	}
	s.history = history{n: config.History, end: config.HistoryEnd.Unix(), step: int64(max(config.HistoryStep/time.Second, 1))}
	for _, route := range []struct {
		pattern, op string
		handle      http.HandlerFunc
	}{
		{"GET /v1/payment_intents", OpPaymentIntents, s.listIntents},
		{"GET /v1/payment_intents/{id}", OpPaymentIntent, s.readIntent},
		{"GET /v1/refunds", OpRefunds, s.listRefunds},
		{"GET /v1/disputes", OpDisputes, s.listDisputes},
	} {
		s.mux.Handle(route.pattern, s.kit.Handle(route.op, "", s.authenticated(route.handle)))
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		apiError{status: http.StatusNotFound, message: "Unrecognized request URL (" + r.Method + ": " + r.URL.Path + ")."}.write(w)
	})
	return s
}

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

var _ http.Handler = (*Server)(nil)
