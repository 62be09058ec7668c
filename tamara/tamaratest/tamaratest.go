// Package tamaratest simulates Tamara: its API, its text messages, its checkout page and its webhooks, with real behaviour and without
// money.
//
//	tamara := tamaratest.New(tamaratest.Config{})
//	server := httptest.NewServer(tamara)
//
// It's strict about what Tamara's documentation demands and answers as Tamara does: lists in place of empty objects, numbers without
// their zeros. Where the documentation is silent, a comment says that the simulator guesses. A person follows the link of a text message, shown at
// /sms, and pays; a test calls [Server.Pay] and its like, moves [Server.Clock], asks for [Server.Faults], and looks at [Server.Orders],
// [Server.Texts] and [Server.Calls] for what really happened.
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
package tamaratest

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// The tokens of a [Config] that has none. They open nothing but a simulator.
const (
	APIToken          = "simulated-api-token-0000000000000001"
	NotificationToken = "00000000-0000-4000-8000-000000000002"
)

// DeclinedPhone is the national number that Tamara's sandbox declines at the checkout (Tamara, testing guide).
const DeclinedPhone = "526422337"

// The operations, by which [Server.Faults] and [Server.Calls] name the API calls.
const (
	OpSMS          = "checkout_sms"
	OpQR           = "checkout_qr"
	OpOnline       = "checkout_online"
	OpVoid         = "void"
	OpOrder        = "order"
	OpReference    = "order_by_reference"
	OpAuthorise    = "authorise"
	OpCancel       = "cancel"
	OpCapture      = "capture"
	OpRefund       = "refund"
	OpEligibility  = "eligibility"
	OpPaymentTypes = "payment_types"
	OpWebhooks     = "webhooks"
)

// The windows (Tamara, order status flow): a link's life in a shop and online, the time to authorise, and the time after which Tamara
// captures an authorised order by itself.
const (
	inStoreLife   = 15 * time.Minute
	onlineLife    = 30 * time.Minute
	authoriseTime = 72 * time.Hour
	captureTime   = 21 * 24 * time.Hour
)

// Config configures a [Server]. The zero Config works.
type Config struct {
	// APIToken is the bearer token that calls must have (default the constant [APIToken]).
	APIToken string
	// NotificationToken is the key of the webhooks' tokens (default the constant [NotificationToken]).
	NotificationToken string
	// Currencies are those that the merchant has (default SAR, AED and BHD); others get not_supported_country_currency.
	Currencies []paylinks.Currency
	// MerchantName is shown on the checkout page and in the text messages.
	MerchantName string
	// BaseURL is where this simulator is reached, for the links that it makes: scheme, host and the path that it's
	// mounted at. By default it's taken from each request's Host.
	BaseURL string

	// CustomExpiry: Tamara's support has enabled other times than 15 and 30 minutes. By default a request for one is ignored.
	CustomExpiry bool
	// AutoCapture captures an order together with its authorisation, and AutoAuthorise authorises and captures it as soon as it's
	// approved: both are settings of a merchant's account at Tamara.
	AutoCapture   bool
	AutoAuthorise bool

	// WebhookURL is registered for all events from the start, with WebhookHeaders.
	WebhookURL     string
	WebhookHeaders map[string]string
	// RefuseOnHold refuses to register the event order_on_hold, which Tamara's list of events lacks and its examples have.
	RefuseOnHold bool
	// WebhookClient sends the webhooks (default a client of its own).
	WebhookClient *http.Client
	// WebhookRetries are the pauses before each further try (default 1, 2 and 4 minutes). Tamara documents none: a guess, within the
	// life of a token.
	WebhookRetries []time.Duration

	// MinAmount and MaxAmount refuse a session with total_amount_invalid_limit, in any currency; "" never does. The limits are per
	// merchant at Tamara.
	MinAmount string
	MaxAmount string

	// Now is where time comes from (default time.Now).
	Now func() time.Time
}

