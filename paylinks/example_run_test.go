package paylinks_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// Run follows links by itself and tells of each event, here of a buyer who has paid. One goroutine for the life of the program is all that it needs.
func ExampleService_Run() {
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

	told := make(chan paylinks.Event, 10)
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{
		OnEvent:      func(_ context.Context, event paylinks.Event) error { told <- event; return nil }, // an error has it told again
		PollInterval: 10 * time.Millisecond,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	stopped := make(chan error)
	go func() { stopped <- service.Run(running) }()

	link, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		fmt.Println(err)
		return
	}
	for event := range told {
		fmt.Println(event.Sequence, event.Type)
		if event.Status.Paid() {
			break
		}
	}
	stop()
	fmt.Println(<-stopped) // what was begun is finished
	// Output:
	// 1 paylink.created
	// 2 paylink.authorized
	// <nil>
}

// A webhook from its arrival to the link that it's about, without package httpserver. One that proves nothing is refused.
func ExampleService_HandleWebhook() {
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

	told := make(chan paylinks.Event, 10)
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{
		OnEvent: func(_ context.Context, event paylinks.Event) error {
			if event.Type == paylinks.EventAuthorized {
				told <- event
			}
			return nil
		},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
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
	for _, secret := range []string{"a guess", "a-long-random-text"} {
		header, body, err := simulator.Webhook(link.Ref.PaymentID, tabby.DefaultWebhookHeader, secret) // in your handler: r.Header and what was read of r.Body
		if err != nil {
			fmt.Println(err)
			return
		}
		err = service.HandleWebhook(ctx, "tabby", "tabby-main", paylinks.WebhookRequest{Header: header, Body: body})
		fmt.Println(err) // nil: answer 200. ErrUnproven: answer 401
	}
	running, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		if err := service.Run(running); err != nil {
			fmt.Println(err)
		}
	})
	defer background.Wait()
	defer stop()
	event := <-told // Run has asked Tabby
	fmt.Println(event.Type, event.PaylinkID == link.ID)
	// Output:
	// paylinks: the webhook isn't proven to come from the provider
	// <nil>
	// paylink.authorized true
}

// A refund at MisPay without an answer can't be looked up by a program: it ends unknown, and an event says so. A person looks it up in MisPay's panel, and tells.
func ExampleService_Resolve() {
	ctx := context.Background()
	simulator := mispaytest.New(mispaytest.Config{})
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := mispay.New(mispay.Config{
		BaseURL: api.URL + mispaytest.BasePath, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret,
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

	clock, told := time.Now(), make(chan paylinks.Event, 10)
	service, err := paylinks.New(store, paylinks.StaticApps{"mispay-main": provider}, paylinks.Options{
		OnEvent: func(_ context.Context, event paylinks.Event) error {
			if event.Type == paylinks.EventOperationUnknown {
				told <- event
			}
			return nil
		},
		Logger: slog.New(slog.DiscardHandler),
		Now:    func() time.Time { return clock },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := service.Create(ctx, paylinks.CreateRequest{Provider: "mispay", OrgAppID: "mispay-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err == nil {
		err = simulator.Pay(link.Ref.SessionID)
	}
	if err == nil {
		_, err = service.Capture(ctx, link.ID, paylinks.CaptureRequest{})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	simulator.Faults.DropAfter(mispaytest.OpRefund, 1) // MisPay refunds, and its answer is lost
	_, err = service.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "return-1"})
	fmt.Println(paylinks.CodeOf(err))

	clock = clock.Add(time.Hour)
	running, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		if err := service.Run(running); err != nil {
			fmt.Println(err)
		}
	})
	defer background.Wait()
	defer stop()
	fmt.Println((<-told).Type)

	if err := service.Resolve(ctx, link.ID, "return-1", true); err != nil { // the panel shows the refund
		fmt.Println(err)
		return
	}
	link, err = service.Get(ctx, link.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.Refunded)
	// Output:
	// provider_timeout
	// operation.unknown
	// partially_refunded 50.00
}
