// Command quickstart is the SDK alone, without HTTP: it makes a link at a simulated Tabby, has it paid, captures it and refunds a part.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	// A simulated Tabby. For the real one leave BaseURL out and take your own key.
	simulator := tabbytest.New(tabbytest.Config{})
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "choose-a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		return err
	}

	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{})
	if err != nil {
		return err
	}

	link, err := service.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "created: ", link.Status, link.Amount, link.Amount.Currency())

	// The buyer opens link.CheckoutURL and pays. Here the simulator is told so.
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		return err
	}

	captured, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "till-7-receipt-42"})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "captured:", captured.Status, captured.Captured, "- Tabby says", captured.ProviderStatus)

	refunded, err := service.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "return-1"})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "refunded:", refunded.Status, refunded.Refunded)
	return nil
}
