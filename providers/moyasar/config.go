package moyasar

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/internal/settings"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Environment tells test from live.
type Environment string

// The environments.
const (
	Test Environment = "test"
	Live Environment = "live"
)

const host = "https://api.moyasar.com"

const (
	// DefaultLookBack is how far a sync reads back where [Config].LookBack says nothing.
	DefaultLookBack = 5 * time.Minute
	// DefaultAuthorizationLife is how long a bank holds an authorized amount where [Config].AuthorizationLife says nothing.
	DefaultAuthorizationLife = 7 * 24 * time.Hour
)

// Config configures a [Gateway]: one Moyasar account. SecretKey is required.
type Config struct {
	// SecretKey is "sk_test_…" or "sk_live_…". Space around it is ignored.
	SecretKey paylinks.Secret
	// Environment, where set, must be what the key says, so that a test key can't slip into the books.
	Environment Environment
	// WebhookSecret is the secret that the webhook was made with. Without it no webhook is accepted.
	WebhookSecret paylinks.Secret

	// ReferenceKey is the metadata key under which the merchant's order reference is (default order_id). Where there's none, the invoice's id
	// is the reference, else the description.
	ReferenceKey string
	// AuthorizationLife is after how long an authorized payment counts as expired (default [DefaultAuthorizationLife], negative for never). Moyasar
	// calls it authorized for ever, even when the bank has let the amount go; a capture still wins.
	AuthorizationLife time.Duration
	// LookBack is how far each sync reads back beyond the last one (default [DefaultLookBack], negative for not at all).
	LookBack time.Duration

	// BaseURL replaces Moyasar's host, for stand-ins: scheme and host alone (default https://api.moyasar.com).
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a single try of a call where its context ends no earlier (default 20 s).
	Timeout time.Duration
	// Logger gets a debug line for each call, a warning where Moyasar's amounts have other decimals than their currency, and the code by which a new webhook is
	// confirmed (default none).
	Logger *slog.Logger
	// Now is the clock by which authorizations lapse (default time.Now).
	Now func() time.Time
	// Wait waits for d or until ctx ends, and then returns its error: where Moyasar limits the rate of calls, and before a failed one is repeated
	// (default: by the real clock).
	Wait func(ctx context.Context, d time.Duration) error
}

var (
	keyShape    = regexp.MustCompile(`^sk_(test|live)_[!-~]+$`)
	secretShape = regexp.MustCompile(`^[!-~]+$`)
)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.SecretKey = settings.Secret(c.SecretKey)
	c.WebhookSecret = settings.Secret(c.WebhookSecret)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.BaseURL == "" {
		c.BaseURL = host
	}
	if c.ReferenceKey == "" {
		c.ReferenceKey = "order_id"
	}
	if c.AuthorizationLife == 0 {
		c.AuthorizationLife = DefaultAuthorizationLife
	}
	c.LookBack = span.Or(c.LookBack, DefaultLookBack)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = patience.Sleep
	}
	return c
}

// check names everything that is wrong with a normalized c.
func (c Config) check() error {
	var wrong settings.Wrong
	switch key := c.SecretKey.Reveal(); {
	case key == "":
		wrong.Required("SecretKey", "set the secret key of the Moyasar account (sk_live_… or sk_test_…)")
	case strings.HasPrefix(key, "pk_"):
		wrong.Invalid("SecretKey", "this is the publishable key (pk_…), which can't list; the secret key starts with sk_")
	case !keyShape.MatchString(key):
		wrong.Invalid("SecretKey", "must be sk_test_… or sk_live_…, as Moyasar's dashboard shows it")
	case c.Environment != "" && c.Environment != environmentOf(key):
		wrong.Invalid("Environment", fmt.Sprintf("says %s, but SecretKey is a %s key", c.Environment, environmentOf(key)))
	}
	if c.Environment != "" && c.Environment != Test && c.Environment != Live {
		wrong.Invalid("Environment", "must be moyasar.Test or moyasar.Live, or empty for what the key says")
	}
	if c.WebhookSecret != "" && !secretShape.MatchString(c.WebhookSecret.Reveal()) {
		wrong.Invalid("WebhookSecret", "must be visible ASCII characters without space; make it long and random")
	}
	wrong.Origin(c.BaseURL, "https://api.moyasar.com")
	return wrong.Err("moyasar")
}

// environmentOf is what a key of the right shape says.
func environmentOf(key string) Environment {
	if strings.HasPrefix(key, "sk_test_") {
		return Test
	}
	return Live
}
