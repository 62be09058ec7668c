package providers

import (
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
)

// ConfigPayload is what an integrator must know of a provider, as GET /api/v1/providers/config/{provider} answers it.
type ConfigPayload struct {
	// Provider to Regions are as in the catalogue.
	Provider    string              `json:"provider"`
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Type        paylinks.Kind       `json:"type"`
	Regions     string              `json:"regions"`
	Currencies  []paylinks.Currency `json:"currencies"`
	// Checkout is how a link reaches the buyer, "" for a gateway.
	Checkout     paylinks.Delivery     `json:"checkout,omitempty"`
	AppSlug      string                `json:"app_slug"`
	Capabilities []paylinks.Capability `json:"capabilities"`
	// Available is false for a provider that this version only tells of.
	Available bool `json:"available"`
	// RequiredFields and OptionalFields are those of the request that the provider is for: a payment link, or a sync.
	RequiredFields []paylinks.Field      `json:"required_fields"`
	OptionalFields []paylinks.Field      `json:"optional_fields"`
	Credentials    []paylinks.Credential `json:"credentials"`
	Endpoints      Endpoints             `json:"endpoints"`
	Notes          []string              `json:"notes"`
	// Note and CustomParams are set for gateways.
	Note         string  `json:"note,omitempty"`
	CustomParams []Param `json:"custom_params,omitempty"`
}

// Endpoints are the calls that go with a provider, each as "METHOD path".
type Endpoints struct {
	Create  string `json:"create,omitempty"`
	List    string `json:"list,omitempty"`
	Get     string `json:"get,omitempty"`
	Capture string `json:"capture,omitempty"`
	Cancel  string `json:"cancel,omitempty"`
	Refund  string `json:"refund,omitempty"`
	Send    string `json:"send,omitempty"`
	QR      string `json:"qr,omitempty"`
	Events  string `json:"events,omitempty"`
	Webhook string `json:"webhook,omitempty"`

	PaymentOrders string `json:"payment_orders,omitempty"`
	Sync          string `json:"sync,omitempty"`
	Payments      string `json:"payments,omitempty"`
}

const gatewayNote = "This provider makes no payment links: its id isn't valid for POST /api/v1/providers/paylinks. " +
	"Use Payments Orders, or schedule the sync of its app."

// Config is the configuration payload of a provider. It's false for an unknown id.
func Config(id string) (ConfigPayload, bool) {
	entry, ok := Find(id)
	if !ok {
		return ConfigPayload{}, false
	}
	payload := ConfigPayload{
		Provider:     entry.ID,
		Name:         entry.Name,
		Description:  entry.Description,
		Type:         entry.Kind,
		Regions:      entry.Regions,
		Currencies:   list(entry.Currencies),
		Checkout:     entry.Checkout,
		AppSlug:      entry.AppSlug,
		Capabilities: list(entry.Capabilities),
		Available:    entry.Available(),
		Credentials:  list(entry.Credentials),
		Notes:        list(entry.Notes),
	}
	if entry.Kind == paylinks.KindGatewaySync {
		payload.RequiredFields, payload.OptionalFields = syncFields()
		payload.Endpoints = syncEndpoints()
		payload.Note = gatewayNote
		payload.CustomParams = entry.Params
		return payload, true
	}
	required, optional := linkFields()
	payload.RequiredFields = slices.Concat(required, entry.RequiredFields)
	payload.OptionalFields = override(optional, entry.OptionalFields)
	payload.Endpoints = linkEndpoints(entry.Info)
	return payload, true
}

// linkFields are the fields of every payment link.
func linkFields() (required, optional []paylinks.Field) {
	required = []paylinks.Field{
		{Name: "provider", Type: "string", Description: "BNPL provider id: tabby, tamara or mispay"},
		{Name: "org_app_id", Type: "string", Description: "Organization app id of the installed provider app"},
		{Name: "order_id", Type: "string", Description: "Your order reference id"},
		{Name: "amount", Type: "string/number", Description: `Payment amount, such as "100.00"`},
		{Name: "currency", Type: "string", Description: "Currency code, one of currencies"},
	}
	optional = []paylinks.Field{
		{Name: "description", Type: "string", Description: "Order description"},
		{Name: "buyer_name", Type: "string", Description: "Customer name"},
		{Name: "buyer_email", Type: "string", Description: "Customer email"},
		{Name: "buyer_phone", Type: "string", Description: "Customer phone, in international form or the currency's national one"},
		{Name: "lang", Type: "string", Description: "Checkout language (ar or en)"},
		{Name: "items", Type: "array", Description: "Line items; they add up to amount"},
		{Name: "metadata", Type: "object", Description: "Your own data: up to 50 keys with texts of up to 500 characters"},
	}
	return required, optional
}

// syncFields are the fields of POST /api/v1/payments/sync.
func syncFields() (required, optional []paylinks.Field) {
	required = []paylinks.Field{
		{Name: "org_app_id", Type: "string", Description: "Organization app id of the installed gateway app"},
	}
	optional = []paylinks.Field{
		{Name: "from", Type: "string", Description: "Start of the time to sync, RFC 3339; from the last sync where it's left out"},
		{Name: "to", Type: "string", Description: "End of the time to sync, RFC 3339; now where it's left out"},
	}
	return required, optional
}

func linkEndpoints(info paylinks.Info) Endpoints {
	const links, link = "/api/v1/providers/paylinks", "/api/v1/providers/paylinks/{id}"
	endpoints := Endpoints{
		Create: "POST " + links,
		List:   "GET " + links,
		Get:    "GET " + link,
		Cancel: "POST " + link + "/cancel",
		QR:     "GET " + link + "/qr",
		Events: "GET " + link + "/events",
	}
	for _, optional := range []struct {
		capability paylinks.Capability
		endpoint   *string
		call       string
	}{
		{paylinks.CanCapture, &endpoints.Capture, "POST " + link + "/capture"},
		{paylinks.CanRefund, &endpoints.Refund, "POST " + link + "/refund"},
		{paylinks.CanSend, &endpoints.Send, "POST " + link + "/send"},
		{paylinks.CanReceiveWebhook, &endpoints.Webhook, "POST /api/v1/providers/webhooks/" + info.ID + "/{org_app_id}"},
	} {
		if info.Can(optional.capability) {
			*optional.endpoint = optional.call
		}
	}
	return endpoints
}

func syncEndpoints() Endpoints {
	return Endpoints{
		PaymentOrders: "POST /api/v1/payments/orders",
		Sync:          "POST /api/v1/payments/sync",
		Payments:      "GET /api/v1/payments",
	}
}

// override is common with the provider's own fields: one of the same name takes the place of the common one, others follow.
func override(common, own []paylinks.Field) []paylinks.Field {
	fields := common
next:
	for _, field := range own {
		for i := range fields {
			if fields[i].Name == field.Name {
				fields[i] = field
				continue next
			}
		}
		fields = append(fields, field)
	}
	return fields
}

// list is values, or an empty list for nil: JSON has a list either way.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
