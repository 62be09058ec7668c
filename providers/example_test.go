package providers_test

import (
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// What the library can do, for a program that shows it or chooses by it.
func ExampleCatalogue() {
	for _, info := range providers.Catalogue() {
		if info.Kind == paylinks.KindBNPL {
			fmt.Println(info.ID, info.Checkout, info.Currencies, "captures in part:", info.Can(paylinks.CanCapturePartly))
		}
	}
	// Output:
	// mispay qr [SAR] captures in part: false
	// tabby qr [SAR AED KWD] captures in part: true
	// tamara sms [SAR AED BHD] captures in part: true
}

// Any provider from the credentials that it names, without importing its package.
func ExampleFind() {
	account := map[string]string{"TABBY_SECRET_KEY": tabbytest.SecretKey, "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": "a-long-random-text"}
	entry, ok := providers.Find("tabby")
	if !ok {
		fmt.Println("no such provider")
		return
	}
	for _, credential := range entry.Credentials {
		fmt.Println(credential.Name, "required:", credential.Required)
	}
	installed, err := entry.New(providers.Settings{Credential: func(name string) string { return account[name] }})
	if err != nil {
		fmt.Println(err)
		return
	}
	apps := paylinks.StaticApps{"tabby-main": installed}
	fmt.Println(apps["tabby-main"].Info().Name)
	// Output:
	// TABBY_SECRET_KEY required: true
	// TABBY_MERCHANT_CODE required: true
	// TABBY_WEBHOOK_SECRET required: true
	// TABBY_WEBHOOK_HEADER required: false
	// Tabby
}

// What an integrator must know of a gateway, as GET /api/v1/providers/config/{provider} answers it.
func ExampleConfig() {
	config, ok := providers.Config("hyperpay")
	fmt.Println(ok, config.Type, config.AppSlug)
	fmt.Println(config.Endpoints.Sync)
	for _, param := range config.CustomParams {
		fmt.Println(param.Name, param.Default)
	}
	// Output:
	// true gateway_sync hyperpay-checkout
	// POST /api/v1/payments/sync
	// query_interval 30s
	// look_back 24h0m0s
}
