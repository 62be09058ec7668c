package stripe

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

const (
	host        = "https://api.stripe.com"
	maxPageSize = 100
	// largestAnswer has room for a page of payments with all the metadata that Stripe allows, 50 keys of 40 and texts of 500 characters, each twice
	// and each character escaped.
	largestAnswer = 64 << 20
)

// DefaultLookBack is how far a sync reads back where [Config].LookBack says nothing: an authorization can be captured that late.
const DefaultLookBack = 30 * 24 * time.Hour

// Config configures a [Gateway]: one Stripe account. SecretKey is required.
type Config struct {
	// SecretKey is "sk_test_…", "sk_live_…", or a restricted key, "rk_test_…" or "rk_live_…". Space around it is ignored.
	SecretKey paylinks.Secret
	// Environment, where set, must be what the key says, so that a test key can't slip into the books.
	Environment Environment
	// AccountID is the connected account ("acct_…") to read instead of the key's own (default none).
	AccountID string
	// WebhookSecret is the signing secret ("whsec_…") of the webhook endpoint. Without it no webhook is accepted.
	WebhookSecret paylinks.Secret

	// ReferenceKey is the metadata key under which the merchant's order reference is. By default it's order_id, else reference; where there's
	// neither, the description is the reference.
	ReferenceKey string
	// CreatedOnly has a walk read the PaymentIntents of its window and nothing else: neither older ones that were refunded or disputed within
	// it, nor how disputes ended, so that every payment that ever was disputed stays so. A restricted key needs to read PaymentIntents and
	// Charges alone then.
	CreatedOnly bool
	// LookBack is how far each sync reads back beyond the last one (default [DefaultLookBack], negative for not at all).
	LookBack time.Duration
	// PageSize is how many payments a page has (default 100, Stripe's most).
	PageSize int

	// BaseURL replaces Stripe's host, for stand-ins: scheme and host alone (default https://api.stripe.com).
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a single try of a call where its context ends no earlier (default 20 s).
	Timeout time.Duration
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger
	// Now is the clock by which a webhook is too old, where its request has no time of arrival (default time.Now).
	Now func() time.Time
	// Wait waits for d or until ctx ends, and then returns its error: where Stripe limits the rate of calls, and before a failed one is repeated
	// (default: by the real clock).
	Wait func(ctx context.Context, d time.Duration) error
}

var (
	keyShape     = regexp.MustCompile(`^(sk|rk)_(test|live)_[A-Za-z0-9_]+$`)
	accountShape = regexp.MustCompile(`^acct_[A-Za-z0-9]+$`)
	secretShape  = regexp.MustCompile(`^[!-~]+$`)
)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.SecretKey = settings.Secret(c.SecretKey)
	c.WebhookSecret = settings.Secret(c.WebhookSecret)
	c.AccountID = strings.TrimSpace(c.AccountID)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.BaseURL == "" {
		c.BaseURL = host
	}
	c.LookBack = span.Or(c.LookBack, DefaultLookBack)
	if c.PageSize == 0 {
		c.PageSize = maxPageSize
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
		wrong.Required("SecretKey", "set a secret or restricted key of the Stripe account (sk_… or rk_…)")
	case strings.HasPrefix(key, "pk_"):
		wrong.Invalid("SecretKey", "this is the publishable key (pk_…), which can't list; the secret key starts with sk_, a restricted one with rk_")
	case strings.HasPrefix(key, "whsec_"):
		wrong.Invalid("SecretKey", "this is a webhook's signing secret (whsec_…): it belongs into WebhookSecret")
	case !keyShape.MatchString(key):
		wrong.Invalid("SecretKey", "must be sk_test_…, sk_live_…, rk_test_… or rk_live_…, as Stripe's dashboard shows it")
	case c.Environment != "" && c.Environment != environmentOf(key):
		wrong.Invalid("Environment", fmt.Sprintf("says %s, but SecretKey is a %s key", c.Environment, environmentOf(key)))
	}
	if c.Environment != "" && c.Environment != Test && c.Environment != Live {
		wrong.Invalid("Environment", "must be stripe.Test or stripe.Live, or empty for what the key says")
	}
	if c.AccountID != "" && !accountShape.MatchString(c.AccountID) {
		wrong.Invalid("AccountID", "must be a connected account's id, acct_…, or empty")
	}
	if c.WebhookSecret != "" && !secretShape.MatchString(c.WebhookSecret.Reveal()) {
		wrong.Invalid("WebhookSecret", "must be the endpoint's signing secret, whsec_…, as Stripe's dashboard shows it")
	}
	if c.PageSize < 1 || c.PageSize > maxPageSize {
		wrong.Invalid("PageSize", "must be from 1 to 100")
	}
	wrong.Origin(c.BaseURL, "https://api.stripe.com")
	return wrong.Err("stripe")
}

// environmentOf is what a key of the right shape says.
func environmentOf(key string) Environment {
	if strings.HasPrefix(key[len("sk_"):], "test_") {
		return Test
	}
	return Live
}
