// Package tabbytest simulates Tabby: its API, its checkout page and its webhooks, with real behaviour and without money.
//
//	tabby := tabbytest.New(tabbytest.Config{})
//	server := httptest.NewServer(tabby)
//
// It's strict about what Tabby's documentation demands and answers as Tabby does, trailing zeros dropped and all. Where
// the documentation is silent, a comment says that the simulator guesses. A person pays on the checkout page; a test
// calls [Server.Pay] and its like, moves [Server.Clock], asks for [Server.Faults], and looks at [Server.Payments]
// and [Server.Calls] for what really happened.
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
package tabbytest

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// SecretKey is the key of a [Config] that has none. It opens nothing but a simulator.
const SecretKey = "sk_test_00000000-0000-4000-8000-000000000001"

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpCheckout = "checkout"
	OpSession  = "session"
	OpSend     = "send"
	OpQR       = "qr"
	OpCancel   = "cancel"
	OpPayment  = "payment"
	OpPayments = "payments"
	OpUpdate   = "update"
	OpCapture  = "capture"
	OpRefund   = "refund"
	OpClose    = "close"
	OpWebhooks = "webhooks"
)

// Tabby, payment processing: a session lives for 20 minutes, and its payment expires about 10 minutes later.
const (
	sessionLife = 20 * time.Minute
	paymentLife = 30 * time.Minute
)

// refundWindow is how long after its creation a payment can be refunded (Tabby, payment processing).
const refundWindow = 180 * 24 * time.Hour

// Config configures a [Server]. The zero Config works.
type Config struct {
	// SecretKey is the bearer key that calls must have (default the constant [SecretKey]). One that starts with
	// "sk_test_" makes test payments.
	SecretKey string
	// MerchantCodes says which currency each merchant code takes (default SA, AE and KW with theirs).
	MerchantCodes map[string]paylinks.Currency
	// MerchantName is shown on the checkout page.
	MerchantName string

	// BaseURL is where this simulator is reached, for the links that it makes: scheme, host and the path that it's
	// mounted at. By default it's taken from each request's Host.
	BaseURL string
	// Currencies limits the host to its region's currencies, as api.tabby.sa takes SAR alone; others get 403 (default all).
	Currencies []paylinks.Currency

	// WebhookURL is registered for every merchant code from the start, with a header where WebhookHeader names one.
	WebhookURL    string
	WebhookHeader string
	WebhookSecret string
	// ExpiryWebhooks sends the event for expired payments too. Tabby has it off unless a merchant asks.
	ExpiryWebhooks bool
	// WebhookClient sends the webhooks (default a client of its own).
	WebhookClient *http.Client
	// WebhookRetries are the pauses before each further try (default 1, 2, 3 and 4 minutes; Tabby, webhooks: up to 4 more
	// tries at growing intervals of 1 to 4 minutes).
	WebhookRetries []time.Duration

	// MinAmount and MaxAmount reject a session with order_amount_too_low and order_amount_too_high, in any currency; ""
	// never does. They are the simulator's own: Tabby publishes no limits and no sandbox data for them.
	MinAmount string
	MaxAmount string

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated Tabby. It's an http.Handler, safe for concurrent use.
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

	mu          sync.Mutex
	autoCapture bool
	// payments are known by their own id and by their session's.
	payments *simulator.Book[payment, Payment]
	hooks    []*hook
	texts    []SMS
}

// New makes a simulator.
func New(config Config) *Server {
	config.SecretKey = cmp.Or(config.SecretKey, SecretKey)
	config.MerchantName = cmp.Or(config.MerchantName, "Example Store")
	if config.MerchantCodes == nil {
		config.MerchantCodes = map[string]paylinks.Currency{"SA": paylinks.SAR, "AE": paylinks.AED, "KW": paylinks.KWD}
	}
	if config.WebhookRetries == nil {
		config.WebhookRetries = []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute}
	}
	kit := simulator.New(simulator.Config{
		Now: config.Now, Client: config.WebhookClient, Retries: config.WebhookRetries,
		// Tabby, webhooks: 200 is the one documented answer; none within 60 seconds is an error.
		WebhookTimeout: time.Minute,
		Delivered:      func(status int) bool { return status == http.StatusOK },
		ErrorBody:      injectedError,
	})
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls, Webhooks: kit.Webhooks,
		config: config, kit: kit, mux: http.NewServeMux(),
	}
	s.payments = simulator.NewBook(&s.mu, "tabbytest: there's no payment", s.age, (*payment).view)
	if config.WebhookURL != "" {
		for code := range config.MerchantCodes {
			s.hooks = append(s.hooks, newHook(code, config))
		}
	}
	s.routes()
	return s
}

// Run sends the webhooks, and their repetitions, until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.kit.Run(ctx) }

// ServeHTTP is the API, the checkout page at /checkout/{session}, and at / a list of all payments for a person to look at.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// routes lists everything that is served. An unknown path gets the plain "404 page not found" (Tabby, response codes).
func (s *Server) routes() {
	for _, route := range []struct {
		pattern   string
		op        string
		reference string
		auth      authTexts
		handle    http.HandlerFunc
	}{
		{"POST /api/v2/checkout", OpCheckout, "payment.order.reference_id", checkoutAuth, s.createSession},
		{"GET /api/v2/checkout/{id}", OpSession, "", sessionAuth, s.session(s.readSession)},
		{"POST /api/v2/checkout/{id}/send_hpp_link", OpSend, "", sessionAuth, s.session(s.sendLink)},
		{"POST /api/v2/checkout/{id}/cancel", OpCancel, "", sessionAuth, s.session(s.cancelSession)},
		{"GET /api/v2/payments", OpPayments, "", paymentAuth, s.listPayments},
		{"GET /api/v2/payments/{id}", OpPayment, "", paymentAuth, s.payment(s.readPayment)},
		{"PUT /api/v2/payments/{id}", OpUpdate, "order.reference_id", paymentAuth, s.payment(s.updatePayment)},
		{"POST /api/v2/payments/{id}/captures", OpCapture, "reference_id", paymentAuth, s.payment(s.capture)},
		{"POST /api/v2/payments/{id}/refunds", OpRefund, "reference_id", paymentAuth, s.payment(s.refund)},
		{"POST /api/v2/payments/{id}/close", OpClose, "", paymentAuth, s.payment(s.close)},
		{"POST /api/v1/webhooks", OpWebhooks, "", webhookAuth, s.merchant(s.addHook)},
		{"GET /api/v1/webhooks", OpWebhooks, "", webhookAuth, s.merchant(s.listHooks)},
		{"GET /api/v1/webhooks/{id}", OpWebhooks, "", webhookAuth, s.merchant(s.readHook)},
		{"PUT /api/v1/webhooks/{id}", OpWebhooks, "", webhookAuth, s.merchant(s.replaceHook)},
		{"DELETE /api/v1/webhooks/{id}", OpWebhooks, "", webhookAuth, s.merchant(s.deleteHook)},
	} {
		s.mux.Handle(route.pattern, s.kit.Handle(route.op, route.reference, s.authenticated(route.auth, route.handle)))
	}
	// Tabby doesn't say whether the picture wants the key. It's a plain image here, since a page shows it.
	s.mux.Handle("GET /api/v2/checkout/{id}/hpp_link_qr", s.kit.Handle(OpQR, "", s.session(s.qr)))
	s.mux.HandleFunc("GET /checkout/{id}", s.payments.On(sessionID, nil, s.showPage))
	s.mux.HandleFunc("POST /checkout/{id}", s.payments.On(sessionID, nil, s.decide))
	s.mux.HandleFunc("GET /{$}", s.index)
}
