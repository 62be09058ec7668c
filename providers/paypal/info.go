package paypal

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes PayPal as a gateway. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:           "paypal",
		Name:         "PayPal",
		Description:  "PayPal: reporting sync of the account's transactions",
		Kind:         paylinks.KindGatewaySync,
		Regions:      "Global (account)",
		AppSlug:      "paypal-commerce",
		Capabilities: []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "PAYPAL_CLIENT_ID", Required: true, Description: "Client id of the REST app, with its Transaction Search feature on"},
			{Name: "PAYPAL_CLIENT_SECRET", Required: true, Description: "Client secret of that app"},
			{Name: "PAYPAL_WEBHOOK_ID", Required: false, Description: "Required for webhooks: PayPal's id of the configured webhook, from the app's settings"},
		},
		Notes:    []string{"A transaction shows in PayPal's reports up to three hours late."},
		LookBack: DefaultLookBack,
	}
}
