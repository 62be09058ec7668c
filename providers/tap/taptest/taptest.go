// Package taptest simulates what of Tap a sync needs: the lists of charges and refunds, single charges, and webhooks.
//
//	tap := taptest.New(taptest.Config{History: 200_000})
//	server := httptest.NewServer(tap)
//
// It's strict about what Tap's documentation demands: the key, times and numbers as text, at most 50 rows, periods of at most 30 days, and
// an empty list is answered with 400. Where the documentation is silent, a comment says that the simulator guesses. Charges come from
// [Server.Add], or are made up as they're asked for, so that a long history takes no memory.
//
// Its controls are the same in every simulator, see package simulator:
//
//   - [simulator.Faults]: FailBefore and FailAfter answer with an HTTP status, DropBefore and DropAfter close the connection, Truncate and Garble spoil
//     the answer, Delay and Hang hold it up. Each takes an operation and how many calls it strikes, 0 for all until Clear. "After" means that
//     the call has its effect and only the answer is lost.
//   - [simulator.Clock]: Advance and Set move the simulator's time; what expires meanwhile has expired.
//   - [simulator.CallLog], the calls: Count says how many calls of an operation came in, Calls shows them.
//   - [simulator.Webhooks]: they go out while Run runs, or all at once by Flush. FlushReversed, Copies, Tamper, Hold and Off disturb them, Deliveries tells
//     how they were answered.
package taptest

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// SecretKey is the key of a [Config] that has none. It opens nothing but a simulator.
const SecretKey = "sk_test_00000000000000000001"

// PageSize is how many rows a page has at the most.
const PageSize = 50

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpCharges = "charges"
	OpCharge  = "charge"
	OpRefunds = "refunds"
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// SecretKey is the bearer key that calls must have, and that signs webhooks (default the constant [SecretKey]).
	SecretKey string
	// History is how many charges are made up, beside those that are added: 70 in a hundred are captured, 10 captured and refunded in part
	// or whole, 10 failed and 10 abandoned.
	History int
	// Start is when the first of them was made (default 2026-01-01 in UTC), and Step how long it takes to the next one (default a minute).
	Start time.Time
	Step  time.Duration

	// RetryAfter goes with every 429 that [Server.Faults] asks for (default none, as Tap documents none).
	RetryAfter time.Duration

	// WebhookURL is where news of charges go: the post.url that each charge would have (default none).
	WebhookURL string
	// WebhookClient sends the webhooks (default a client of its own).
	WebhookClient *http.Client

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Message is what [Server.Webhooks] sends.
type Message = simulator.Message

// Server is a simulated Tap. It's an http.Handler, safe for concurrent use.
type Server struct {
	// Clock is the simulator's time.
	Clock *simulator.Clock
	// Faults makes calls fail.
	Faults *simulator.Faults
	// Calls has every API call as it arrived.
	Calls *simulator.CallLog
	// Webhooks controls what is sent to the merchant. Unless [Server.Run] runs, it waits for a Flush.
	Webhooks *simulator.Webhooks

	config Config
	kit    *simulator.Kit
	mux    *http.ServeMux

	mu      sync.Mutex
	key     string
	charges []*charge // by time, then id
	byID    map[string]*charge
	refunds []*refund // by time, then id
}

// New makes a simulator.
func New(config Config) *Server {
	if config.SecretKey == "" {
		config.SecretKey = SecretKey
	}
	if config.Start.IsZero() {
		config.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if config.Step <= 0 {
		config.Step = time.Minute
	}
	kit := simulator.New(simulator.Config{
		Now: config.Now, Client: config.WebhookClient,
		// Tap, webhooks: two further tries. The pauses between them are a guess.
		Retries:    []time.Duration{time.Minute, 5 * time.Minute},
		ErrorBody:  injectedError,
		RetryAfter: config.RetryAfter,
	})
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls, Webhooks: kit.Webhooks,
		config: config, kit: kit, mux: http.NewServeMux(), key: config.SecretKey, byID: map[string]*charge{},
	}
	for pattern, route := range map[string]struct {
		op     string
		handle http.HandlerFunc
	}{
		"POST /v2/charges/list": {OpCharges, s.listCharges},
		"POST /v2/refunds/list": {OpRefunds, s.listRefunds},
		"GET /v2/charges/{id}":  {OpCharge, s.readCharge},
	} {
		s.mux.Handle(pattern, kit.Handle(route.op, "", s.authenticated(route.handle)))
	}
	return s
}

// Run sends the webhooks, and their repetitions, until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.kit.Run(ctx) }

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Revoke makes the key invalid.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = ""
}

var _ http.Handler = (*Server)(nil)
