package acmepay

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Info describes Acme Pay as a provider. It needs no configuration. Each call makes new lists, so that nobody can change another's.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:          "acmepay",
		Name:        "Acme Pay",
		Description: "An invented pay-in-4 provider, the template for your own",
		Kind:        paylinks.KindBNPL,
		Regions:     "KSA, Kuwait",
		AppSlug:     "acmepay-pos-paylinks",
		Currencies:  []paylinks.Currency{paylinks.SAR, paylinks.KWD},
		Checkout:    paylinks.DeliveryQR,
		Capabilities: []paylinks.Capability{
			paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanCancel, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly,
			paylinks.CanSend, paylinks.CanReceiveWebhook, paylinks.CanFindByReference,
			// What decides how an operation whose answer was lost is settled: by doing it again, and by looking for it.
			paylinks.CanRepeatCapture, paylinks.CanRepeatRefund, paylinks.CanTraceCapture, paylinks.CanTraceRefund,
		},
		OptionalFields: []paylinks.Field{
			{Name: "plan", Type: "string", Description: "In how many parts to pay, pay_in_4 by default", Values: []string{"pay_in_3", "pay_in_4"}},
		},
		Credentials: []paylinks.Credential{
			{Name: "ACMEPAY_API_KEY", Required: true, Description: "API key, acme_…"},
			{Name: "ACMEPAY_WEBHOOK_SECRET", Required: true, Description: "Key of the webhooks' signatures"},
		},
		Notes:      []string{"A link can be paid for 30 minutes."},
		LinkLife:   30 * time.Minute,
		SettleLife: time.Hour,
		RateLimit:  20,
	}
}
