package tap

import (
	"context"
	"iter"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

var (
	_ paylinks.Gateway         = (*Gateway)(nil)
	_ paylinks.WebhookReceiver = (*Gateway)(nil)
)

// Gateway is one Tap account. It's safe for concurrent use.
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
			BaseURL: config.BaseURL, Key: config.SecretKey, RefundsPath: config.RefundsPath, Wait: config.Wait,
			// The api package repeats calls itself, with the patience that a long list needs.
			REST: rest.New(rest.Config{HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: -1, Logger: config.Logger}),
		},
	}, nil
}

// String says nothing of the configuration: the key is in it.
func (g *Gateway) String() string { return "tap.Gateway" }

// GoString says as little in %#v.
func (g *Gateway) GoString() string { return g.String() }

// Info describes Tap, with the look-back as configured.
func (g *Gateway) Info() paylinks.Info {
	info := Info()
	info.LookBack = g.config.LookBack
	return info
}

// Payments yields the charges that were created within the window, oldest first, and then those created before it that were refunded
// within it. Refunded amounts are as of now, whatever the window.
func (g *Gateway) Payments(ctx context.Context, query paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		at, err := parseCursor(query.Resume)
		if err != nil {
			yield(paylinks.Payment{}, err)
			return
		}
		w := &walk{gateway: g, ctx: ctx, query: query, yield: yield, refunds: newRefunds(query)}
		_ = w.readRefunds(query.From, span.Later(query.To, g.config.Now())) && (at.late || w.charges(at)) && w.lateRefunds(at)
	}
}
