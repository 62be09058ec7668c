package tabbytest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A test lets the answer to a capture get lost, and looks at what Tabby really did.
func ExampleServer() {
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
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		fmt.Println(err)
		return
	}
	simulator.Faults.DropAfter(tabbytest.OpCapture, 1) // or FailBefore, FailAfter, DropBefore, Truncate, Garble, Delay, Hang
	ref := paylinks.Ref{SessionID: link.Ref.SessionID, PaymentID: link.Ref.PaymentID, Amount: amount}
	_, err = provider.Capture(ctx, ref, paylinks.CaptureInput{Reference: "op-2", Amount: amount})
	fmt.Println("lost:", err != nil)

	payment, err := simulator.Payment(link.Ref.PaymentID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Status, payment.Captured, "in", len(payment.Captures), "capture of", simulator.Calls.Count(tabbytest.OpCapture), "call")
	// Output:
	// lost: true
	// CLOSED 150.00 in 1 capture of 1 call
}

// Time passes by the simulator's clock: a link that nobody pays has expired after 20 minutes.
func ExampleServer_clock() {
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
	if err != nil {
		fmt.Println(err)
		return
	}
	simulator.Clock.Advance(time.Hour)
	late, err := provider.Fetch(ctx, paylinks.Ref{PaymentID: link.Ref.PaymentID, Amount: amount})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(late.ProviderStatus, late.Status)
	fmt.Println("can be paid:", simulator.Pay(link.Ref.PaymentID) == nil)
	// Output:
	// EXPIRED expired
	// can be paid: false
}
