package client_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// demo is a server that the examples call, over a simulated Tabby.
func demo() (server *httptest.Server, simulator *tabbytest.Server) {
	simulator = tabbytest.New(tabbytest.Config{})
	provider := must(tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: httptest.NewServer(simulator).URL,
	}))
	quiet := slog.New(slog.DiscardHandler)
	service := must(paylinks.New(
		must(sqlite.OpenMemory(context.Background())), paylinks.StaticApps{"tabby-main": provider},
		paylinks.Options{Logger: quiet, RefreshInterval: time.Nanosecond, SigningKey: "an-example-of-a-key-of-32-bytes-!"},
	))
	tokens := must(httpserver.ParseTokens("demo-token"))
	return httptest.NewServer(httpserver.New(service, httpserver.Options{Authenticator: tokens, Logger: quiet})), simulator
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func Example() {
	server, simulator := demo()
	ctx := context.Background()

	c, err := client.New(client.Config{BaseURL: server.URL, Token: "demo-token"})
	if err != nil {
		panic(err)
	}
	link, err := c.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(link.Status, link.Amount, link.Amount.Currency())

	_ = simulator.Pay(link.Ref.PaymentID) // the buyer, on his phone

	captured, err := c.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "receipt-42"})
	if err != nil {
		panic(err)
	}
	fmt.Println(captured.Status, captured.Captured)
	// Output:
	// created 150.00 SAR
	// captured 150.00
}

func ExampleClient_Create_refused() {
	server, _ := demo()
	c := must(client.New(client.Config{BaseURL: server.URL, Token: "demo-token"}))

	_, err := c.Create(context.Background(), paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1235", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000002",
	})
	var failure *paylinks.Error
	switch {
	case errors.Is(err, paylinks.CodeBuyerRejected) && errors.As(err, &failure):
		fmt.Println(failure.Reason, "-", failure.Outcome)
		fmt.Println(failure.Messages.EN)
	case err != nil:
		panic(err)
	}
	// Output:
	// not_available - not_applied
	// Sorry, Tabby is unable to approve this purchase. Please use an alternative payment method for your order.
}

func ExampleClient_Watch() {
	server, simulator := demo()
	ctx := context.Background()
	c := must(client.New(client.Config{BaseURL: server.URL, Token: "demo-token"}))
	link := must(c.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1236", Amount: "150.00", Currency: "SAR",
	}))

	for event, err := range c.Watch(ctx, link.ID, 0) {
		if err != nil {
			panic(err)
		}
		fmt.Println(event.Sequence, event.Type)
		switch event.Type {
		case paylinks.EventCreated:
			_ = simulator.Pay(link.Ref.PaymentID)
			_ = must(c.Capture(ctx, link.ID, paylinks.CaptureRequest{}))
		default:
		}
		if event.Status.Final() {
			break
		}
	}
	// Output:
	// 1 paylink.created
	// 2 paylink.authorized
	// 3 paylink.captured
}

func ExampleClient_All() {
	server, _ := demo()
	ctx := context.Background()
	c := must(client.New(client.Config{BaseURL: server.URL, Token: "demo-token"}))
	for _, id := range []string{"POS-1", "POS-2", "POS-3"} {
		_ = must(c.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: id, Amount: "99.50", Currency: "SAR"}))
	}

	for link, err := range c.All(ctx, paylinks.ListRequest{Status: paylinks.StatusCreated, Limit: 2}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(link.OrderID, link.Amount)
	}
	// Output:
	// POS-3 99.50
	// POS-2 99.50
	// POS-1 99.50
}

// A program that is written against paylinks.API doesn't care where the links are.
func ExampleNew_interface() {
	server, _ := demo()
	var links paylinks.API = must(client.New(client.Config{BaseURL: server.URL, Token: "demo-token"})) // or a *paylinks.Service

	link, err := links.Create(context.Background(), paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1", Amount: "12.00", Currency: "SAR", IdempotencyKey: "sale-1",
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(link.Status)
	// Output: created
}

func ExampleReceiver_Handler() {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" // of the endpoint: Client.AddEndpoint returns it
	receiver, err := client.NewReceiver(secret)
	if err != nil {
		panic(err)
	}
	handler := receiver.Handler(func(_ context.Context, event paylinks.Event) error {
		fmt.Println("told of", event.Type) // an event may come twice: its ID tells
		return nil
	})

	// What a server sends:
	body := `{"id":"evt_1","type":"paylink.captured","sequence":3,"occurred_at":"2026-03-01T11:00:00Z","paylink_id":"plk_1","status":"captured","data":{}}`
	fmt.Println(deliver(handler, secret, body))
	fmt.Println(deliver(handler, "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==", body))
	// Output:
	// told of paylink.captured
	// 204
	// 401
}

// deliver sends an event as a server does.
func deliver(handler http.Handler, secret, body string) int {
	now := time.Now()
	signature := must(must(standardwebhooks.NewWebhook(secret)).Sign("evt_1", now, []byte(body)))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, deliveryOf(now, signature, body))
	return w.Code
}

func deliveryOf(at time.Time, signature, body string) *http.Request {
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/events", strings.NewReader(body))
	req.Header.Set("webhook-id", "evt_1")
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	return req
}
