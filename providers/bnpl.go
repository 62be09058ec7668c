package providers

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

func tamara() paylinks.Info {
	return paylinks.Info{
		ID:          "tamara",
		Name:        "Tamara",
		Description: "Split-in-3 or pay-later BNPL with SMS checkout for POS",
		Kind:        paylinks.KindBNPL,
		Regions:     "KSA, UAE, Bahrain",
		AppSlug:     "tamara-pos-paylinks",
		Currencies:  []paylinks.Currency{paylinks.SAR, paylinks.AED, paylinks.BHD},
		Checkout:    paylinks.DeliverySMS,
		Capabilities: []paylinks.Capability{
			paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanCancel, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly,
			paylinks.CanReceiveWebhook, paylinks.CanFindByReference,
		},
		RequiredFields: []paylinks.Field{
			{Name: "phone_number", Type: "string", Description: "Customer phone for SMS checkout; buyer_phone where it's left out"},
		},
		OptionalFields: []paylinks.Field{
			{Name: "payment_type", Type: "string", Description: "pay_by_instalments (default) or pay_by_later"},
			{Name: "store_code", Type: "string", Description: "Store identifier for multi-store setups"},
			{Name: "locale", Type: "string", Description: "Locale for checkout page (defaults to ar_SA)"},
		},
		Credentials: []paylinks.Credential{
			{Name: "TAMARA_API_TOKEN", Required: true, Description: "API token of the merchant account"},
			{Name: "TAMARA_NOTIFICATION_TOKEN", Required: false, Description: "Required for webhooks: the key with which Tamara signs them"},
		},
		Notes: []string{
			"An in-store link can be paid for 15 minutes, and captures itself once it's paid.",
			"Tokens of the sandbox and of production don't work on each other's host.",
		},
		LinkLife:   15 * time.Minute,
		SettleLife: 45 * time.Minute,
	}
}

func mispay() paylinks.Info {
	return paylinks.Info{
		ID:           "mispay",
		Name:         "MisPay",
		Description:  "Split-in-4 BNPL with QR code checkout for POS",
		Kind:         paylinks.KindBNPL,
		Regions:      "KSA",
		AppSlug:      "mispay-pos-paylinks",
		Currencies:   []paylinks.Currency{paylinks.SAR},
		Checkout:     paylinks.DeliveryQR,
		Capabilities: []paylinks.Capability{paylinks.CanCapture, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "MISPAY_APP_ID", Required: true, Description: "App ID of the merchant's application"},
			{Name: "MISPAY_APP_SECRET", Required: true, Description: "App secret of that application"},
			{Name: "MISPAY_WEBHOOK_SECRET", Required: false, Description: "Required for webhooks: the secret part of the webhook URL's path"},
		},
		Notes: []string{
			"MisPay captures by itself; capturing here tells it that the merchant knows (finalizes).",
			"An unpaid link can't be cancelled at MisPay: it's cancelled here alone.",
		},
		LinkLife:   24 * time.Hour,
		SettleLife: 25 * time.Hour,
	}
}
