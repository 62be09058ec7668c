package moyasar

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes Moyasar as a gateway. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:           "moyasar",
		Name:         "Moyasar",
		Description:  "Moyasar: payments sync by their time of change",
		Kind:         paylinks.KindGatewaySync,
		Regions:      "MENA",
		AppSlug:      "moyasar-payments",
		Capabilities: []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "MOYASAR_SECRET_KEY", Required: true, Description: "Secret key, sk_test_… or sk_live_…; a publishable key can't list"},
			{Name: "MOYASAR_WEBHOOK_SECRET", Required: false, Description: "Required for webhooks: the secret that the webhook was made with"},
		},
		Notes: []string{
			"Moyasar calls a lapsed authorization authorized for ever: it counts as expired after seven days.",
			"Moyasar's API tells nothing of disputes.",
		},
		LookBack: DefaultLookBack,
	}
}
