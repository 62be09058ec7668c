package mispay

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes MisPay as a provider. It needs no configuration; [Provider.Info] has the configured lifetime.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:          "mispay",
		Name:        "MisPay",
		Description: "Split-in-4 BNPL with QR code checkout for POS",
		Kind:        paylinks.KindBNPL,
		Regions:     "KSA",
		AppSlug:     "mispay-pos-paylinks",
		Currencies:  []paylinks.Currency{paylinks.SAR},
		Checkout:    paylinks.DeliveryQR,
		Capabilities: []paylinks.Capability{
			paylinks.CanCapture, paylinks.CanRepeatCapture, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanReceiveWebhook,
		},
		OptionalFields: []paylinks.Field{
			{Name: "buyer_phone", Type: "string", Description: "Customer's Saudi mobile"},
			{Name: "buyer_email", Type: "string", Description: "Customer's e-mail address"},
			{Name: "lang", Type: "string", Description: "Checkout language (ar or en), ar by default"},
		},
		Credentials: []paylinks.Credential{
			{Name: "MISPAY_APP_ID", Required: true, Description: "App ID of the merchant's application"},
			{Name: "MISPAY_APP_SECRET", Required: true, Description: "App Secret of that application"},
			{Name: "MISPAY_WEBHOOK_SECRET", Required: true, Description: "The secret last part of the webhook URL's path: MisPay signs nothing"},
			{Name: "MISPAY_BASE_URL", Required: false, Description: "Full base URL, such as https://api-sandbox.mispay.dev/v1/api for the sandbox"},
		},
		Notes: []string{
			"MisPay captures by itself: capture tells it that the merchant knows of the payment (finalizes). A part can't be captured.",
			"An unpaid link can't be cancelled at MisPay: it's cancelled here alone, and still watched.",
			"A refund needs the checkout id, which comes with the payment. Its outcome can't be looked up later.",
			"MisPay documents no end of a link: it's watched for 24 hours.",
			"Give MisPay staff the webhook URL with its secret, …/webhooks/mispay/{org_app_id}/{secret}, and the callback URL …/callbacks/mispay/{org_app_id}.",
			"MisPay sends webhooks once and doesn't repeat them: links are polled, too.",
		},
		LinkLife:   DefaultLifetime,
		SettleLife: DefaultLifetime,
		// MisPay documents no limit: a guess on the safe side.
		RateLimit: 5,
	}
}