// Server is a simulated Tamara. It's an http.Handler, safe for concurrent use.
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

	mu sync.Mutex
	// orders are known by their own id and by their checkout's.
	orders *simulator.Book[order, Order]
	hooks  []*hook
	texts  []SMS
}

// New makes a simulator.
func New(config Config) *Server {
	config.APIToken = cmp.Or(config.APIToken, APIToken)
	config.NotificationToken = cmp.Or(config.NotificationToken, NotificationToken)
	config.MerchantName = cmp.Or(config.MerchantName, "Example Store")
	if config.Currencies == nil {
		config.Currencies = []paylinks.Currency{paylinks.SAR, paylinks.AED, paylinks.BHD}
	}
	if config.WebhookRetries == nil {
		config.WebhookRetries = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute}
	}
	kit := simulator.New(simulator.Config{
		Now: config.Now, Client: config.WebhookClient, Retries: config.WebhookRetries, WebhookTimeout: 30 * time.Second, ErrorBody: injectedError,
	})
	s := &Server{
		Clock: kit.Clock, Faults: kit.Faults, Calls: kit.Calls, Webhooks: kit.Webhooks,
		config: config, kit: kit, mux: http.NewServeMux(),
	}
	s.orders = simulator.NewBook(&s.mu, "tamaratest: there's no order", s.age, (*order).view)
	if config.WebhookURL != "" {
		s.hooks = append(s.hooks, &hook{ID: simulator.NewUUID(), Type: "order", URL: config.WebhookURL, Events: events[:], Headers: config.WebhookHeaders})
	}
	s.routes()
	return s
}

// Run sends the webhooks, and their repetitions, until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.kit.Run(ctx) }

// ServeHTTP is the API, the checkout page at /checkout/{checkout_id}, the text messages at /sms, and at / a list of all orders for a person
// to look at.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// routes lists everything that is served.
func (s *Server) routes() {
	for _, route := range []struct {
		pattern   string
		op        string
		reference string
		handle    http.HandlerFunc
	}{
		{"POST /checkout/in-store-session", OpSMS, "order_reference_id", s.createSMS},
		{"POST /checkout/in-store", OpQR, "order_reference_id", s.createQR},
		{"POST /checkout", OpOnline, "order_reference_id", s.createOnline},
		{"POST /checkout/{id}/void", OpVoid, "", s.void},
		{"GET /checkout/payment-types", OpPaymentTypes, "", s.paymentTypes},
		{"POST /pre-checkout/v1/eligibility", OpEligibility, "", s.eligibility},
		{"GET /orders/{id}", OpOrder, "", s.order(s.readOrder)},
		{"GET /merchants/orders/{id}", OpOrder, "", s.order(s.readOrder)},
		{"GET /merchants/orders/reference-id/{reference}", OpReference, "", s.byReference},
		{"POST /orders/{id}/authorise", OpAuthorise, "", s.order(s.authorise)},
		{"POST /orders/{id}/cancel", OpCancel, "", s.order(s.cancelOrder)},
		{"POST /payments/capture", OpCapture, "order_id", s.capture},
		{"POST /payments/simplified-refund/{id}", OpRefund, "merchant_refund_id", s.order(s.refund)},
		{"POST /webhooks", OpWebhooks, "", s.addHook},
		{"GET /webhooks/{id}", OpWebhooks, "", s.hook(s.readHook)},
		{"PUT /webhooks/{id}", OpWebhooks, "", s.hook(s.replaceHook)},
		{"DELETE /webhooks/{id}", OpWebhooks, "", s.hook(s.deleteHook)},
	} {
		s.mux.Handle(route.pattern, s.kit.Handle(route.op, route.reference, s.authenticated(route.handle)))
	}
	s.mux.HandleFunc("GET /checkout/{id}", s.orders.On(checkoutID, nil, s.showPage))
	s.mux.HandleFunc("POST /checkout/{id}", s.orders.On(checkoutID, nil, s.decide))
	s.mux.HandleFunc("GET /sms", s.showTexts)
	s.mux.HandleFunc("GET /{$}", s.index)
}
