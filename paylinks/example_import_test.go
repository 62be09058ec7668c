package paylinks_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A payment that other code made is brought over by its ids, and refunded here. What it has come to since is read from the provider.
func ExampleChange() {
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
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{RefreshInterval: time.Nanosecond})
	if err != nil {
		fmt.Println(err)
		return
	}

	amount, err := paylinks.ParseMoney("150.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	old, err := provider.Create(ctx, paylinks.CreateInput{ // the other code, long ago
		Reference: "a-reference-of-its-own", OrderID: "OLD-1", Amount: amount, Items: []paylinks.Item{{Name: "Sale", Quantity: 1, UnitPrice: amount}},
	})
	if err == nil {
		err = simulator.Pay(old.Ref.PaymentID)
	}
	if err == nil {
		err = simulator.CaptureFromDashboard(old.Ref.PaymentID, "150.00")
	}
	if err != nil {
		fmt.Println(err)
		return
	}

	made := time.Now().UTC().Truncate(time.Microsecond) // the time of the sale, as your records have it
	link := &paylinks.Paylink{
		ID: "imported-OLD-1", Provider: "tabby", OrgAppID: "tabby-main", OrderID: "OLD-1", Status: paylinks.StatusCreated,
		Amount: amount, Captured: paylinks.Zero(paylinks.SAR), Refunded: paylinks.Zero(paylinks.SAR),
		Ref:       paylinks.Ref{OrderID: "OLD-1", SessionID: old.Ref.SessionID, PaymentID: old.Ref.PaymentID, Amount: amount},
		CreatedAt: made, UpdatedAt: made, NextCheckAt: made, // due: Run looks at it, too
	}
	if err := store.Write(ctx, paylinks.Change{Insert: link}); err != nil {
		fmt.Println(err) // ErrDuplicate: it was brought over before
		return
	}
	link, err = service.Get(ctx, link.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.Captured, link.ProviderStatus)
	refunded, err := service.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "return-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(refunded.Status, refunded.Refunded)
	// Output:
	// captured 150.00 CLOSED
	// partially_refunded 50.00
}
