package httpserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// Tokens that may do all, read only, and use one app only. Wrong ones are named by their place, never shown.
func ExampleParseTokens() {
	tokens, err := httpserver.ParseTokens("the-till, the-accountant:ro, a-branch=tabby-riyadh+mispay-riyadh")
	if err != nil {
		fmt.Println(err)
		return
	}
	request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", http.NoBody)
	request.Header.Set("Authorization", "Bearer a-branch")
	principal, err := tokens.Authenticate(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(principal.Scopes, principal.Caller.OrgApps)

	_, err = httpserver.ParseTokens("the-till,with a blank")
	fmt.Println(err)
	// Output:
	// [read write] [tabby-riyadh mispay-riyadh]
	// httpserver: token 2 of the list: only letters, digits and - . _ ~ + / may be in a token
}

// A link over HTTP, from its creation to its QR code.
func ExampleNew_paylink() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{}) // stands in for Tabby: without BaseURL, the provider calls the real one
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	tokens, err := httpserver.ParseTokens("a-token-of-yours")
	if err != nil {
		fmt.Println(err)
		return
	}
	shop := httptest.NewServer(httpserver.New(service, httpserver.Options{Authenticator: tokens, Logger: slog.New(slog.DiscardHandler)}))
	defer shop.Close()
	call := func(method, path, body string) (*http.Response, error) {
		request, err := http.NewRequestWithContext(ctx, method, shop.URL+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer a-token-of-yours")
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", "till-7-sale-1234")
		return shop.Client().Do(request)
	}

	answer, err := call(http.MethodPost, "/api/v1/providers/paylinks",
		`{"provider": "tabby", "org_app_id": "tabby-main", "order_id": "POS-1234", "amount": "150.00", "currency": "SAR"}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	var link struct {
		ID     string `json:"paylink_id"`
		Status string `json:"status"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&link); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.StatusCode, link.Status)

	picture, err := call(http.MethodGet, "/api/v1/providers/paylinks/"+link.ID+"/qr?size=256", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = picture.Body.Close() }()
	code, err := png.Decode(picture.Body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picture.StatusCode, picture.Header.Get("Content-Type"), code.Bounds().Dx())
	// Output:
	// 201 created
	// 200 image/png 256
}

// Tabby's webhooks arrive at the URL that is registered with it, and are answered 200 once they are proven and stored. No token is asked for: the proof is Tabby's own.
func ExampleNew_webhooks() {
	ctx := context.Background()
	mux := http.NewServeMux()
	shop := httptest.NewServer(mux)
	defer shop.Close()
	simulator := tabbytest.New(tabbytest.Config{})
	tabbyAPI := httptest.NewServer(simulator)
	defer tabbyAPI.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: tabbyAPI.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	quiet := slog.New(slog.DiscardHandler)
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{PublicURL: shop.URL, Logger: quiet})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux.Handle("/", httpserver.New(service, httpserver.Options{PublicURL: shop.URL, Logger: quiet}))
	if err := provider.RegisterWebhook(ctx, shop.URL+"/api/v1/providers/webhooks/tabby/tabby-main"); err != nil {
		fmt.Println(err)
		return
	}

	link, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		fmt.Println(err)
		return
	}
	simulator.Webhooks.Flush(ctx) // Tabby calls
	for _, delivery := range simulator.Webhooks.Deliveries() {
		fmt.Println("answered", delivery.Status)
	}
	// Output:
	// answered 200
}
