package paylinks_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// One sale, several providers: Tabby refuses this buyer, and MisPay takes him.
func ExampleService_CreateOrder() {
	ctx := context.Background()
	tabbyAPI := httptest.NewServer(tabbytest.New(tabbytest.Config{}))
	defer tabbyAPI.Close()
	mispayAPI := httptest.NewServer(mispaytest.New(mispaytest.Config{}))
	defer mispayAPI.Close()
	first, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: tabbyAPI.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := mispay.New(mispay.Config{
		BaseURL: mispayAPI.URL + mispaytest.BasePath, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret,
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

	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": first, "mispay-main": second}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := service.CreateOrder(ctx, paylinks.OrderRequest{
		Providers: []string{"tabby", "mispay"}, OrderID: "SALE-77", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000002",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, attempt := range result.Order.Attempts {
		fmt.Println(attempt.Provider, attempt.Outcome)
	}
	fmt.Println(result.Order.Status, result.Order.ActiveGateway, result.Paylink.Status)
	// Output:
	// tabby rejected
	// mispay accepted
	// pending mispay created
}

// The buyer gives up on the first provider's page and wants another one. The link that he has is cancelled first: never two at a time.
func ExampleService_NextProvider() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{})
	tabbyAPI := httptest.NewServer(simulator)
	defer tabbyAPI.Close()
	mispayAPI := httptest.NewServer(mispaytest.New(mispaytest.Config{}))
	defer mispayAPI.Close()
	first, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: tabbyAPI.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := mispay.New(mispay.Config{
		BaseURL: mispayAPI.URL + mispaytest.BasePath, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret,
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

	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": first, "mispay-main": second}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := service.CreateOrder(ctx, paylinks.OrderRequest{
		Providers: []string{"tabby", "mispay"}, OrderID: "SALE-77", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Order.ActiveGateway, result.Order.CanTryNext())

	_, err = service.NextProvider(ctx, "SALE-77", paylinks.NextRequest{})
	fmt.Println(paylinks.CodeOf(err))
	result, err = service.NextProvider(ctx, "SALE-77", paylinks.NextRequest{CancelCurrent: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Order.ActiveGateway, result.Order.CanTryNext())
	fmt.Println("at Tabby:", simulator.Payments()[0].Status)
	// Output:
	// tabby true
	// order_has_open_paylink
	// mispay false
	// at Tabby: EXPIRED
}
