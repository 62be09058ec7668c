package stripe

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes Stripe as a gateway. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:           "stripe",
		Name:         "Stripe",
		Description:  "Stripe: PaymentIntents sync by their creation",
		Kind:         paylinks.KindGatewaySync,
		Regions:      "Global (account)",
		AppSlug:      "stripe-payments",
		Capabilities: []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "STRIPE_SECRET_KEY", Required: true, Description: "Restricted or secret key that may read PaymentIntents, Charges, Refunds and Disputes"},
			{Name: "STRIPE_WEBHOOK_SECRET", Required: false, Description: "Required for webhooks: the endpoint's signing secret, whsec_…"},
			{Name: "STRIPE_ACCOUNT_ID", Required: false, Description: "Connected account to read, acct_…, instead of the key's own"},
		},
		Notes: []string{
			"Charges made without a PaymentIntent, as very old integrations do, aren't seen.",
			"Stripe can't list by the time of change: refunds and disputes are always seen, other late changes only within the look-back.",
		},
		LookBack: DefaultLookBack,
		// A test key's limit; a live one may make 100.
		RateLimit: 25,
	}
}
