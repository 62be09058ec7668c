package stripe

import (
	"context"
	"iter"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

var (
	_ paylinks.Gateway         = (*Gateway)(nil)
	_ paylinks.WebhookReceiver = (*Gateway)(nil)
)

// Gateway is one Stripe account. It's safe for concurrent use.
type Gateway struct {
	config Config
	api    *api.Client
}

// New makes a Gateway. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Gateway, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Gateway{
		config: config,
		api: &api.Client{
			BaseURL: config.BaseURL, Key: config.SecretKey, Account: config.AccountID, Wait: config.Wait,
			// The api package repeats calls itself, with the patience that a long list needs.
			REST: rest.New(rest.Config{
				HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: -1, MaxBody: largestAnswer, Logger: config.Logger,
			}),
		},
	}, nil
}

// String says nothing of the configuration: the key is in it.
func (g *Gateway) String() string { return "stripe.Gateway" }

// GoString says as little in %#v.
func (g *Gateway) GoString() string { return g.String() }

// Info describes Stripe, with the look-back as configured.
func (g *Gateway) Info() paylinks.Info {
	info := Info()
	info.LookBack = g.config.LookBack
	return info
}

// Payments yields the PaymentIntents that were created within the window, newest first, and then those created before it that were
// refunded or disputed within it. All are as of now, whatever the window. Stripe's times are whole seconds.
func (g *Gateway) Payments(ctx context.Context, query paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		w := &walk{gateway: g, ctx: ctx, query: query, yield: yield}
		if !resumable(query.Resume) {
			w.fail(errResume)
			return
		}
		_ = w.created(query.Resume) && (g.config.CreatedOnly || w.late())
	}
}
