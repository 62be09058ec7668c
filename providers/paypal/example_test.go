package paypal_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

// A simulator stands in for PayPal here: say Environment in place of BaseURL for the real one, and leave Interval to its default.
func ExampleGateway_Payments() {
	now := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	sim := paypaltest.New(paypaltest.Config{Now: clock})
	server := httptest.NewServer(sim)
	defer server.Close()
	amount, err := paylinks.ParseMoney("465.00", paylinks.USD)
	if err != nil {
		fmt.Println(err)
		return
	}
	part, err := paylinks.ParseMoney("65.00", paylinks.USD)
	if err != nil {
		fmt.Println(err)
		return
	}
	id := sim.Pay(paypaltest.Payment{At: now.AddDate(0, 0, -3), Amount: amount, Invoice: "SALE-1"})
	sim.Refund(id, part, now.AddDate(0, 0, -1)) // a row of its own in PayPal's list

	gateway, err := paypal.New(paypal.Config{
		ClientID: paypaltest.ClientID, ClientSecret: paypaltest.ClientSecret, BaseURL: server.URL, Interval: -1, Now: clock,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	query := paylinks.PaymentsQuery{From: now.AddDate(0, 0, -7), To: now}
	for payment, err := range gateway.Payments(context.Background(), query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Reference, payment.Amount, payment.Amount.Currency(), payment.Status, payment.Refunded)
	}
	// Output:
	// SALE-1 465.00 USD partially_refunded 65.00
}
