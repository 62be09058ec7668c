// Command customstore makes a sale on a store of one's own, the one in memstore, at a simulated Tabby. Events come out of that store too.
//
//	go run ./examples/customstore
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"

	"github.com/paylinks/paylinks-go/examples/customstore/memstore"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	simulator := tabbytest.New(tabbytest.Config{})
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "KW", WebhookSecret: "choose-a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		return err
	}

	// The store is the one thing that's different here.
	store := memstore.New()
	events := make(chan paylinks.EventType, 10)
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{
		OnEvent: func(_ context.Context, e paylinks.Event) error { events <- e.Type; return nil },
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	defer func() { stop(); err = errors.Join(err, <-ended) }()

	if err := sell(ctx, service, simulator, out); err != nil {
		return err
	}
	for range 4 {
		_, _ = fmt.Fprintln(out, "event:   ", <-events)
	}
	return nil
}

func sell(ctx context.Context, service *paylinks.Service, simulator *tabbytest.Server, out io.Writer) error {
	link, err := service.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "12.345", Currency: "KWD",
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "created: ", link.Status, link.Amount, link.Amount.Currency())
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		return err
	}
	captured, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "till-7-receipt-42"})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "captured:", captured.Status, captured.Captured)
	again, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "till-7-receipt-42"})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "captured:", again.Status, again.Captured, "- the first answer again:", again.Replayed)
	refunded, err := service.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "2.345", ReferenceID: "return-1"})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "refunded:", refunded.Status, refunded.Refunded)
	return nil
}
