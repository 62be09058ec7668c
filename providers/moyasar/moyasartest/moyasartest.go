// Package moyasartest simulates the part of Moyasar's API that is read: the list of payments, and its webhooks.
//
//	moyasar := moyasartest.New(moyasartest.Config{})
//	server := httptest.NewServer(moyasar)
//
// It's strict about what Moyasar's documentation demands and pages as Moyasar does: 40 rows, by number, newest first, so that pages shift
// when payments change. Where the documentation is silent, a comment says that the simulator guesses. A long history costs no memory:
// [Config].History payments are made up as they are asked for.
//
// Its controls are the same in every simulator, see package simulator:
//
//   - [simulator.Faults]: FailBefore and FailAfter answer with an HTTP status, DropBefore and DropAfter close the connection, Truncate and Garble spoil
//     the answer, Delay and Hang hold it up. Each takes an operation and how many calls it strikes, 0 for all until Clear. "After" means that
//     the call has its effect and only the answer is lost.
//   - [simulator.Clock]: Advance and Set move the simulator's time; what expires meanwhile has expired.
//   - [simulator.CallLog], the calls: Count says how many calls of an operation came in, Calls shows them.
package moyasartest

import (
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// SecretKey is the key of a [Config] that has none. It opens nothing but a simulator.
const SecretKey = "sk_test_simulatedMoyasar000000001"

// PageSize is how many payments a page has. It can't be chosen (Moyasar, pagination).
const PageSize = 40

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpPayments = "payments"
	OpPayment  = "payment"
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// SecretKey is the key that calls must have (default the constant [SecretKey]).
	SecretKey string
	// WebhookSecret is sent in the body of each webhook.
	WebhookSecret string
	// RetryAfter goes with every 429 that [Server.Faults] asks for (default none, as Moyasar documents none).
	RetryAfter time.Duration
	// IgnoreCreated has the list ignore created[gt] and created[lt] where updated[gt] or updated[lt] are given. Moyasar doesn't say that they go
	// together.
	IgnoreCreated bool

	// History is how many payments are made up, one each HistoryStep (default a minute) back from HistoryEnd (default an hour before the
	// start), and never changed. They are older than all that are added.
	History     int
	HistoryEnd  time.Time
	HistoryStep time.Duration

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated Moyasar. It's an http.Handler, safe for concurrent use.
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
	// payments are newest first.
	payments []*payment
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
	s.history = history{n: config.History, end: config.HistoryEnd.UnixMilli(), step: max(config.HistoryStep.Milliseconds(), 1)}
	s.mux.Handle("GET /v1/payments", s.kit.Handle(OpPayments, "", s.authenticated(s.list)))
	s.mux.Handle("GET /v1/payments/{id}", s.kit.Handle(OpPayment, "", s.authenticated(s.read)))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		apiError{status: http.StatusNotFound, kind: "api_error", message: "Object not found"}.write(w)
	})
	return s
}

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

var _ http.Handler = (*Server)(nil)
