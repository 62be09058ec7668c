package moyasar_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

// A simulator stands in for Moyasar here. Without BaseURL, the gateway calls the real one. Moyasar calls a part that was refunded "refunded", too: the amounts tell.
func ExampleGateway_Payments() {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	sim := moyasartest.New(moyasartest.Config{Now: func() time.Time { return start.Add(time.Hour) }})
	server := httptest.NewServer(sim)
	defer server.Close()
	for i, payment := range []moyasartest.Payment{
		{Amount: 10000, Fee: 250, Metadata: map[string]string{"order_id": "SALE-1"}},
		{Amount: 12450, Currency: "KWD", Status: "refunded", Refunded: 2450, Source: "applepay", Company: "visa", Metadata: map[string]string{"order_id": "SALE-2"}},
	} {
		payment.Created = start.Add(time.Duration(i) * time.Minute)
		if _, err := sim.Add(payment); err != nil {
			fmt.Println(err)
			return
		}
	}
	gateway, err := moyasar.New(moyasar.Config{SecretKey: moyasartest.SecretKey, BaseURL: server.URL})
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
		fmt.Println(payment.Reference, payment.Amount, payment.Amount.Currency(), payment.Status, payment.Refunded, payment.Method, payment.Brand)
	}
	// Output:
	// SALE-2 12.450 KWD partially_refunded 2.450 apple_pay visa
	// SALE-1 100.00 SAR captured 0.00 card mada
}
