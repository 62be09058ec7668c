package paylinks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Options are a Service's settings. The zero value of each field means its default.
type Options struct {
	// PublicURL is the base URL under which the HTTP API is reachable from outside, such as "https://pay.example.com", with the
	// prefix that the handler is mounted under if there is one. Return and webhook URLs start with it; without it providers get none.
	PublicURL string
	// CallTimeout bounds each call to a provider that has an effect (default 20 s).
	CallTimeout time.Duration
	// RefreshInterval is how old a link's state may be before Get asks the provider again (default 2 s).
	RefreshInterval time.Duration
	// RefreshTimeout is how long Get waits for the provider before it answers what is stored (default 3 s).
	RefreshTimeout time.Duration
	// PollInterval is the pace of Run: how often it looks for due links, operations and webhooks (default 1 s).
	PollInterval time.Duration
	// SyncInterval is how often [Service.Run] syncs each gateway by itself (default never: only on request and after webhooks).
	SyncInterval time.Duration
	// KeepAnswers is how long idempotent answers are kept (default 35 days).
	KeepAnswers time.Duration
	// OnEvent is told of every event: at least once, in order for each link, and again after an error. [Service.Run] calls it, from several
	// goroutines at once for different links (default nil). It needs a store with an [Outbox]. Of the processes that Run on one store all set it, or none.
	OnEvent func(ctx context.Context, event Event) error
	// SigningKey is the root of the secrets with which events are signed for endpoints: at least 32 random bytes of your own, the same for
	// all processes and for ever, since a new one changes every endpoint's secret (default none: there are no endpoints).
	SigningKey Secret
	// AllowPrivateEndpoints lets endpoints be http URLs and have private addresses, for development.
	AllowPrivateEndpoints bool
	// EndpointTransport calls endpoints (default: one that connects to public addresses alone).
	EndpointTransport http.RoundTripper
	// TracerProvider and MeterProvider get traces and metrics of the Service's work, none of which has personal data or amounts (default: the globals of
	// OpenTelemetry, which do nothing until the program sets up an SDK).
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	// Logger gets what an operator should know (default slog.Default).
	Logger *slog.Logger
	// Now is the clock (default time.Now).
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&o.CallTimeout, 20 * time.Second},
		{&o.RefreshInterval, 2 * time.Second},
		{&o.RefreshTimeout, 3 * time.Second},
		{&o.PollInterval, time.Second},
		{&o.KeepAnswers, 35 * 24 * time.Hour},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

const minSigningKey = 32

// Service makes and follows payment links: the one place that decides. Its methods are the SDK; the HTTP API is a door to them.
//
// [Service.Run] does the background work: it settles operations whose outcome was unknown, follows links until they end, and
// handles webhooks. Without Run the methods still work and Get still refreshes, but nothing happens by itself.
//
// A context limits what a call may see and do by [WithCaller]. Every error is an [*Error], except that a store that can't answer
// is the store's own error.
type Service struct {
	store Store
	apps  Apps
	opts  Options
	log   *slog.Logger

	telemetry *telemetry

	refreshes refreshes
	watchers  watchers
	paces     paces
	lanes     lanes

	endpointClient *http.Client

	// placed: the store keeps events for OnEvent, or knows that it needn't.
	placing sync.Mutex
	placed  atomic.Bool

	// webhooksDue, deliveriesDue and ordersDue wake Run before its next tick.
	webhooksDue   chan struct{}
	deliveriesDue chan struct{}
	ordersDue     chan struct{}
	syncsDue      chan struct{}
	linksDue      chan struct{}

	// background is the calls that outlive their callers: refreshes that Get didn't wait for.
	background sync.WaitGroup
}

