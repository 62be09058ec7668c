package api

import (
	"cmp"
	"slices"

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

// FromCatalogue is the list of providers.
func FromCatalogue(infos []paylinks.Info) ProviderList {
	list := ProviderList{Providers: make([]Provider, 0, len(infos)), Total: len(infos)}
	for _, info := range infos {
		list.Providers = append(list.Providers, Provider{
			ID:           info.ID,
			Name:         info.Name,
			Description:  info.Description,
			Type:         info.Kind,
			Regions:      info.Regions,
			AppSlug:      info.AppSlug,
			Capabilities: info.Capabilities,
			Currencies:   info.Currencies,
			Checkout:     info.Checkout,
		})
	}
	slices.SortFunc(list.Providers, func(a, b Provider) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
