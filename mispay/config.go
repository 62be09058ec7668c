package mispay

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/settings"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Environment tells test from live.
type Environment string

// The environments.
const (
	Sandbox Environment = "sandbox"
	Live    Environment = "live"
)

// Base URLs of MisPay's API. The sandbox has moved twice.
const (
	baseSandbox = "https://api-sandbox.mispay.dev/v1/api"
	baseLive    = "https://api.mispay.co/v1/api"
)

// environmentOf is the environment of every base URL that MisPay is known to have had.
var environmentOf = map[string]Environment{
	baseLive:                               Live,
	baseSandbox:                            Sandbox,
	"https://api.sandbox.mispay.co/v1/api": Sandbox,
	"https://api.mispay.co/sandbox/v1/api": Sandbox,
}

// Version is a schema of the request for a new checkout.
type Version string

// The versions.
const (
	// V12 has the order's items and the buyer's phone. MisPay documents it.
	V12 Version = "v1.2"
	// V11 has the amount and little else. Older plugins of MisPay use it.
	V11 Version = "v1.1"
)

// DefaultLifetime is how long a link counts as payable where [Config].Lifetime doesn't say, and how long it's watched at least.
const DefaultLifetime = 24 * time.Hour

// maxLifetime bounds how long a link is polled.
const maxLifetime = 30 * 24 * time.Hour

// Config configures a [Provider]: one application of one MisPay merchant. AppID, AppSecret, WebhookSecret, and Environment or BaseURL are required.
type Config struct {
	// AppID and AppSecret come from MisPay. The secret is used byte by byte, also as the password of MisPay's encryption: it isn't trimmed.
	AppID     string
	AppSecret paylinks.Secret
	// Environment chooses the base URL. It's always said, never guessed.
	Environment Environment
	// BaseURL replaces it: the full URL up to and including /v1/api. Plain http is meant for stand-ins. A URL that is known to be of another
	// Environment is refused.
	BaseURL string
	// Paths replaces single paths of the API.
	Paths Paths

	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a call with its retries where its context ends no earlier (default 20 s).
	Timeout time.Duration
	// Retries is how often a failed read, token call or end is repeated (default 2, negative for never). Other calls never are.
	Retries int
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger
	// Now is the clock by which tokens end (default time.Now).
	Now func() time.Time

	// WebhookSecret is the part of the webhook URL's path that follows the app's id: MisPay signs nothing, so this is the proof. It has letters, digits,
	// "-" and "_" only; make it long and random.
	WebhookSecret paylinks.Secret
	// AllowedWebhookIPs, where not empty, are the only addresses that webhooks may come from: [WebhookIPs], or what MisPay says today.
	AllowedWebhookIPs []netip.Addr

	// Version is the schema of a new checkout (default [V12]).
	Version Version
	// Lang is the page's language where the merchant doesn't say, "ar" or "en" (default "ar").
	Lang string
	// AllowEmptyPhone leaves a buyer's phone out that is no Saudi mobile. By default such a buyer is refused, while one without a phone is taken.
	AllowEmptyPhone bool
	// MinAmount and MaxAmount refuse an amount before MisPay is asked, where set. MisPay's own limits differ by customer.
	MinAmount paylinks.Money
	MaxAmount paylinks.Money
	// Lifetime is how long a new link counts as payable: MisPay documents no end (default [DefaultLifetime], at most 30 days). Links are watched for
	// that long, and for [DefaultLifetime] at least; then they end as expired.
	Lifetime time.Duration

	// SkipEnd leaves out the call by which MisPay is told that the merchant knows of a payment. Of MisPay's own plugins, one relies on it and others
	// do without.
	SkipEnd bool
	// SendCallbackURI sends our callback page with each checkout. Only old plugins do, and MisPay may have to enable it; without it, the page is the one
	// that MisPay registered for the App ID.
	SendCallbackURI bool
	// RefundFallbackToTrackID refunds by the trackId where the checkoutId isn't known. That they are equal isn't documented.
	RefundFallbackToTrackID bool
	// SendSecretOnAllCalls sends the app secret with every call, as one of MisPay's plugins does. MisPay documents it for the token call alone.
	SendSecretOnAllCalls bool
	// AmountsAsNumbers sends amounts and quantities as JSON numbers. MisPay documents strings, and seems to take both.
	AmountsAsNumbers bool
	// CheckoutExtra and RefundExtra are top-level fields to add to the bodies of these calls. They replace none of ours.
	CheckoutExtra map[string]any
	RefundExtra   map[string]any
}

// Paths are the paths of MisPay's calls below the base URL, so that a change there needs no new version here. An empty one means its default.
type Paths struct {
	Token         string // "/token"
	StartCheckout string // "/start-checkout"
	TrackCheckout string // "/track-checkout/{id}"
	EndCheckout   string // "/checkout/{id}/end"
	Refund        string // "/refund"
}

// WebhookIPs are the addresses from which MisPay documents that its webhooks come. They may change, and the sandbox may have others.
func WebhookIPs() []netip.Addr {
	return []netip.Addr{netip.AddrFrom4([4]byte{34, 166, 80, 250})}
}

