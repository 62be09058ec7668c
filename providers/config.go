package providers

import (
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

const gatewayNote = "This provider makes no payment links: its id isn't valid for POST /api/v1/providers/paylinks. " +
	"Use Payments Orders, or schedule the sync of its app."

// Config is the configuration payload of a provider. It's false for an unknown id.
func Config(id string) (api.ProviderConfig, bool) {
	entry, ok := Find(id)
	if !ok {
		return api.ProviderConfig{}, false
	}
	return entry.Config(), true
}

// Config is the configuration payload of the entry, which may be of a provider that isn't in the catalogue.
func (entry Entry) Config() api.ProviderConfig {
	payload := api.ProviderConfig{
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
		return payload
	}
	required, optional := linkFields(entry.ID)
	payload.RequiredFields = slices.Concat(required, entry.RequiredFields)
	payload.OptionalFields = slices.DeleteFunc(override(optional, entry.OptionalFields), func(field paylinks.Field) bool {
		return slices.ContainsFunc(entry.RequiredFields, func(required paylinks.Field) bool { return required.Name == field.Name })
	})
	payload.Endpoints = linkEndpoints(entry.Info)
	return payload
}

// linkFields are the fields of every payment link.
func linkFields(id string) (required, optional []paylinks.Field) {
	ids := "tabby, tamara or mispay"
	if _, ours := Find(id); !ours {
		ids = id
	}
	required = []paylinks.Field{
		{Name: "provider", Type: "string", Description: "BNPL provider id: " + ids},
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

func linkEndpoints(info paylinks.Info) api.ProviderEndpoints {
	const links, link = "/api/v1/providers/paylinks", "/api/v1/providers/paylinks/{id}"
	endpoints := api.ProviderEndpoints{
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

func syncEndpoints() api.ProviderEndpoints {
	return api.ProviderEndpoints{
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
