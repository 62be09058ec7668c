package tamaratest_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// The text message that Tamara would send, and its link paid: an order of a shop captures itself.
func ExampleServer() {
	ctx := context.Background()
	simulator := tamaratest.New(tamaratest.Config{MerchantName: "Demo Store"})
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tamara.New(tamara.Config{APIToken: tamaratest.APIToken, NotificationToken: tamaratest.NotificationToken, BaseURL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	amount, err := paylinks.ParseMoney("200.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := provider.Create(ctx, paylinks.CreateInput{
		Reference: "op-1", OrderID: "POS-5678", Amount: amount, SendTo: "+966500000001", Lang: "en",
		Items: []paylinks.Item{{Name: "In-store purchase", Quantity: 1, UnitPrice: amount}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(simulator.Texts()[0].Text)
	if err := simulator.Pay(link.Ref.PaymentID); err != nil {
		fmt.Println(err)
		return
	}
	order, err := simulator.Order(link.Ref.PaymentID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.Status, order.Captured, "- capture calls:", simulator.Calls.Count(tamaratest.OpCapture))
	// Output:
	// Tamara: pay 200.00 SAR to Demo Store
	// fully_captured 200.00 - capture calls: 0
}
