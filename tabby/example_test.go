package tabby_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A link from the checkout to the money. Without BaseURL it's Tabby itself, and the key decides between test and live.
func ExampleNew() {
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

	amount, err := paylinks.ParseMoney("150.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := provider.Create(ctx, paylinks.CreateInput{
		Reference: "op-1", OrderID: "POS-1234", Amount: amount, Buyer: paylinks.Buyer{Phone: "+966500000001"},
		Items: []paylinks.Item{{Name: "In-store purchase", Quantity: 1, UnitPrice: amount}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.ProviderStatus)

	if err := simulator.Pay(link.Ref.PaymentID); err != nil { // the buyer, on the page behind link.CheckoutURL
		fmt.Println(err)
		return
	}
	ref := paylinks.Ref{Reference: "op-1", OrderID: "POS-1234", SessionID: link.Ref.SessionID, PaymentID: link.Ref.PaymentID, Amount: amount}
	captured, err := provider.Capture(ctx, ref, paylinks.CaptureInput{Reference: "op-2", Amount: amount})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(captured.Status, captured.ProviderStatus, captured.Captured)
	// Output:
	// created created
	// captured CLOSED 150.00
}

// Credentials by their names in [tabby.Info], from wherever they are kept: os.Getenv will do. What is wrong is named, all of it at once.
func ExampleFromCredentials() {
	account := map[string]string{"TABBY_SECRET_KEY": "pk_test_00000000-0000-4000-8000-000000000001", "TABBY_WEBHOOK_SECRET": "a-long-random-text"}
	_, err := tabby.FromCredentials(func(name string) string { return account[name] }, tabby.Config{})
	fmt.Println(err)
	// Output:
	// tabby: the configuration is wrong: SecretKey: this is the public key (pk_…); the secret key starts with sk_
	// MerchantCode: set the merchant code that Tabby issued
}

// The account's payments as Tabby lists them: the authorized and the closed ones.
func ExampleProvider_Payments() {
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

	amount, err := paylinks.ParseMoney("150.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := provider.Create(ctx, paylinks.CreateInput{
		Reference: "op-1", OrderID: "POS-1234", Amount: amount, Items: []paylinks.Item{{Name: "In-store purchase", Quantity: 1, UnitPrice: amount}},
	})
	if err == nil {
		err = simulator.Pay(link.Ref.PaymentID)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	for payment, err := range provider.Payments(ctx, tabby.PaymentsQuery{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Ref.OrderID, payment.Amount, payment.Status)
	}
	// Output:
	// POS-1234 150.00 authorized
}
