package dinero

import (
	"context"
	"iter"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero/internal/api"
)

var (
	_ paylinks.Gateway         = (*Gateway)(nil)
	_ paylinks.WebhookReceiver = (*Gateway)(nil)
)

// Gateway is some payments of one Dinero Pay account. It's safe for concurrent use.
type Gateway struct {
	config  Config
	api     *api.Client
	targets []target
}

// New makes a Gateway. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Gateway, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Gateway{
		config:  config,
		targets: targets(config),
		api: &api.Client{
			BaseURL: config.BaseURL, MerchantKey: config.MerchantKey, Password: config.Password, Wait: config.Wait,
			// The api package repeats calls itself, with the patience that a long walk needs.
			REST: rest.New(rest.Config{HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: -1, Logger: config.Logger}),
		},
	}, nil
}

// String says nothing of the configuration: the password is in it.
func (g *Gateway) String() string { return "dinero.Gateway" }

// GoString says as little in %#v.
func (g *Gateway) GoString() string { return g.String() }

// Info describes Dinero Pay.
func (g *Gateway) Info() paylinks.Info { return Info() }

// Payments yields each configured payment, and the last one of each configured order, in the order of the configuration and one call after
// the other. The window of query doesn't apply: Dinero Pay can't be asked by time. A payment that Dinero Pay doesn't know, or refuses to tell of, is
// a [*paylinks.BadRow].
func (g *Gateway) Payments(ctx context.Context, query paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		seen := map[string]bool{}
		for _, target := range after(g.targets, query.Resume) {
			if ctx.Err() != nil {
				yield(paylinks.Payment{}, refusal(ctx.Err()))
				return
			}
			payment, err := g.look(ctx, target)
			if err == nil && seen[payment.ID] {
				continue
			}
			seen[payment.ID] = true
			if !yield(payment, err) || (err != nil && !isBadRow(err)) {
				return
			}
		}
	}
}
