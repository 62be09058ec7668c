package paylinks_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A part is captured, the call is repeated as a till does that got no answer, and then the rest.
func ExampleService_Capture() {
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
	for _, request := range []paylinks.CaptureRequest{
		{Amount: "100.00", ReferenceID: "parcel-1"},
		{Amount: "100.00", ReferenceID: "parcel-1"}, // the first answer again: nothing is captured twice
		{ReferenceID: "parcel-2"},                   // all that is left
		{ReferenceID: "parcel-3"},                   // nothing is left, and that's no error
	} {
		got, err := service.Capture(ctx, link.ID, request)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(request.ReferenceID, got.Amount, "of", got.Captured, got.Status, "replayed:", got.Replayed, "already:", got.AlreadyCaptured)
	}
	// Output:
	// parcel-1 100.00 of 100.00 partially_captured replayed: false already: false
	// parcel-1 100.00 of 100.00 partially_captured replayed: true already: false
	// parcel-2 50.00 of 150.00 captured replayed: false already: false
	// parcel-3 150.00 of 150.00 captured replayed: false already: true
}

// An unpaid link is cancelled. Of a link that was paid meanwhile the first Cancel tells so, and a second one gives the payment back.
func ExampleService_Cancel() {
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

	for _, paid := range []bool{false, true} {
		link, err := service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
		if err == nil && paid {
			err = simulator.Pay(link.Ref.PaymentID)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		cancelled, err := service.Cancel(ctx, link.ID)
		if errors.Is(err, paylinks.CodeAlreadyPaid) {
			fmt.Println("paid meanwhile")
			cancelled, err = service.Cancel(ctx, link.ID)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(cancelled.Status, "- Tabby says", cancelled.ProviderStatus)
	}
	// Output:
	// cancelled - Tabby says expired
	// paid meanwhile
	// cancelled - Tabby says CLOSED
}

// Two returns of one sale. Each has a reference of its own, so that repeating one gives nothing back twice.
func ExampleService_Refund() {
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
	for _, request := range []paylinks.RefundRequest{
		{Amount: "50.00", ReferenceID: "return-1", Reason: "wrong size"},
		{Amount: "50.00", ReferenceID: "return-1", Reason: "wrong size"},
		{Amount: "120.00", ReferenceID: "return-2"}, // more than is left
		{ReferenceID: "return-2"},                   // all that is left
	} {
		got, err := service.Refund(ctx, link.ID, request)
		if err != nil {
			fmt.Println(paylinks.CodeOf(err))
			continue
		}
		fmt.Println(got.ReferenceID, got.Amount, "of", got.Refunded, got.Status, "replayed:", got.Replayed)
	}
	// Output:
	// return-1 50.00 of 50.00 partially_refunded replayed: false
	// return-1 50.00 of 50.00 partially_refunded replayed: true
	// amount_exceeds_remaining
	// return-2 100.00 of 150.00 refunded replayed: false
}

// The link is texted to the buyer by Tabby. The key keeps a repeated call from sending a second message.
func ExampleService_Send() {
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

	link, err := service.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		sent, err := service.Send(ctx, link.ID, paylinks.SendRequest{IdempotencyKey: "button-pressed-once"})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(sent.Delivery, sent.SentTo)
	}
	fmt.Println("messages:", len(simulator.Texts()))
	// Output:
	// sms +9665*****01
	// sms +9665*****01
	// messages: 1
}

// The buyer is erased once the link has ended. The money's history stays.
func ExampleService_Forget() {
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

	link, err := service.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR", BuyerName: "Noura", BuyerPhone: "0500000001",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("while it's open:", paylinks.CodeOf(service.Forget(ctx, link.ID)))
	if _, err := service.Cancel(ctx, link.ID); err != nil {
		fmt.Println(err)
		return
	}
	if err := service.Forget(ctx, link.ID); err != nil {
		fmt.Println(err)
		return
	}
	link, err = service.Get(ctx, link.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s %s, buyer %q\n", link.OrderID, link.Status, link.Amount, link.Buyer.Name)
	// Output:
	// while it's open: unsupported
	// POS-1234 cancelled 150.00, buyer ""
}