// New makes a Service over a store and the apps that it may use.
func New(store Store, apps Apps, options Options) (*Service, error) {
	if store == nil || apps == nil {
		return nil, errors.New("paylinks: New needs a Store and Apps")
	}
	if _, ok := store.(Outbox); !ok && options.OnEvent != nil {
		return nil, errors.New("paylinks: OnEvent needs a store with an Outbox")
	}
	if n := len(options.SigningKey); n > 0 && n < minSigningKey {
		return nil, fmt.Errorf("paylinks: SigningKey has %d bytes: take at least %d random ones", n, minSigningKey)
	}
	options = options.withDefaults()
	telemetry, err := newTelemetry(options.TracerProvider, options.MeterProvider)
	if err != nil {
		return nil, fmt.Errorf("paylinks: MeterProvider: %w", err)
	}
	linksDue := make(chan struct{}, 1)
	return &Service{
		store: store, apps: apps, opts: options, log: options.Logger, telemetry: telemetry, endpointClient: newEndpointClient(options),
		webhooksDue: make(chan struct{}, 1), deliveriesDue: make(chan struct{}, 1), ordersDue: make(chan struct{}, 1), syncsDue: make(chan struct{}, 1),
		linksDue: linksDue, paces: paces{bell: linksDue},
	}, nil
}

// String names the Service. It keeps fmt from printing the signing key inside.
func (s *Service) String() string { return "paylinks.Service" }

// GoString does the same for %#v.
func (s *Service) GoString() string { return s.String() }

// Ready tells whether the store answers.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }

// Wait returns when no refresh is under way any more. Call it after the last request and before the store is closed.
func (s *Service) Wait() { s.background.Wait() }

// now is the time as stores keep it.
func (s *Service) now() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

// app finds an app that the caller may use. One that doesn't exist and one that isn't theirs are the same to a caller.
func (s *Service) app(ctx context.Context, orgAppID string) (App, error) {
	if !CallerFrom(ctx).MayUse(orgAppID) {
		return App{}, orgAppNotFound(orgAppID)
	}
	return s.apps.App(ctx, orgAppID)
}

// linkApp finds the app of a payment link, whoever asks.
func (s *Service) linkApp(ctx context.Context, orgAppID string) (App, error) {
	app, err := s.apps.App(ctx, orgAppID)
	if err == nil && app.Provider == nil {
		return App{}, orgAppNotFound(orgAppID)
	}
	return app, err
}

// paylink reads a link that the caller may see.
func (s *Service) paylink(ctx context.Context, op, id string) (*Paylink, error) {
	link, err := s.store.Paylink(ctx, id)
	if err == nil && CallerFrom(ctx).MayUse(link.OrgAppID) {
		return link, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return nil, &Error{Code: CodePaylinkNotFound, Outcome: NotApplied, Op: op, Message: "no such payment link: check the id"}
}

// open reads a link and its app, for doing something to it.
func (s *Service) open(ctx context.Context, op, id string) (_ *Paylink, _ App, err error) {
	defer named(op, &err)
	link, err := s.paylink(ctx, op, id)
	if err != nil {
		return nil, App{}, err
	}
	about(ctx, link)
	app, err := s.linkApp(ctx, link.OrgAppID)
	return link, app, err
}

// hash is a short name for a tuple of strings, none of which it reveals.
func hash(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part) // a hash never fails to be written
	}
	return hex.EncodeToString(h.Sum(nil))[:40]
}

// retrySoon is how long to wait for an operation that another request is running.
const retrySoon = time.Second

// inProgress is the error for a caller who comes while another request is at work: on the very same thing, which may then happen, or on another one.
func inProgress(op string, code Code, paylinkID string) *Error {
	outcome := NotApplied
	if code == CodeIdempotencyInProgress {
		outcome = OutcomeUnknown
	}
	return &Error{
		Code: code, Outcome: outcome, Op: op, PaylinkID: paylinkID, RetryAfter: retrySoon,
		Message: "another request is doing this right now: ask again in a moment",
	}
}

func idempotencyMismatch(op, message string) *Error {
	return &Error{Code: CodeIdempotencyMismatch, Outcome: NotApplied, Op: op, Message: message}
}

func conflict(op string, code Code, link *Paylink, format string, args ...any) *Error {
	return &Error{
		Code: code, Outcome: NotApplied, Op: op, Provider: link.Provider, PaylinkID: link.ID, Status: link.Status,
		Message: fmt.Sprintf(format, args...),
	}
}
