package paylinks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// Get asks the provider where the state is older than RefreshInterval, and answers what is stored where that fails.
func ExampleService_Get() {
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
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{
		RefreshInterval: time.Nanosecond, Logger: slog.New(slog.DiscardHandler),
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
	link, err = service.Get(ctx, link.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.ProviderStatus, "stale:", link.Stale)

	api.Close() // Tabby is away
	link, err = service.Get(ctx, link.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.ProviderStatus, "stale:", link.Stale)
	// Output:
	// authorized AUTHORIZED stale: false
	// authorized AUTHORIZED stale: true
}

// All links, newest first, page by page.
func ExampleService_List() {
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

	for _, order := range []string{"POS-1", "POS-2", "POS-3"} {
		_, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: order, Amount: "150.00", Currency: "SAR"})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	request := paylinks.ListRequest{Status: paylinks.StatusCreated, Limit: 2}
	for {
		page, err := service.List(ctx, request)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, link := range page.Paylinks {
			fmt.Println(link.OrderID, link.Status)
		}
		if page.NextCursor == "" {
			break
		}
		request.Cursor = page.NextCursor
	}
	// Output:
	// POS-3 created
	// POS-2 created
	// POS-1 created
}

// The same without the pages: All reads them as the loop goes on.
func ExampleService_All() {
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

	for _, order := range []string{"POS-1", "POS-2", "POS-3"} {
		_, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: order, Amount: "150.00", Currency: "SAR"})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	for link, err := range service.All(ctx, paylinks.ListRequest{Limit: 2}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(link.OrderID, link.Status)
	}
	// Output:
	// POS-3 created
	// POS-2 created
	// POS-1 created
}

// The history of a link: what changed, by what, and what the money stood at.
func ExampleService_Events() {
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

	link, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{}); err != nil {
		fmt.Println(err)
		return
	}
	events, err := service.Events(ctx, link.ID, 0, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, event := range events {
		var data paylinks.EventData
		if err := json.Unmarshal(event.Data, &data); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(event.Sequence, event.Type, data.Source, data.CapturedAmount)
	}
	// Output:
	// 1 paylink.created operation 0.00
	// 2 paylink.authorized operation 0.00
	// 3 paylink.captured operation 150.00
}

// Watch follows a link as it changes, for a till that waits.
func ExampleService_Watch() {
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

	link, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for event, err := range service.Watch(ctx, link.ID, 0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(event.Type)
		if event.Status.Ended() || event.Status.Paid() {
			break
		}
		// Meanwhile, somewhere else:
		if _, err := service.Cancel(ctx, link.ID); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// paylink.created
	// paylink.cancelled
}