var (
	visibleASCII  = regexp.MustCompile(`^[!-~]+$`)
	headerText    = regexp.MustCompile(`^[!-~\x80-\xff]([ -~\x80-\xff]*[!-~\x80-\xff])?$`)
	secretSegment = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.AppID = strings.TrimSpace(c.AppID)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	for _, d := range []struct {
		field *string
		value string
	}{
		{&c.Paths.Token, "/token"},
		{&c.Paths.StartCheckout, "/start-checkout"},
		{&c.Paths.TrackCheckout, "/track-checkout/{id}"},
		{&c.Paths.EndCheckout, "/checkout/{id}/end"},
		{&c.Paths.Refund, "/refund"},
		{(*string)(&c.Version), string(V12)},
		{&c.Lang, "ar"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.Lifetime == 0 {
		c.Lifetime = DefaultLifetime
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// check names everything that is wrong with a normalized c.
func (c Config) check() error {
	var wrong settings.Wrong
	switch {
	case c.AppID == "":
		wrong.Required("AppID", "set the App ID that MisPay issued")
	case !visibleASCII.MatchString(c.AppID):
		wrong.Invalid("AppID", "must be visible ASCII characters")
	}
	switch {
	case c.AppSecret == "":
		wrong.Required("AppSecret", "set the App Secret that MisPay issued")
	case !headerText.MatchString(c.AppSecret.Reveal()):
		wrong.Invalid("AppSecret", "has space at an end, a line break or a control character: it's used byte by byte, so none is trimmed")
	}
	switch {
	case c.WebhookSecret == "":
		wrong.Required("WebhookSecret", "set a long random text, the last part of the webhook URL that you give to MisPay")
	case !secretSegment.MatchString(c.WebhookSecret.Reveal()):
		wrong.Invalid("WebhookSecret", `must be letters, digits, "-" and "_", since it's a part of a path`)
	}
	switch known, isKnown := environmentOf[c.BaseURL]; {
	case c.Environment != "" && c.Environment != Sandbox && c.Environment != Live:
		wrong.Invalid("Environment", "must be mispay.Sandbox or mispay.Live")
	case c.Environment == "" && c.BaseURL == "":
		wrong.Required("Environment", "say mispay.Sandbox or mispay.Live, or set BaseURL")
	case c.Environment != "" && isKnown && known != c.Environment:
		wrong.Invalid("Environment", fmt.Sprintf("says %s, but BaseURL is MisPay's %s", c.Environment, known))
	}
	if c.BaseURL != "" && !validBaseURL(c.BaseURL) {
		wrong.Invalid("BaseURL", "must be the full URL up to and including /v1/api, such as "+baseLive)
	}
	for _, path := range []struct {
		field, template string
		ids             int
	}{
		{"Paths.Token", c.Paths.Token, 0},
		{"Paths.StartCheckout", c.Paths.StartCheckout, 0},
		{"Paths.TrackCheckout", c.Paths.TrackCheckout, 1},
		{"Paths.EndCheckout", c.Paths.EndCheckout, 1},
		{"Paths.Refund", c.Paths.Refund, 0},
	} {
		if !strings.HasPrefix(path.template, "/") || strings.Count(path.template, "{id}") != path.ids {
			wrong.Invalid(path.field, fmt.Sprintf(`must start with "/" and have %d "{id}"`, path.ids))
		}
	}
	if c.Version != V12 && c.Version != V11 {
		wrong.Invalid("Version", "must be mispay.V12 or mispay.V11")
	}
	if c.Lang != "ar" && c.Lang != "en" {
		wrong.Invalid("Lang", "must be ar or en")
	}
	if c.Lifetime < 0 || c.Lifetime > maxLifetime {
		wrong.Invalid("Lifetime", "must be more than zero and at most 30 days")
	}
	for _, limit := range []struct {
		field  string
		amount paylinks.Money
	}{{"MinAmount", c.MinAmount}, {"MaxAmount", c.MaxAmount}} {
		if limit.amount.IsSet() && limit.amount.Currency() != paylinks.SAR {
			wrong.Unsupported(limit.field, "must be in SAR")
		}
	}
	for _, extra := range []struct {
		field  string
		fields map[string]any
	}{{"CheckoutExtra", c.CheckoutExtra}, {"RefundExtra", c.RefundExtra}} {
		if _, err := encoded(extra.fields); err != nil {
			wrong.Invalid(extra.field, "must be encodable as JSON")
		}
	}
	return wrong.Err("mispay")
}

func validBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Path != "" && s == u.Scheme+"://"+u.Host+u.Path
}

// base is where the calls go.
func (c Config) base() string {
	switch {
	case c.BaseURL != "":
		return c.BaseURL
	case c.Environment == Live:
		return baseLive
	default:
		return baseSandbox
	}
}

// encoded are fields as JSON.
func encoded(fields map[string]any) (map[string]json.RawMessage, error) {
	result := make(map[string]json.RawMessage, len(fields))
	for name, value := range fields {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("mispay: field %s: %w", name, err)
		}
		result[name] = raw
	}
	return result, nil
}
