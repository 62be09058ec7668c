package paylinks_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// Two Tabby accounts in one process, one for each country.
func ExampleStaticApps() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{})
	api := httptest.NewServer(simulator)
	defer api.Close()
	riyadh, err := tabby.New(tabby.Config{SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "one-long-random-text", BaseURL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	kuwait, err := tabby.New(tabby.Config{SecretKey: tabbytest.SecretKey, MerchantCode: "KW", WebhookSecret: "another-long-random-text", BaseURL: api.URL})
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

	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-riyadh": riyadh, "tabby-kuwait": kuwait}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, request := range []paylinks.CreateRequest{
		{Provider: "tabby", OrgAppID: "tabby-riyadh", OrderID: "R-1", Amount: "150.00", Currency: "SAR"},
		{Provider: "tabby", OrgAppID: "tabby-kuwait", OrderID: "K-1", Amount: "12.5", Currency: "KWD"},
	} {
		link, err := service.Create(ctx, request)
		if err != nil {
			fmt.Println(err)
			return
		}
		payment, err := simulator.Payment(link.Ref.PaymentID)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(link.OrderID, payment.MerchantCode, payment.Amount, payment.Amount.Currency())
	}
	// Output:
	// R-1 SA 150.00 SAR
	// K-1 KW 12.500 KWD
}

// A context limits a call to what its caller may use: somebody else's link is as good as none.
func ExampleWithCaller() {
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

	ours := paylinks.WithCaller(ctx, paylinks.Caller{ID: "shop-1", OrgApps: []string{"tabby-main"}})
	theirs := paylinks.WithCaller(ctx, paylinks.Caller{ID: "shop-2", OrgApps: []string{"tabby-other"}})

	link, err := service.Create(ours, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = service.Get(theirs, link.ID)
	fmt.Println(paylinks.CodeOf(err))
	_, err = service.Create(theirs, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "X-1", Amount: "150.00", Currency: "SAR"})
	fmt.Println(paylinks.CodeOf(err))
	// Output:
	// paylink_not_found
	// org_app_not_found
}

// shops finds each shop's account in the program's own records, here a map.
type shops map[string]func(name string) string

func (s shops) App(_ context.Context, orgAppID string) (paylinks.App, error) {
	credentials, ok := s[orgAppID]
	if !ok {
		return paylinks.App{}, &paylinks.Error{Code: paylinks.CodeOrgAppNotFound, Outcome: paylinks.NotApplied, Message: "no such app"}
	}
	provider, err := tabby.FromCredentials(credentials, tabby.Config{}) // keep it: every call asks for its app
	return paylinks.App{ID: orgAppID, Provider: provider}, err
}

func (s shops) List(context.Context) ([]paylinks.App, error) { return nil, nil } // too many to list

// Accounts of many tenants are looked up, not listed.
func ExampleApps() {
	ctx := context.Background()
	accounts := shops{"shop-17": func(name string) string {
		return map[string]string{
			"TABBY_SECRET_KEY": tabbytest.SecretKey, "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": "a-long-random-text",
		}[name]
	}}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	service, err := paylinks.New(store, accounts, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "shop-18", OrderID: "1", Amount: "150.00", Currency: "SAR"})
	fmt.Println(paylinks.CodeOf(err))
	_, err = service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "shop-17", OrderID: "1", Amount: "150.00", Currency: "BHD"})
	fmt.Println(paylinks.CodeOf(err))
	// Output:
	// org_app_not_found
	// unsupported_currency
}
