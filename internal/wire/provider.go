package wire

import (
	"cmp"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// FromCatalogue is the list of providers.
func FromCatalogue(infos []paylinks.Info) api.ProviderList {
	list := api.ProviderList{Providers: make([]api.Provider, 0, len(infos)), Total: len(infos)}
	for _, info := range infos {
		list.Providers = append(list.Providers, api.Provider{
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
	slices.SortFunc(list.Providers, func(a, b api.Provider) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
