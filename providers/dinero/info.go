package dinero

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes Dinero Pay as a gateway. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:           "dinero",
		Name:         "Dinero Pay",
		Description:  "Dinero Pay: refresh configured payment_ids…",
		Kind:         paylinks.KindGatewaySync,
		Regions:      "KSA and supported Dinero markets",
		AppSlug:      "dinero-payments",
		Capabilities: []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "DINERO_MERCHANT_KEY", Required: true, Description: "Merchant key of the Dinero Pay dashboard"},
			{Name: "DINERO_PASSWORD", Required: true, Description: "Password that goes with it, for the hash of each call"},
		},
		WebhookReply: "OK",
		Notes: []string{
			"Dinero Pay can't list payments: each configured payment_id is asked for by itself.",
			"A partial refund doesn't show at Dinero Pay: the payment stays settled.",
		},
	}
}
