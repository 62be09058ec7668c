package providers

import (
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/providers/dinero"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/tap"
)

// gateway is the entry of a gateway, with the setting that all of them have that look back.
func gateway(info paylinks.Info, open func(Settings) (paylinks.Installed, error), params ...api.ProviderParam) Entry {
	if info.LookBack > 0 {
		params = append(params, api.ProviderParam{
			Name: "look_back", Type: "duration", Default: info.LookBack.String(),
			Description: "How far each sync reads back beyond the last one, to see what has changed late",
		})
	}
	return Entry{Info: info, New: open, Params: params}
}

// paymentIDs is the setting of Dinero Pay, which lists nothing.
func paymentIDs() api.ProviderParam {
	return api.ProviderParam{
		Name: "payment_ids", Type: "array of string",
		Description: "Dinero Pay's ids of the payments to refresh (DINERO_PAYMENT_IDS, a comma list)",
	}
}

// queryInterval is the setting of HyperPay, which allows few calls.
func queryInterval() api.ProviderParam {
	return api.ProviderParam{
		Name: "query_interval", Type: "duration", Default: "30s",
		Description: "Pause between two date queries (HYPERPAY_QUERY_INTERVAL)",
	}
}

func newDinero(s Settings) (paylinks.Installed, error) {
	return dinero.FromCredentials(s.Credential, dinero.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}

func newHyperPay(s Settings) (paylinks.Installed, error) {
	return hyperpay.FromCredentials(s.Credential, hyperpay.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}

func newMoyasar(s Settings) (paylinks.Installed, error) {
	return moyasar.FromCredentials(s.Credential, moyasar.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}

func newPayPal(s Settings) (paylinks.Installed, error) {
	return paypal.FromCredentials(s.Credential, paypal.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}

func newStripe(s Settings) (paylinks.Installed, error) {
	return stripe.FromCredentials(s.Credential, stripe.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}

func newTap(s Settings) (paylinks.Installed, error) {
	return tap.FromCredentials(s.Credential, tap.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}
