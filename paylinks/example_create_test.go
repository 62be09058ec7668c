package paylinks_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A link with lines, metadata and a key: the same key makes no second link, whatever became of the first answer.
func ExampleService_Create() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{}) // stands in for Tabby: without BaseURL, the provider calls the real one
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	request := paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR",
		BuyerName: "Noura", BuyerPhone: "050 000 0001", Lang: "ar",
		Items: []paylinks.ItemRequest{
			{Name: "Coffee beans", Quantity: 2, UnitPrice: "60.00", SKU: "BEANS-1"},
			{Name: "Grinder brush", Quantity: 1, UnitPrice: "35.00", DiscountAmount: "5.00"},
		},
		Metadata:       map[string]string{"till": "7"},
		IdempotencyKey: "till-7-sale-1234",
	}
	link, err := service.Create(ctx, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Status, link.Amount, link.Delivery, link.Buyer.Phone, link.Metadata["till"])

	again, err := service.Create(ctx, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the same link:", again.ID == link.ID, "- made at Tabby:", len(simulator.Payments()))
	// Output:
	// created 150.00 qr +9665*****01 7
	// the same link: true - made at Tabby: 1
}

// A buyer whom the provider doesn't want. Its wording is prescribed: show Messages as they are.
func ExampleService_Create_rejected() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{}) // stands in for Tabby: without BaseURL, the provider calls the real one
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = service.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1235", Amount: "150.00", Currency: "SAR",
		BuyerPhone: "0500000002", // the sandbox's number for a buyer who is refused
	})
	var failed *paylinks.Error
	if errors.As(err, &failed) && failed.Code == paylinks.CodeBuyerRejected {
		fmt.Println(failed.Reason, failed.Status)
		fmt.Println(failed.Messages.EN)
	}
	// Output:
	// not_available rejected
	// Sorry, Tabby is unable to approve this purchase. Please use an alternative payment method for your order.
}

// Every wrong field is named at once.
func ExampleFieldError() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{}) // stands in for Tabby: without BaseURL, the provider calls the real one
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = service.Create(ctx, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "tabby-main", Amount: "150.005", Currency: "SAR", BuyerPhone: "12",
	})
	var failed *paylinks.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Code)
		for _, field := range failed.Fields {
			fmt.Println(field.Field, field.Code)
		}
	}
	// Output:
	// validation_failed
	// order_id required
	// amount too_many_decimals
	// buyer_phone invalid
}
