package client_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/internal/openapitest"
	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

const (
	writeToken   = "a-token-that-may-write"
	limitedToken = "a-token-for-another-shop"
	readToken    = "a-token-that-may-read"
)

// described is what every exchange with the server is held to.
var described = sync.OnceValues(func() (*openapitest.Document, error) { return openapitest.Parse(httpserver.OpenAPI()) })

// world is a server with its database and providers, and both ways to it.
type world struct {
	service *paylinks.Service
	client  *client.Client
	url     string
	tabby   *tabbytest.Server
	mispay  *mispaytest.Server
	told    *inbox
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{tabby: tabbytest.New(tabbytest.Config{}), mispay: mispaytest.New(mispaytest.Config{}), told: &inbox{}}
	gateway := stripetest.New(stripetest.Config{History: 250})
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })

	tabbyApp, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: serve(t, w.tabby),
	})
	require.NoError(t, err)
	mispayApp, err := mispay.New(mispay.Config{
		AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: "another-long-random-text", BaseURL: serve(t, w.mispay) + mispaytest.BasePath,
	})
	require.NoError(t, err)
	stripeApp, err := stripe.New(stripe.Config{SecretKey: stripetest.SecretKey, BaseURL: serve(t, gateway)})
	require.NoError(t, err)

	w.service, err = paylinks.New(store, paylinks.StaticApps{"tabby-main": tabbyApp, "mispay-main": mispayApp, "stripe-main": stripeApp}, paylinks.Options{
		PublicURL: "https://pay.example.test", RefreshInterval: time.Nanosecond, PollInterval: 10 * time.Millisecond, Logger: quiet(),
		SigningKey: "0123456789abcdef0123456789abcdef", AllowPrivateEndpoints: true, EndpointTransport: w.told,
	})
	require.NoError(t, err)
	var work sync.WaitGroup
	ctx := t.Context()
	work.Go(func() { assert.NoError(t, w.service.Run(ctx)) })
	t.Cleanup(work.Wait)

	tokens, err := httpserver.ParseTokens(writeToken + "," + limitedToken + "=elsewhere," + readToken + ":ro")
	require.NoError(t, err)
	stop := make(chan struct{})
	description, err := described()
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(description.Wrap(t, httpserver.New(w.service, httpserver.Options{
		Prefix: "/pay", Authenticator: tokens, PublicURL: "https://pay.example.test", Logger: quiet(), Stop: stop,
	})))
	server.Config.RegisterOnShutdown(sync.OnceFunc(func() { close(stop) }))
	server.Start()
	t.Cleanup(server.Close)
	w.url = server.URL + "/pay"
	w.client = w.as(t, writeToken)
	return w
}

// as is a client with another token.
func (w *world) as(t *testing.T, token paylinks.Secret) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{BaseURL: w.url, Token: token, Logger: quiet()})
	require.NoError(t, err)
	return c
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// inbox is the user's endpoint: it keeps what it's told, and takes it.
type inbox struct {
	mu       sync.Mutex
	requests []told
}

type told struct {
	header http.Header
	body   []byte
}

func (i *inbox) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readAll(req.Body)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.requests = append(i.requests, told{header: req.Header.Clone(), body: body})
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

func (i *inbox) all() []told {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.requests)
}

func sale(orderID string) paylinks.CreateRequest {
	return paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: orderID, Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001", BuyerName: "Noura",
		Metadata: map[string]string{"till": "7"},
	}
}

// shown is what the API shows of a link.
func shown(p *paylinks.Paylink) *paylinks.Paylink {
	s := *p
	s.Ref = paylinks.Ref{OrderID: p.OrderID, SessionID: p.Ref.SessionID, PaymentID: p.Ref.PaymentID, Amount: p.Amount}
	s.Buyer, s.SendTo, s.Lang, s.Items, s.Options, s.OrderRef = paylinks.Buyer{}, "", "", nil, nil, ""
	s.CancelledHere, s.RefundsUnknown, s.NextCheckAt, s.Version, s.Events = false, false, time.Time{}, 0, 0
	s.Captured, s.Refunded = total(p.Captured, p.Amount), total(p.Refunded, p.Amount)
	return &s
}

// shownAtCreate is what the answer to a create shows of it.
func shownAtCreate(p *paylinks.Paylink) *paylinks.Paylink {
	s := shown(p)
	s.CreatedAt, s.UpdatedAt, s.RefreshedAt, s.Description = time.Time{}, time.Time{}, time.Time{}, ""
	return s
}

func total(m, of paylinks.Money) paylinks.Money {
	if m.IsSet() {
		return m
	}
	return paylinks.Zero(of.Currency())
}

// shownError is what the API shows of an error.
func shownError(t *testing.T, err error) paylinks.Error {
	t.Helper()
	var e *paylinks.Error
	require.ErrorAs(t, err, &e)
	s := *e
	s.Err, s.RequestID, s.ProviderStatus = nil, "", 0
	return s
}

// second is a call's error, once it's seen that there's nothing beside it.
func second[R any](result R, err error) error {
	if text := fmt.Sprintf("%+v", result); err != nil && text != fmt.Sprintf("%+v", *new(R)) {
		return fmt.Errorf("there's an answer %s beside the error %v", text, err) //nolint:errorlint // it isn't to be found
	}
	return err
}
