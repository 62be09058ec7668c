package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Options are a Service's settings. The zero value of each field means its default.
type Options struct {
	// PublicURL is the base URL under which the HTTP API is reachable from outside, such as "https://pay.example.com" or with the
	// prefix that the handler is mounted under. Return and webhook URLs start with it; without it providers get none.
	PublicURL string
	// CallTimeout bounds each call to a provider that has an effect (default 20 s).
	CallTimeout time.Duration
	// RefreshInterval is how old a link's state may be before Get asks the provider again (default 2 s).
	RefreshInterval time.Duration
	// RefreshTimeout is how long Get waits for the provider before it answers what is stored (default 3 s).
	RefreshTimeout time.Duration
	// KeepAnswers is how long idempotent answers are kept (default 35 days).
	KeepAnswers time.Duration
	// Logger gets what an operator should know (default slog.Default).
	Logger *slog.Logger
	// Now is the clock (default time.Now).
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	setDefault(&o.CallTimeout, 20*time.Second)
	setDefault(&o.RefreshInterval, 2*time.Second)
	setDefault(&o.RefreshTimeout, 3*time.Second)
	setDefault(&o.KeepAnswers, 35*24*time.Hour)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// Service makes and follows payment links: the one place that decides. Its methods are the SDK; the HTTP API is a door to them.
//
// [Service.Run] does the background work: it settles operations whose outcome was unknown, follows links until they end, and
// handles webhooks. Without Run the methods still work and Get still refreshes, but nothing happens by itself.
type Service struct {
	store Store
	apps  Apps
	opts  Options
	log   *slog.Logger
}

// New makes a Service over a store and the apps that it may use.
func New(store Store, apps Apps, options Options) (*Service, error) {
	if store == nil || apps == nil {
		return nil, errors.New("paylinks: New needs a Store and Apps")
	}
	options = options.withDefaults()
	return &Service{store: store, apps: apps, opts: options, log: options.Logger}, nil
}

// Ready tells whether the store answers.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }
