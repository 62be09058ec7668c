package providers

import (
	"log/slog"
	"net/http"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/providers/dinero"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/tap"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tamara"
)

// Entry is a provider of the catalogue.
type Entry struct {
	paylinks.Info
	// New makes the provider from the credentials that Info names. It's nil for one that this version only tells of.
	New func(Settings) (paylinks.Installed, error)
	// Params are the settings of a gateway's app, beside its credentials.
	Params []api.ProviderParam
}

// Available tells whether this version can talk to the provider.
func (e Entry) Available() bool { return e.New != nil }

// Settings are what a provider is made from.
type Settings struct {
	// Credential returns a credential by its name in [paylinks.Info], "" for one that isn't set: os.Getenv will do.
	Credential func(name string) string
	// BaseURL replaces the provider's own host, for stand-ins (default none).
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger
}

// Entries are all providers, sorted by id. The caller may change them.
func Entries() []Entry {
	return []Entry{
		gateway(dinero.Info(), newDinero, paymentIDs()),
		gateway(hyperpay.Info(), newHyperPay, queryInterval()),
		{Info: mispay.Info(), New: newMisPay},
		gateway(moyasar.Info(), newMoyasar),
		gateway(paypal.Info(), newPayPal),
		gateway(stripe.Info(), newStripe),
		{Info: tabby.Info(), New: newTabby},
		{Info: tamara.Info(), New: newTamara},
		gateway(tap.Info(), newTap),
	}
}

// Catalogue describes all providers, sorted by id.
func Catalogue() []paylinks.Info {
	entries := Entries()
	infos := make([]paylinks.Info, 0, len(entries))
	for _, entry := range entries {
		infos = append(infos, entry.Info)
	}
	return infos
}

// Find finds a provider by its id.
func Find(id string) (Entry, bool) {
	for _, entry := range Entries() {
		if entry.ID == id {
			return entry, true
		}
	}
	return Entry{}, false
}
