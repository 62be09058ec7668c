package tabby

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Info describes Tabby as a provider. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:          "tabby",
		Name:        "Tabby",
		Description: "Pay-in-4 BNPL with QR code checkout for POS",
		Kind:        paylinks.KindBNPL,
		Regions:     "KSA, UAE, Kuwait",
		AppSlug:     "tabby-pos-paylinks",
		Currencies:  []paylinks.Currency{paylinks.SAR, paylinks.AED, paylinks.KWD},
		Checkout:    paylinks.DeliveryQR,
		Capabilities: []paylinks.Capability{
			paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanCancel, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly,
			paylinks.CanSend, paylinks.CanReceiveWebhook, paylinks.CanRepeatCapture, paylinks.CanRepeatRefund,
			paylinks.CanTraceCapture, paylinks.CanTraceRefund,
		},
		OptionalFields: []paylinks.Field{
			{Name: "buyer_phone", Type: "string", Description: "Customer's mobile; needed to have Tabby send the link by SMS, and raises approval"},
			{Name: "lang", Type: "string", Description: "Checkout language (ar or en), ar by default"},
		},
		Credentials: []paylinks.Credential{
			{Name: "TABBY_SECRET_KEY", Required: true, Description: "Secret key, sk_test_… for test or sk_… for live"},
			{Name: "TABBY_MERCHANT_CODE", Required: true, Description: "Merchant code of the country or branch; it settles in one currency"},
			{Name: "TABBY_WEBHOOK_SECRET", Required: true, Description: "What Tabby is to send in the webhook header, as its proof: choose a long random text"},
			{Name: "TABBY_WEBHOOK_HEADER", Required: false, Description: "Name of that header, X-Webhook-Secret by default"},
		},
		Notes: []string{
			"A link can be paid for 20 minutes.",
			"A pre-scoring refusal answers 422 buyer_rejected with the wording that Tabby prescribes.",
			"Capture once the link is authorized, or cancel it: Tabby may capture by itself what is left for 21 days.",
			"Refunds are possible for 180 days, once the payment is wholly captured or its rest is cancelled.",
			"Webhooks of test and live keys are registered apart.",
		},
		LinkLife:   20 * time.Minute,
		SettleLife: 45 * time.Minute,
		// A test key's limit; a live key may make 100. New sessions have a limit of their own: 20 per second live, 1 in test.
		RateLimit: 50,
	}
}
