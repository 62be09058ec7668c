// Package dinerotest simulates what of Dinero Pay a sync needs: the status of single payments, and callbacks.
//
//	dinero := dinerotest.New(dinerotest.Config{})
//	server := httptest.NewServer(dinero)
//
// It's strict about what Dinero Pay's documentation demands: POST, JSON, the merchant key, and the hash of each call. Where the documentation is
// silent, a comment says that the simulator guesses. There's no list, as Dinero Pay has none.
//
// Its controls are the same in every simulator, see package simulator:
//
//   - [simulator.Faults]: FailBefore and FailAfter answer with an HTTP status, DropBefore and DropAfter close the connection, Truncate and Garble spoil
//     the answer, Delay and Hang hold it up. Each takes an operation and how many calls it strikes, 0 for all until Clear. "After" means that
//     the call has its effect and only the answer is lost.
//   - [simulator.Clock]: Advance and Set move the simulator's time; what expires meanwhile has expired.
//   - [simulator.CallLog], the calls: Count says how many calls of an operation came in, Calls shows them.
//   - [simulator.Webhooks], the callbacks: they go out while Run runs, or all at once by Flush. FlushReversed, Copies, Tamper, Hold and Off disturb them, Deliveries tells
//     how they were answered.
package dinerotest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// The credentials of a [Config] that has none. They open nothing but a simulator.
const (
	MerchantKey = "00000000-0000-4000-8000-00000000d1e0"
	Password    = "simulator-password"
)

// OpStatus is the operation by which [Server.Faults] and [Server.Calls] name the API call.
const OpStatus = "status"

// Config configures a [Server]. The zero Config works.
type Config struct {
	// MerchantKey and Password are what calls must have (default the constants).
	MerchantKey string
	Password    string
	// History is how many payments are made up as they're asked for, beside those that are added: see [Server.HistoryIDs].
	History int
	// Location is the time zone of dates (default UTC, a guess).
	Location *time.Location
	// RetryAfter goes with every 429 that [Server.Faults] asks for (default none, as Dinero Pay documents none).
	RetryAfter time.Duration

	// CallbackURL is the merchant's notification URL (default none).
	CallbackURL string
	// CallbackClient sends the callbacks (default a client of its own).
	CallbackClient *http.Client

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Message is what [Server.Callbacks] sends.
type Message = simulator.Message

// Server is a simulated Dinero Pay. It's an http.Handler, safe for concurrent use.
type Server struct {
	// Clock is the simulator's time.
	Clock *simulator.Clock
	// Faults makes calls fail.
	Faults *simulator.Faults
	// Calls has every API call as it arrived.
	Calls *simulator.CallLog
	// Callbacks controls what is sent to the merchant. Unless [Server.Run] runs, it waits for a Flush.
	Callbacks *simulator.Webhooks

	config Config
	kit    *simulator.Kit
	mux    *http.ServeMux

	mu       sync.Mutex
	revoked  bool
	payments []*payment
}

// New makes a simulator.
func New(config Config) *Server {
	if config.MerchantKey == "" {
		config.MerchantKey, config.Password = MerchantKey, Password
	}
	if config.Location == nil {
		config.Location = time.UTC
	}
	kit := simulator.New(simulator.Config{
		Now: config.Now, Client: config.CallbackClient,
		// Dinero Pay, callbacks: up to three further attempts with growing pauses. Their length is a guess.
		Retries:   []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute},
		Delivered: func(status int) bool { return status == http.StatusOK },
		ErrorBody: func(w http.ResponseWriter, status int) {
			refuse(w, status, "0", http.StatusText(status))
		},
		RetryAfter: config.RetryAfter,
	})
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls, Callbacks: kit.Webhooks,
		config: config, kit: kit, mux: http.NewServeMux(),
	}
	s.mux.Handle("POST /api/v1/payment/status", kit.Handle(OpStatus, "payment_id", http.HandlerFunc(s.status)))
	return s
}

// Run sends the callbacks, and their repetitions, until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.kit.Run(ctx) }

// ServeHTTP is the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

var _ http.Handler = (*Server)(nil)

const historyPrefix = "00000000-0000-4000-8000-"

// HistoryIDs are the ids of the payments that are made up.
func (s *Server) HistoryIDs() []string {
	ids := make([]string, 0, s.config.History)
	for n := range s.config.History {
		ids = append(ids, fmt.Sprintf(historyPrefix+"%012d", n))
	}
	return ids
}

// madeUp is the payment of the history with an id: settled, all but every tenth, which is declined.
func (s *Server) madeUp(id string) (*payment, bool) {
	digits, ok := strings.CutPrefix(id, historyPrefix)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n >= s.config.History {
		return nil, false
	}
	amount, err := paylinks.MoneyFromUnits(int64(10_00+n%90_000), paylinks.SAR, 2)
	if err != nil {
		return nil, false
	}
	p := &payment{Payment: Payment{
		ID: id, Status: "settled", Amount: amount, Order: fmt.Sprintf("order-%d", n), Description: "history",
		CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute),
	}}
	if n%10 == 9 {
		p.Status, p.Reason = "decline", "Declined by processing"
	}
	return p, true
}
