// Package simulate starts the providers' simulators for the examples.
package simulate

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero/dinerotest"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
	"github.com/paylinks/paylinks-go/providers/tap/taptest"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// Options say how to simulate.
type Options struct {
	// Pages is the URL under which a link provider's checkout pages are, Webhook where its webhooks go, Callback where the buyer's browser returns to.
	Pages, Webhook, Callback string
	// History is how many payments of the last 60 days a gateway has.
	History int
}

// Provider is a simulated provider.
type Provider struct {
	// ID is its id in the catalogue.
	ID string
	// Credentials are what it accepts, by the names in the catalogue.
	Credentials map[string]string
	// Path is where its API begins on its host, "" for the root.
	Path    string
	Handler http.Handler
	// Run sends its webhooks until its context ends, nil for a provider that sends none.
	Run func(context.Context) error
	// HasPages: a person can look at it in a browser.
	HasPages bool
}

// Credential returns one of the credentials, "" for none.
func (p Provider) Credential(name string) string { return p.Credentials[name] }

// Links starts the providers of payment links. options tells for each where it's reached.
func Links(options func(id string) Options) []Provider {
	return []Provider{tabbySimulator(options("tabby")), tamara(options("tamara")), mispay(options("mispay"))}
}

// Gateways starts the gateways, each with a history.
func Gateways(options Options) []Provider {
	return []Provider{dinero(options), hyperpay(options), moyasar(options), paypal(options), stripe(options), tap(options)}
}

// merchant is the name on every checkout page.
const merchant = "Demo Store"

func tabbySimulator(o Options) Provider {
	secret := rand.Text()
	server := tabbytest.New(tabbytest.Config{
		MerchantCodes: map[string]paylinks.Currency{"SA": paylinks.SAR}, BaseURL: o.Pages, MerchantName: merchant,
		WebhookURL: o.Webhook, WebhookHeader: tabby.DefaultWebhookHeader, WebhookSecret: secret,
	})
	return Provider{
		ID: "tabby", Handler: server, Run: server.Run, HasPages: true,
		Credentials: map[string]string{"TABBY_SECRET_KEY": tabbytest.SecretKey, "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": secret},
	}
}

func tamara(o Options) Provider {
	token := rand.Text()
	server := tamaratest.New(tamaratest.Config{NotificationToken: token, BaseURL: o.Pages, MerchantName: merchant, WebhookURL: o.Webhook})
	return Provider{
		ID: "tamara", Handler: server, Run: server.Run, HasPages: true,
		Credentials: map[string]string{"TAMARA_API_TOKEN": tamaratest.APIToken, "TAMARA_NOTIFICATION_TOKEN": token},
	}
}

func mispay(o Options) Provider {
	secret := rand.Text()
	server := mispaytest.New(mispaytest.Config{BaseURL: o.Pages, MerchantName: merchant, CallbackURL: o.Callback, WebhookURL: o.Webhook + "/" + secret})
	return Provider{
		ID: "mispay", Handler: server, Path: mispaytest.BasePath, Run: server.Run, HasPages: true,
		Credentials: map[string]string{"MISPAY_APP_ID": mispaytest.AppID, "MISPAY_APP_SECRET": mispaytest.AppSecret, "MISPAY_WEBHOOK_SECRET": secret},
	}
}

// span is how far back the histories reach: a first sync sees all of them.
const span = 60 * 24 * time.Hour

// step is the time between two payments of a history.
func (o Options) step() time.Duration { return span / time.Duration(max(o.History, 1)) }

func dinero(o Options) Provider {
	server := dinerotest.New(dinerotest.Config{History: o.History})
	return Provider{
		ID: "dinero", Handler: server, Run: server.Run,
		Credentials: map[string]string{
			"DINERO_MERCHANT_KEY": dinerotest.MerchantKey, "DINERO_PASSWORD": dinerotest.Password, "DINERO_PAYMENT_IDS": strings.Join(server.HistoryIDs(), ","),
		},
	}
}

func hyperpay(o Options) Provider {
	server := hyperpaytest.New(hyperpaytest.Config{History: o.History, HistoryFrom: time.Now().Add(-span)})
	return Provider{
		ID: "hyperpay", Handler: server,
		Credentials: map[string]string{
			"HYPERPAY_ACCESS_TOKEN": hyperpaytest.AccessToken, "HYPERPAY_ENTITY_ID": hyperpaytest.EntityID + "," + hyperpaytest.MadaEntityID,
			"HYPERPAY_QUERY_INTERVAL": "10ms",
		},
	}
}

func moyasar(o Options) Provider {
	return Provider{
		ID: "moyasar", Handler: moyasartest.New(moyasartest.Config{History: o.History, HistoryStep: o.step()}),
		Credentials: map[string]string{"MOYASAR_SECRET_KEY": moyasartest.SecretKey},
	}
}

func paypal(o Options) Provider {
	return Provider{
		ID: "paypal", Handler: paypaltest.New(paypaltest.Config{History: o.History, HistoryFrom: time.Now().Add(-span)}),
		Credentials: map[string]string{"PAYPAL_CLIENT_ID": paypaltest.ClientID, "PAYPAL_CLIENT_SECRET": paypaltest.ClientSecret},
	}
}

func stripe(o Options) Provider {
	return Provider{
		ID: "stripe", Handler: stripetest.New(stripetest.Config{History: o.History, HistoryStep: o.step()}),
		Credentials: map[string]string{"STRIPE_SECRET_KEY": stripetest.SecretKey},
	}
}

func tap(o Options) Provider {
	server := taptest.New(taptest.Config{History: o.History, Start: time.Now().Add(-span), Step: o.step()})
	return Provider{
		ID: "tap", Handler: server, Run: server.Run,
		Credentials: map[string]string{"TAP_SECRET_KEY": taptest.SecretKey},
	}
}
