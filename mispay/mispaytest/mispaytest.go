// Package mispaytest simulates MisPay: its API, its checkout page, its encrypted callbacks and its webhooks, with real behaviour and without money.
//
//	mispay := mispaytest.New(mispaytest.Config{})
//	server := httptest.NewServer(mispay) // the API is below server.URL + "/v1/api"
//
// It's as strict as MisPay's documentation and plugins are sure, and stricter where that can only help: it refuses sums that don't add up, and numbers where strings are
// documented. Where nothing is known, a comment says that the simulator guesses. A person pays on the checkout page; a test calls [Server.Pay] and its like, moves
// [Server.Clock], asks for [Server.Faults], and looks at [Server.Payments] and [Server.Calls] for what really happened.
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
package mispaytest

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// AppID, AppSecret and WebhookSecret are those of a [Config] that has none. They open nothing but a simulator.
const (
	AppID         = "simulated-app-id"
	AppSecret     = "simulated-app-secret" //nolint:gosec // it's public on purpose
	WebhookSecret = "simulated-webhook-secret"
)

// BasePath is what a base URL of MisPay's API ends in.
const BasePath = "/v1/api"

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpToken  = "token"
	OpStart  = "start"
	OpTrack  = "track"
	OpEnd    = "end"
	OpRefund = "refund"
)

// Guesses: MisPay documents neither how long a token is valid (one of its plugins assumes an hour) nor how long a checkout can be paid.
const (
	defaultTokenLife   = time.Hour
	defaultSessionLife = time.Hour
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// AppID and AppSecret are the one application that there is (default the constants of these names).
	AppID     string
	AppSecret string
	// MerchantName is shown on the checkout page.
	MerchantName string

	// BaseURL is where this simulator is reached, for the links that it makes: scheme, host and the path that it's mounted at, without /v1/api. By default it's taken from
	// each request's Host.
	BaseURL string
	// CallbackURL is the one registered for the app: where the browser goes afterwards, with a slash and the query added (MisPay, redirect callback). "" for none.
	// A checkout's own callbackUri goes first.
	CallbackURL string
	// WebhookURL is the one registered for the app, with the merchant's secret in its path. "" for none.
	WebhookURL string
	// WebhookClient sends the webhooks (default a client of its own).
	WebhookClient *http.Client

	// TokenLife is how long a token is valid, SessionLife how long a checkout can be paid (default an hour each).
	TokenLife   time.Duration
	SessionLife time.Duration
	// ShowAmounts has track show purchaseAmount and purchaseCurrency. Whether MisPay does isn't known.
	ShowAmounts bool
	// RefuseSecondEnd has a checkout that is ended again answered with an error. By default it's answered like the first time. Neither is documented.
	RefuseSecondEnd bool

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated MisPay. It's an http.Handler, safe for concurrent use.
type Server struct {
	// Clock is the simulator's time.
	Clock *simulator.Clock
	// Faults makes calls fail.
	Faults *simulator.Faults
	// Calls has every API call as it arrived.
	Calls *simulator.CallLog
	// Webhooks controls what is sent to the merchant: each one once, as MisPay never repeats one. Unless [Server.Run] runs, it waits for a Flush.
	Webhooks *simulator.Webhooks

	config Config
	kit    *simulator.Kit
	mux    *http.ServeMux
	box    *blob.Box
	// signing is the key of the tokens' signatures.
	signing [32]byte

	mu             sync.Mutex
	hideCheckoutID bool
	// payments are known by their trackId and by their checkoutId.
	payments *simulator.Book[payment, Payment]
	tokens   map[string]time.Time
}

// New makes a simulator.
func New(config Config) *Server {
	config.AppID = cmp.Or(config.AppID, AppID)
	config.AppSecret = cmp.Or(config.AppSecret, AppSecret)
	config.MerchantName = cmp.Or(config.MerchantName, "Example Store")
	if config.TokenLife <= 0 {
		config.TokenLife = defaultTokenLife
	}
	if config.SessionLife <= 0 {
		config.SessionLife = defaultSessionLife
	}
	kit := simulator.New(simulator.Config{
		Now: config.Now, Client: config.WebhookClient, WebhookTimeout: 30 * time.Second,
		// MisPay, webhook: answer 200. It's sent only once whatever the answer.
		Delivered: func(status int) bool { return status == http.StatusOK },
		ErrorBody: injectedError,
	})
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls, Webhooks: kit.Webhooks,
		config: config, kit: kit, mux: http.NewServeMux(), box: blob.New(config.AppSecret),
		tokens: map[string]time.Time{},
	}
	s.payments = simulator.NewBook(&s.mu, "mispaytest: there's no payment", s.age, (*payment).view)
	_, _ = rand.Read(s.signing[:]) // documented never to fail
	s.routes()
	return s
}

// Run sends the webhooks until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.kit.Run(ctx) }

// ServeHTTP is the API below [BasePath], the checkout page at /pay/{trackId}, and at / a list of all payments for a person to look at.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// routes lists everything that is served.
func (s *Server) routes() {
	for _, route := range []struct {
		method, path string
		op           string
		reference    string
		handle       http.Handler
	}{
		{"GET", "/token", OpToken, "", http.HandlerFunc(s.token)},
		{"POST", "/start-checkout", OpStart, "orderId", s.authenticated(s.startCheckout)},
		{"GET", "/track-checkout/{id}", OpTrack, "", s.authenticated(s.payments.On(trackID, errNotFound.write, s.trackCheckout))},
		{"PUT", "/checkout/{id}/end", OpEnd, "", s.authenticated(s.payments.On(checkoutID, errNotFound.write, s.endCheckout))},
		{"POST", "/refund", OpRefund, "merchantRefundId", s.authenticated(s.refund)},
	} {
		s.mux.Handle(route.method+" "+BasePath+route.path, s.kit.Handle(route.op, route.reference, route.handle))
	}
	s.mux.HandleFunc("GET /pay/{id}", s.payments.On(trackID, nil, s.showPage))
	s.mux.HandleFunc("POST /pay/{id}", s.payments.On(trackID, nil, s.decide))
	s.mux.HandleFunc("GET /{$}", s.index)
}
