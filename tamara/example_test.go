package tamara_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// A link in a shop, from the text message to the payment. With Environment in place of BaseURL it's Tamara itself.
func ExampleNew() {
	simulator := tamaratest.New(tamaratest.Config{})
	server := httptest.NewServer(simulator)
	defer server.Close()

	provider, err := tamara.New(tamara.Config{
		APIToken: tamaratest.APIToken, NotificationToken: tamaratest.NotificationToken, BaseURL: server.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	amount, err := paylinks.ParseMoney("200.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := provider.Create(context.Background(), paylinks.CreateInput{
		Reference: "op-1", OrderID: "POS-5678", Amount: amount, SendTo: "+966500000001", Lang: "en",
		Items: []paylinks.Item{{Name: "POS-5678", Quantity: 1, UnitPrice: amount}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.Delivery)
	fmt.Println(simulator.Texts()[0].Phone, simulator.Texts()[0].Text)

	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		fmt.Println(err)
		return
	}
	paid, err := provider.Fetch(context.Background(), link.Ref)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(paid.Status, paid.ProviderStatus, paid.Captured)

	// Output:
	// created sms
	// +966500000001 Tamara: pay 200.00 SAR to Example Store
	// captured fully_captured 200.00
}
