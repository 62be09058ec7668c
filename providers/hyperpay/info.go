package hyperpay

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes HyperPay as a gateway. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:           "hyperpay",
		Name:         "HyperPay",
		Description:  "HyperPay: OPPWA query sync, for each entity and day",
		Kind:         paylinks.KindGatewaySync,
		Regions:      "Per acquirer / host",
		AppSlug:      "hyperpay-checkout",
		Capabilities: []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "HYPERPAY_ACCESS_TOKEN", Required: true, Description: "Access token of the account"},
			{Name: "HYPERPAY_ENTITY_ID", Required: true, Description: "Entity ids, a comma list: mada usually has its own"},
			{Name: "HYPERPAY_WEBHOOK_SECRET", Required: false, Description: "Required for webhooks: the webhook's secret, 64 hexadecimal digits"},
		},
		Notes:    []string{"HyperPay allows about two date queries a minute: the first sync of a long time takes long."},
		LookBack: DefaultLookBack,
	}
}
