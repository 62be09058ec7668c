package mispaytest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// A refund in MisPay's panel, of which only a webhook tells, once and without an amount.
func ExampleServer() {
	ctx := context.Background()
	heard := make(chan string, 10)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var message struct {
			Code            string `json:"code"`
			IsFullyRefunded bool   `json:"isFullyRefunded"`
		}
		_ = json.Unmarshal(body, &message)
		heard <- fmt.Sprint(message.Code, " wholly: ", message.IsFullyRefunded)
	}))
	defer shop.Close()
	simulator := mispaytest.New(mispaytest.Config{WebhookURL: shop.URL})
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := mispay.New(mispay.Config{
		BaseURL: api.URL + mispaytest.BasePath, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	amount, err := paylinks.ParseMoney("150.00", paylinks.SAR)
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := provider.Create(ctx, paylinks.CreateInput{
		Reference: "attempt-1", OrderID: "POS-1234", Amount: amount, Items: []paylinks.Item{{Name: "In-store purchase", Quantity: 1, UnitPrice: amount}},
	})
	if err == nil {
		err = simulator.Pay(link.Ref.SessionID)
	}
	if err == nil {
		err = simulator.RefundFromPanel(link.Ref.SessionID, "50.00")
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	simulator.Webhooks.Flush(ctx) // without Run, webhooks wait for this
	fmt.Println(<-heard)
	fmt.Println(<-heard)
	// Output:
	// MP00 wholly: false
	// MP03 wholly: false
}
