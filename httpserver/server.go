package httpserver

import (
	"context"
	"crypto/rand"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/paylinks/paylinks-go/httpserver/internal/docs"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/providers"
)

// Options are the handler's settings. The zero value of each field is safe, and means its default.
type Options struct {
	// Authenticator tells who calls (default: nobody is let in).
	Authenticator Authenticator
	// Catalogue is what GET /api/v1/providers lists (default: that of package providers). A provider of your own is one more element: links of
	// providers that aren't in it can't be made, whatever apps are installed. Fields of the catalogue's providers that aren't the API's own are read
	// from create requests as options.
	Catalogue []paylinks.Info
	// Config is what GET /api/v1/providers/config/{provider} tells of a provider (default: what follows from the Catalogue).
	Config func(id string) (api.ProviderConfig, bool)
	// Prefix is the path that the handler is mounted under, such as "/pay" (default none). With [http.StripPrefix] leave it empty.
	Prefix string
	// PublicURL is the base URL under which the API is reachable from outside, with the prefix if there is one: the same as the
	// Service's. QR code links start with it; without it there are none.
	PublicURL string
	// BodyLimit is the largest body of an API call in bytes (default 64 KiB), WebhookBodyLimit that of a webhook (default 256 KiB).
	BodyLimit        int64
	WebhookBodyLimit int64
	// Heartbeat is the pace of the comments that keep an event stream open (default 15 s).
	Heartbeat time.Duration
	// Stop, once closed, ends the event streams, which would otherwise hold up the server's shutdown: close it in
	// [http.Server.RegisterOnShutdown]. Other requests end by themselves (default never).
	Stop <-chan struct{}
	// Metrics, where set, answers GET /metrics, for callers with the scope read who may use every app.
	Metrics http.Handler
	// TracerProvider and MeterProvider get a span and a measurement for each request, by route and never by path, and Propagator finds the trace that a
	// request is part of (default: the globals of OpenTelemetry, which do nothing until the program sets them up). Whoever reaches the handler chooses by the
	// headers that Propagator reads whether a trace is sampled: strangers, too, on the routes for webhooks and callbacks.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	Propagator     propagation.TextMapPropagator
	// Logger gets a line for each request and each failure (default slog.Default). Query strings are never logged.
	Logger *slog.Logger
	// Now is the clock (default time.Now).
	Now func() time.Time
	// NewRequestID makes the id of a request whose caller sent none (default random).
	NewRequestID func() string
}

func (o Options) withDefaults() Options {
	if o.Authenticator == nil {
		o.Authenticator = StaticTokens{}
	}
	if o.Catalogue == nil {
		o.Catalogue = providers.Catalogue()
	}
	if o.Config == nil {
		o.Config = configOf(o.Catalogue)
	}
	if o.Prefix = strings.Trim(o.Prefix, "/"); o.Prefix != "" {
		o.Prefix = "/" + o.Prefix
	}
	if o.BodyLimit <= 0 {
		o.BodyLimit = 64 << 10
	}
	if o.WebhookBodyLimit <= 0 {
		o.WebhookBodyLimit = 256 << 10
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	if o.Propagator == nil {
		o.Propagator = otel.GetTextMapPropagator()
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewRequestID == nil {
		o.NewRequestID = func() string { return "req_" + strings.ToLower(rand.Text()) }
	}
	return o
}

// service is what the handlers use of a [paylinks.Service].
type service interface {
	paylinks.API
	CancelKnown(ctx context.Context, id string, known paylinks.Status) (*paylinks.CancelResult, error)
	KnownStatus(ctx context.Context, id string) (paylinks.Status, error)
	HandleWebhook(ctx context.Context, provider, orgAppID string, req paylinks.WebhookRequest) error
	HandleCallback(ctx context.Context, provider, orgAppID string, query url.Values) (paylinks.CallbackResult, error)
	ClaimAnswer(ctx context.Context, key, fingerprint string, note []byte) (answer paylinks.Answer, claimed bool, err error)
	KeepAnswer(ctx context.Context, claimed paylinks.Answer, status int, body []byte) error
	ReleaseAnswer(ctx context.Context, claimed paylinks.Answer, bound bool) error
}

var _ service = (*paylinks.Service)(nil)

// server is the state of the handler: none of it changes once it's made.
type server struct {
	svc     service
	opts    Options
	log     *slog.Logger
	mux     *http.ServeMux
	options []string
	page    *template.Template
	docs    func() (docs.Page, error)

	telemetry *telemetry
}

// New makes the handler of the unified HTTP API over svc.
func New(svc *paylinks.Service, options Options) http.Handler {
	return newServer(svc, options)
}

func newServer(svc service, options Options) *server {
	options = options.withDefaults()
	s := &server{
		svc: svc, opts: options, log: options.Logger, mux: http.NewServeMux(),
		options: optionNames(options.Catalogue), telemetry: newTelemetry(options),
		page: template.Must(template.New("callback").Parse(callbackHTML)),
		docs: docsPage(options),
	}
	s.register(s.routes())
	return s
}

// configOf tells of the providers of a catalogue, those of package providers and others. One that only this server knows is available: who
// adds it has it.
func configOf(catalogue []paylinks.Info) func(id string) (api.ProviderConfig, bool) {
	return func(id string) (api.ProviderConfig, bool) {
		for _, info := range catalogue {
			if info.ID != id {
				continue
			}
			if config, ok := providers.Config(id); ok {
				return config, true
			}
			config := providers.Entry{Info: info}.Config()
			config.Available = true
			return config, true
		}
		return api.ProviderConfig{}, false
	}
}

// optionNames are the fields that any provider of the catalogue reads.
func optionNames(catalogue []paylinks.Info) []string {
	var names []string
	for _, info := range catalogue {
		if info.Kind != paylinks.KindBNPL {
			continue
		}
		for _, field := range info.RequiredFields {
			names = append(names, field.Name)
		}
		for _, field := range info.OptionalFields {
			names = append(names, field.Name)
		}
	}
	return names
}
