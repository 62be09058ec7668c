package tamara

import (
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Tamara ends a link that isn't paid after so long, unless its support has enabled another time.
const (
	inStoreLife = 15 * time.Minute
	onlineLife  = 30 * time.Minute
)

// settleSlack is how long after its link's end a payment may still show: a buyer may be on the page when time runs out.
const settleSlack = 15 * time.Minute

// Info describes Tamara as a provider, in the flow that is the default. It needs no configuration.
func Info() paylinks.Info { return Config{}.normalized().info() }

// String names the provider. It keeps fmt from printing the credentials inside.
func (p *Provider) String() string { return "tamara.Provider" }

// GoString does the same for %#v.
func (p *Provider) GoString() string { return p.String() }

// Info describes Tamara in the flow that is configured.
func (p *Provider) Info() paylinks.Info { return p.config.info() }

// info describes Tamara as a normalized c has it.
func (c Config) info() paylinks.Info {
	info := paylinks.Info{
		ID:          "tamara",
		Name:        "Tamara",
		Description: "Pay-in-instalments BNPL with SMS paylinks for POS",
		Kind:        paylinks.KindBNPL,
		Regions:     "KSA, UAE, Bahrain",
		AppSlug:     "tamara-pos-paylinks",
		Currencies:  slices.Clone(c.Currencies),
		Capabilities: []paylinks.Capability{
			paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanVoid,
			paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanTraceRefund, paylinks.CanFindByReference, paylinks.CanReceiveWebhook,
		},
		OptionalFields: []paylinks.Field{
			{Name: "payment_type", Type: "string", Description: "pay_by_instalments (default) or pay_by_later"},
			{Name: "store_code", Type: "string", Description: "Store identifier for multi-store setups"},
			{Name: "locale", Type: "string", Description: "Locale for checkout page, ar_SA or en_US (defaults to the lang of the request, else ar_SA)"},
		},
		Credentials: []paylinks.Credential{
			{Name: "TAMARA_API_TOKEN", Required: true, Description: "API token (merchant token) of the partner portal; sandbox and live have their own"},
			{Name: "TAMARA_NOTIFICATION_TOKEN", Required: true, Description: "Notification token of the partner portal, the key of the webhooks' proof"},
			{Name: "TAMARA_BASE_URL", Required: false, Description: "https://api-sandbox.tamara.co or https://api.tamara.co, without a path"},
		},
		LinkLife:   c.life(c.Flow),
		SettleLife: c.life(c.Flow) + settleSlack,
	}
	phone := paylinks.Field{Name: "phone_number", Type: "string", Description: "Customer phone for SMS checkout"}
	switch c.Flow {
	case FlowOnline:
		info.Checkout = paylinks.DeliveryQR
		info.RequiredFields = []paylinks.Field{
			phone,
			{Name: "buyer_name", Type: "string", Description: "Customer's name: Tamara's online checkout demands it"},
			{Name: "buyer_email", Type: "string", Description: "Customer's e-mail: Tamara's online checkout demands it"},
		}
		info.Notes = []string{
			"A link can be paid for 30 minutes. An unpaid one can't be cancelled at Tamara.",
			"A payment is authorized for you within Tamara's 72 hours; capture it within 21 days, or Tamara does.",
		}
	case FlowQR:
		info.Checkout = paylinks.DeliveryQR
		info.Capabilities = append(info.Capabilities, paylinks.CanCancel)
		info.Notes = []string{"The QR code is meant for Tamara's app. It can be paid for 15 minutes.", selfCaptured}
	default:
		info.Checkout = paylinks.DeliverySMS
		info.Capabilities = append(info.Capabilities, paylinks.CanCancel)
		info.RequiredFields = []paylinks.Field{phone}
		info.Notes = []string{"Tamara texts the link to the customer. It can be paid for 15 minutes.", selfCaptured}
	}
	info.Notes = append(info.Notes,
		"Declined and expired orders don't show in Tamara's portal.",
		"The customer may choose another way of payment on Tamara's page than payment_type says.",
	)
	return info
}

const selfCaptured = "Tamara captures by itself once the customer has paid: hand out the goods when the link is captured. Where an account leaves that to you, the link is authorized, and capturing it authorizes it at Tamara first."
