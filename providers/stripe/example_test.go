package stripe_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

// A simulator stands in for Stripe here. Without BaseURL, the gateway calls the real one.
func ExampleGateway_Payments() {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	sim := stripetest.New(stripetest.Config{Now: func() time.Time { return start.Add(time.Hour) }})
	server := httptest.NewServer(sim)
	defer server.Close()
	for i, payment := range []stripetest.Payment{
		{Amount: 15000, Received: 15000, Metadata: map[string]string{"order_id": "SALE-1"}},
		{Amount: 5120, Currency: "kwd", Status: "requires_capture", Metadata: map[string]string{"order_id": "SALE-2"}},
	} {
		payment.Created = start.Add(time.Duration(i) * time.Minute)
		if _, err := sim.Add(payment); err != nil {
			fmt.Println(err)
			return
		}
	}
	gateway, err := stripe.New(stripe.Config{SecretKey: stripetest.SecretKey, BaseURL: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	query := paylinks.PaymentsQuery{From: start, To: start.Add(time.Hour)}
	for payment, err := range gateway.Payments(context.Background(), query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Reference, payment.Amount, payment.Amount.Currency(), payment.Status, payment.ProviderStatus)
	}
	// Output:
	// SALE-2 5.120 KWD authorized requires_capture
	// SALE-1 150.00 SAR captured succeeded
}
