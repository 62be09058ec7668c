// Command sale sells one thing through Acme Pay, over the unified HTTP API. Acme Pay is a simulator, and everything else is real.
//
//	go run ./cmd/sale
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/providers"

	"example.com/acmepay"
	"example.com/acmepay/acmepaytest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	// A simulated Acme Pay. For a real one leave BaseURL out and take your own key.
	acme := acmepaytest.New(acmepaytest.Config{})
	far := httptest.NewServer(acme)
	defer far.Close()
	provider, err := acmepay.New(acmepay.Config{APIKey: acmepaytest.APIKey, WebhookSecret: acmepaytest.WebhookSecret, BaseURL: far.URL})
	if err != nil {
		return err
	}

	// The API: it's reached where its server listens, which is where Acme Pay's webhooks go.
	near := httptest.NewUnstartedServer(nil)
	publicURL := "http://" + near.Listener.Addr().String()
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	quiet := slog.New(slog.DiscardHandler)
	service, err := paylinks.New(store, paylinks.StaticApps{"acme-main": provider}, paylinks.Options{PublicURL: publicURL, Logger: quiet})
	if err != nil {
		return err
	}
	tokens, err := httpserver.ParseTokens("demo-token")
	if err != nil {
		return err
	}
	near.Config.Handler = httpserver.New(service, httpserver.Options{
		Authenticator: tokens, PublicURL: publicURL, Logger: quiet,
		Catalogue: append(providers.Catalogue(), acmepay.Info()),
	})
	near.Start()
	defer near.Close()

	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	defer func() { stop(); err = errors.Join(err, <-ended) }()
	return sell(ctx, till{url: publicURL, client: &http.Client{Timeout: 10 * time.Second}, out: out}, service, acme)
}

// sell is the sale, as a till makes it over HTTP.
func sell(ctx context.Context, t till, service *paylinks.Service, acme *acmepaytest.Server) error {
	config, err := call[api.ProviderConfig](ctx, t, http.MethodGet, api.PathConfig+"/acmepay", "")
	if err != nil {
		return err
	}
	t.say("provider:", config.Name, config.Currencies)

	link, err := call[api.CreateAnswer](ctx, t, http.MethodPost, api.PathPaylinks,
		`{"provider": "acmepay", "org_app_id": "acme-main", "order_id": "POS-1234", "amount": "12.345", "currency": "KWD", "plan": "pay_in_3"}`)
	if err != nil {
		return err
	}
	t.say("created: ", link.Status, link.Amount, link.Currency)

	// The buyer pays, and Acme Pay says so by webhook.
	if err := t.pay(ctx, link.CheckoutURL); err != nil {
		return err
	}
	acme.Webhooks.Flush(ctx)
	for _, delivery := range acme.Webhooks.Deliveries() {
		if delivery.Status != http.StatusOK {
			return errors.Join(fmt.Errorf("the webhook was answered with %d", delivery.Status), delivery.Err)
		}
	}
	for event, err := range service.Watch(ctx, link.PaylinkID, 0) {
		if err != nil {
			return err
		}
		t.say("event:   ", event.Type)
		if event.Type == paylinks.EventAuthorized {
			break
		}
	}

	path := api.PathPaylinks + "/" + link.PaylinkID
	captured, err := call[api.CaptureAnswer](ctx, t, http.MethodPost, path+"/capture", `{"reference_id": "receipt-42"}`)
	if err != nil {
		return err
	}
	t.say("captured:", captured.PaylinkStatus, captured.CapturedAmount)
	refunded, err := call[api.RefundAnswer](ctx, t, http.MethodPost, path+"/refund", `{"amount": "2.345", "reference_id": "return-1"}`)
	if err != nil {
		return err
	}
	t.say("refunded:", refunded.PaylinkStatus, refunded.RefundedAmount)
	return nil
}
