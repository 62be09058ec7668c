package dinero_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
	"github.com/paylinks/paylinks-go/providers/dinero/dinerotest"
)

// A simulator stands in for Dinero Pay here. Without BaseURL, the gateway calls the real one.
func ExampleGateway_Payments() {
	sim := dinerotest.New(dinerotest.Config{History: 10})
	server := httptest.NewServer(sim)
	defer server.Close()

	gateway, err := dinero.New(dinero.Config{
		MerchantKey: dinerotest.MerchantKey, Password: dinerotest.Password, PaymentIDs: sim.HistoryIDs()[8:], BaseURL: server.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Now()
	for payment, err := range gateway.Payments(context.Background(), paylinks.PaymentsQuery{From: now.Add(-time.Hour), To: now}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Reference, payment.Amount, payment.Amount.Currency(), payment.Status)
	}
	// Output:
	// order-8 10.08 SAR captured
	// order-9 10.09 SAR failed
}
