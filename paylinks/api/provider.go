package api

import (
	"github.com/paylinks/paylinks-go/paylinks"
)

// Provider is an entry of the list of providers.
type Provider struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Type        paylinks.Kind `json:"type"`
	Regions     string        `json:"regions"`
	AppSlug     string        `json:"app_slug,omitempty"`

	Capabilities []paylinks.Capability `json:"capabilities,omitempty"`
	Currencies   []paylinks.Currency   `json:"currencies,omitempty"`
	Checkout     paylinks.Delivery     `json:"checkout,omitempty"`
}

// ProviderList answers the list of providers.
type ProviderList struct {
	// Providers are sorted by id.
	Providers []Provider `json:"providers"`
	Total     int        `json:"total"`
}

// ProviderConfig is what an integrator must know of a provider, as GET /api/v1/providers/config/{provider} answers it.
type ProviderConfig struct {
	Provider     string                `json:"provider"`
	Name         string                `json:"name"`
	Description  string                `json:"description"`
	Type         paylinks.Kind         `json:"type"`
	Regions      string                `json:"regions"`
	Currencies   []paylinks.Currency   `json:"currencies"`
	Checkout     paylinks.Delivery     `json:"checkout,omitempty"`
	AppSlug      string                `json:"app_slug"`
	Capabilities []paylinks.Capability `json:"capabilities"`
	// Available is false for a provider that this version only tells of.
	Available bool `json:"available"`
	// RequiredFields and OptionalFields are those of the request that the provider is for: a payment link, or a sync.
	RequiredFields []paylinks.Field      `json:"required_fields"`
	OptionalFields []paylinks.Field      `json:"optional_fields"`
	Credentials    []paylinks.Credential `json:"credentials"`
	Endpoints      ProviderEndpoints     `json:"endpoints"`
	Notes          []string              `json:"notes"`
	// Note and CustomParams are set for gateways.
	Note         string          `json:"note,omitempty"`
	CustomParams []ProviderParam `json:"custom_params,omitempty"`
}

// ProviderEndpoints are the calls that go with a provider, each as "METHOD path".
type ProviderEndpoints struct {
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

// ProviderParam is a setting of a gateway's app.
type ProviderParam struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Default is what holds where it isn't set, "" for none.
	Default     string `json:"default,omitempty"`
	Description string `json:"description"`
}
