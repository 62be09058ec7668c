package tap_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
	"github.com/paylinks/paylinks-go/providers/tap/taptest"
)

// A simulator stands in for Tap here. Without BaseURL, the gateway calls the real one.
func ExampleGateway_Payments() {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	server := httptest.NewServer(taptest.New(taptest.Config{History: 10, Start: start}))
	defer server.Close()

	gateway, err := tap.New(tap.Config{SecretKey: taptest.SecretKey, BaseURL: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	query := paylinks.PaymentsQuery{From: start.Add(6 * time.Minute), To: start.Add(time.Hour)}
	for payment, err := range gateway.Payments(context.Background(), query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Reference, payment.Amount, payment.Amount.Currency(), payment.Status, payment.Refunded)
	}
	// Output:
	// order-6 10.06 SAR captured 0.00
	// order-7 10.07 SAR refunded 10.07
	// order-8 10.08 SAR failed 0.00
	// order-9 10.09 SAR expired 0.00
}
