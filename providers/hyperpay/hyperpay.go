package hyperpay

import (
	"context"
	"iter"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/internal/api"
)

var (
	_ paylinks.Gateway         = (*Gateway)(nil)
	_ paylinks.WebhookReceiver = (*Gateway)(nil)
)

// Gateway is one HyperPay account. It's safe for concurrent use: all walks keep to one pace of queries.
type Gateway struct {
	config Config
	api    *api.Client
	pace   *patience.Pace
}

// New makes a Gateway. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Gateway, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Gateway{
		config: config,
		pace: &patience.Pace{
			Interval: config.QueryInterval, Tries: config.Tries, RatePause: ratePause, Now: config.Now, Wait: config.Wait,
		},
		api: &api.Client{
			// The walk repeats by itself, at HyperPay's pace.
			REST: rest.New(rest.Config{
				HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: -1, MaxBody: largestAnswer, Logger: config.Logger,
			}),
			BaseURL: config.host(), Token: config.AccessToken,
		},
	}, nil
}

// Info describes HyperPay.
func (g *Gateway) Info() paylinks.Info {
	info := Info()
	info.LookBack = g.config.LookBack
	return info
}

// String names the gateway and hides its credentials from package fmt.
func (g *Gateway) String() string { return "hyperpay.Gateway" }

// GoString is the same for %#v.
func (g *Gateway) GoString() string { return g.String() }

// Payments yields every payment that was made in the window, once, and those that were refunded or charged back in it. Entities come one after the other,
// the windows of each newest first, the payments of each window in HyperPay's order; updates of payments that are older than the walk come at
// the end of their entity. See the package's documentation for what is held in memory.
//
// The last payment of each window that was asked for has a Checkpoint. It holds the ids that refunds of the part behind it refer to, some 30 bytes each,
// so that a walk that resumes there asks for nothing twice.
func (g *Gateway) Payments(ctx context.Context, query paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		w, err := g.newWalk(query)
		if err != nil {
			yield(paylinks.Payment{}, err)
			return
		}
		if err := w.run(ctx, yield); err != nil {
			yield(paylinks.Payment{}, err)
		}
	}
}
