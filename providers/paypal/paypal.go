package paypal

import (
	"context"
	"crypto/x509"
	"iter"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

var (
	_ paylinks.Gateway         = (*Gateway)(nil)
	_ paylinks.WebhookReceiver = (*Gateway)(nil)
)

// Gateway is one PayPal account. It's safe for concurrent use: all walks share one token and keep to one rate of calls.
type Gateway struct {
	config Config
	api    *api.Client
	pace   *patience.Pace
	// certificates are PayPal's, for webhooks that are checked here.
	certificates *certificates
}

// New makes a Gateway. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Gateway, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	client := api.New(api.Config{
		// The walk repeats by itself, at PayPal's pace.
		REST: rest.New(rest.Config{
			HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: -1, MaxBody: largestAnswer, Logger: config.Logger,
		}),
		BaseURL: config.host(), ClientID: config.ClientID, ClientSecret: config.ClientSecret, Now: config.Now,
	})
	return &Gateway{
		config: config,
		api:    client,
		pace: &patience.Pace{
			Interval: config.Interval, Tries: config.Tries, RatePause: ratePause, Now: config.Now, Wait: config.Wait,
		},
		certificates: &certificates{fetch: client.Certificate, roots: config.WebhookRoots, now: config.Now, known: map[string]*x509.Certificate{}},
	}, nil
}

// call makes a call when its turn comes, again where that may help. Its error is a [*paylinks.ProviderError] whose causes are whole.
func (g *Gateway) call(ctx context.Context, call func() error) error {
	return g.pace.Turn(ctx, func() error { return refusal(call()) })
}

// Info describes PayPal.
func (g *Gateway) Info() paylinks.Info {
	info := Info()
	info.LookBack = g.config.LookBack
	return info
}

// String names the gateway and hides its credentials from package fmt.
func (g *Gateway) String() string { return "paypal.Gateway" }

// GoString is the same for %#v.
func (g *Gateway) GoString() string { return g.String() }

// Payments yields every payment that was initiated in the window, once, and those that were refunded or disputed in it. Windows come newest first,
// the rows of each in PayPal's order; updates of payments that are older than the walk come last. See the package's documentation for what is
// held in memory.
//
// The last payment of each window that was asked for has a Checkpoint. A walk that resumes there asks for the newer windows once more, since their
// refunds may belong to what is still to come, and yields nothing of them.
//
// Data that PayPal doesn't have yet, for a window that starts within the last day, is no error and no payment; windows of more than
// three years ago aren't asked for, since PayPal has none.
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
