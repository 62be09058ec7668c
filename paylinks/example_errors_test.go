package paylinks_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// What to do about a failure is told by its code and its outcome.
func ExampleError() {
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
	_, err = service.Capture(ctx, link.ID, paylinks.CaptureRequest{})
	var failed *paylinks.Error
	switch {
	case err == nil:
		fmt.Println("captured")
	case errors.Is(err, paylinks.CodeNotCapturable): // the code alone
		errors.As(err, &failed) // and all that is known
		fmt.Println("not yet:", failed.Status)
		fmt.Println(failed.Outcome)
		fmt.Println(failed.Message)
	default:
		fmt.Println(err)
	}
	// Output:
	// not yet: created
	// not_applied
	// a link that is created can't be captured
}

// The answer to a capture is lost on its way, and Tabby can't be asked what became of it. Repeated under the same reference, it's found and not made again.
func ExampleOutcome() {
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
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{Logger: slog.New(slog.DiscardHandler)})
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
	if _, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{Amount: "100.00", ReferenceID: "parcel-1"}); err != nil {
		fmt.Println(err)
		return
	}
	simulator.Faults.DropAfter(tabbytest.OpCapture, 1)  // the capture happens, its answer is lost,
	simulator.Faults.DropBefore(tabbytest.OpPayment, 0) // and nobody can ask
	_, err = service.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "parcel-2"})
	var failed *paylinks.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Code, failed.Outcome)
	}

	simulator.Faults.Clear()
	captured, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "parcel-2"})
	if err != nil {
		fmt.Println(err)
		return
	}
	payment, err := simulator.Payment(link.Ref.PaymentID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(captured.Status, captured.Captured, "- captures at Tabby:", len(payment.Captures))
	// Output:
	// provider_timeout unknown
	// captured 150.00 - captures at Tabby: 2
}
