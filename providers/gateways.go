package providers

import "github.com/paylinks/paylinks-go/paylinks"

func gateway(info paylinks.Info) paylinks.Info {
	info.Kind = paylinks.KindGatewaySync
	info.Capabilities = []paylinks.Capability{paylinks.CanSync}
	return info
}

// lookBack is the setting that most gateways have: how far before its cursor a sync reads again, to see what has changed late.
func lookBack(duration, why string) Param {
	return Param{Name: "look_back", Type: "duration", Default: duration, Description: "How far each sync reads back beyond the last one: " + why}
}

func dinero() Entry {
	return Entry{
		Info: gateway(paylinks.Info{
			ID: "dinero", Name: "Dinero Pay", Description: "Dinero Pay: refresh configured payment_ids…",
			Regions: "KSA and supported Dinero markets", AppSlug: "dinero-payments",
			Credentials: []paylinks.Credential{
				{Name: "DINERO_MERCHANT_KEY", Required: true, Description: "Merchant key of the Dinero Pay dashboard"},
				{Name: "DINERO_PASSWORD", Required: true, Description: "Password that goes with it, for the hash of each call"},
			},
			Notes: []string{
				"Dinero Pay can't list payments: each configured payment_id is asked for by itself.",
				"A partial refund doesn't show at Dinero Pay: the payment stays settled.",
			},
		}),
		Params: []Param{{
			Name: "payment_ids", Type: "array of string",
			Description: "Dinero Pay's ids of the payments to refresh (DINERO_PAYMENT_IDS, a comma list)",
		}},
	}
}

func hyperpay() Entry {
	return Entry{
		Info: gateway(paylinks.Info{
			ID: "hyperpay", Name: "HyperPay", Description: "HyperPay: OPPWA query sync, for each entity and day",
			Regions: "Per acquirer / host", AppSlug: "hyperpay-checkout",
			Credentials: []paylinks.Credential{
				{Name: "HYPERPAY_ACCESS_TOKEN", Required: true, Description: "Access token of the account"},
				{Name: "HYPERPAY_ENTITY_ID", Required: true, Description: "Entity ids, a comma list: mada usually has its own"},
			},
			Notes: []string{"HyperPay allows about two date queries a minute: the first sync of a long time takes long."},
		}),
		Params: []Param{
			{
				Name: "query_interval", Type: "duration", Default: "30s",
				Description: "Pause between two date queries (HYPERPAY_QUERY_INTERVAL)",
			},
			lookBack("24h", "HyperPay's times have no stated zone"),
		},
	}
}

func moyasar() Entry {
	return Entry{
		Info: gateway(paylinks.Info{
			ID: "moyasar", Name: "Moyasar", Description: "Moyasar: payments sync by their time of change",
			Regions: "MENA", AppSlug: "moyasar-payments",
			Credentials: []paylinks.Credential{
				{Name: "MOYASAR_SECRET_KEY", Required: true, Description: "Secret key, sk_test_… or sk_live_…; a publishable key can't list"},
			},
		}),
		Params: []Param{lookBack("5m", "pages shift while payments change")},
	}
}

func paypal() Entry {
	return Entry{
		Info: gateway(paylinks.Info{
			ID: "paypal", Name: "PayPal", Description: "PayPal: reporting sync of the account's transactions",
			Regions: "Global (account)", AppSlug: "paypal-commerce",
			Credentials: []paylinks.Credential{
				{Name: "PAYPAL_CLIENT_ID", Required: true, Description: "Client id of the REST app, with its Transaction Search feature on"},
				{Name: "PAYPAL_CLIENT_SECRET", Required: true, Description: "Client secret of that app"},
			},
			Notes: []string{"A transaction shows in PayPal's reports up to three hours late."},
		}),
		Params: []Param{lookBack("72h", "transactions show late")},
	}
}

func stripe() Entry {
	return Entry{
		Info: gateway(paylinks.Info{
			ID: "stripe", Name: "Stripe", Description: "Stripe: PaymentIntents sync by their creation",
			Regions: "Global (account)", AppSlug: "stripe-payments",
			Credentials: []paylinks.Credential{
				{Name: "STRIPE_SECRET_KEY", Required: true, Description: "Secret or restricted key that may read PaymentIntents and Charges"},
			},
		}),
		Params: []Param{lookBack("720h", "Stripe can't list by the time of change, so a later refund is seen only within it")},
	}
}

func tap() Entry {
	return Entry{
		Info: gateway(paylinks.Info{
			ID: "tap", Name: "Tap", Description: "Tap: charges list sync, joined with refunds",
			Regions: "GCC / Tap markets", AppSlug: "tap-payments",
			Credentials: []paylinks.Credential{
				{Name: "TAP_SECRET_KEY", Required: true, Description: "Secret key, sk_test_… or sk_live_…"},
			},
		}),
		Params: []Param{lookBack("720h", "Tap can't list by the time of change")},
	}
}
