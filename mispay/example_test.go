package mispay_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// A provider talks to the simulator as it does to MisPay.
func Example() {
	simulator := mispaytest.New(mispaytest.Config{})
	server := httptest.NewServer(simulator)
	defer server.Close()

	provider, err := mispay.New(mispay.Config{
		BaseURL: server.URL + mispaytest.BasePath, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	amount, err := paylinks.ParseMoney("150.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := provider.Create(ctx, paylinks.CreateInput{
		Reference: "attempt-1", OrderID: "POS-1234", Amount: amount,
		Items: []paylinks.Item{{Name: "In-store purchase", Quantity: 1, UnitPrice: amount}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status)

	if err := simulator.Pay(link.Ref.SessionID); err != nil { // the buyer, on the page behind link.CheckoutURL
		fmt.Println(err)
		return
	}
	ref := paylinks.Ref{Reference: "attempt-1", OrderID: "POS-1234", SessionID: link.Ref.SessionID, Amount: amount}
	paid, err := provider.Fetch(ctx, ref)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(paid.ProviderStatus, paid.Status)
	// Output:
	// created
	// success authorized
}
