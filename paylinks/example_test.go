package paylinks_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A link from its creation to a refund. In a program of your own leave BaseURL out, and let [paylinks.Service.Run] run beside it.
func Example() {
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
	fmt.Println(link.Status, link.Amount, link.Amount.Currency()) // show link.CheckoutURL as a QR code

	if err := simulator.Pay(link.Ref.PaymentID); err != nil { // the buyer, on the page behind link.CheckoutURL
		fmt.Println(err)
		return
	}
	captured, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "till-7-receipt-42"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(captured.Status, captured.Captured, "- Tabby says", captured.ProviderStatus)

	refunded, err := service.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "return-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(refunded.Status, refunded.Refunded)
	// Output:
	// created 150.00 SAR
	// captured 150.00 - Tabby says CLOSED
	// partially_refunded 50.00
}
