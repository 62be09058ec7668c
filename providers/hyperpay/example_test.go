package hyperpay_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

// A simulator stands in for HyperPay here: say Environment in place of BaseURL for the real one, and leave QueryInterval to its default.
func ExampleGateway_Payments() {
	now := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	sim := hyperpaytest.New(hyperpaytest.Config{Now: clock})
	server := httptest.NewServer(sim)
	defer server.Close()
	amount, err := paylinks.ParseMoney("92.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	part, err := paylinks.ParseMoney("22.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	id := sim.Pay(hyperpaytest.Payment{Entity: hyperpaytest.MadaEntityID, At: now.AddDate(0, 0, -3), Amount: amount, Reference: "SALE-1", Brand: "MADA"})
	sim.Follow(id, "RF", part, now.AddDate(0, 0, -1), "") // a record of its own at HyperPay

	gateway, err := hyperpay.New(hyperpay.Config{
		AccessToken: hyperpaytest.AccessToken, EntityIDs: []string{hyperpaytest.EntityID, hyperpaytest.MadaEntityID},
		BaseURL: server.URL, QueryInterval: -1, Now: clock,
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
		fmt.Println(payment.Reference, payment.Amount, payment.Amount.Currency(), payment.Status, payment.Refunded, payment.Brand, payment.ProviderStatus)
	}
	// Output:
	// SALE-1 92.00 SAR partially_refunded 22.00 mada 000.000.000
}
