// Command client is a till: it makes a payment link on a running server, waits for the buyer to pay, and takes the money.
//
//	go run ./examples/server   # in another terminal
//	go run ./examples/client
//
// PAYLINKS_URL and PAYLINKS_TOKEN name another server than that one.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, client.Config{
		BaseURL: cmp.Or(os.Getenv("PAYLINKS_URL"), "http://127.0.0.1:8080"),
		Token:   paylinks.Secret(cmp.Or(os.Getenv("PAYLINKS_TOKEN"), "demo-token")),
	}, "TILL-"+time.Now().Format("150405"), os.Stdout)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// run makes one sale.
func run(ctx context.Context, config client.Config, orderID string, out io.Writer) error {
	c, err := client.New(config)
	if err != nil {
		return err
	}
	link, err := c.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: orderID, Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Show the buyer a QR code of %s\n", link.CheckoutURL)

	for event, err := range c.Watch(ctx, link.ID, 0) {
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, event.Type)
		switch {
		case event.Type == paylinks.EventAuthorized:
			// The order's id names the capture: however often the till asks, the money is taken once.
			captured, err := c.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: orderID})
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintln(out, "Paid:", captured.Captured, captured.Captured.Currency())
		case event.Status.Final():
			return nil
		}
	}
	return ctx.Err()
}
