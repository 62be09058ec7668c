package tap

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
	host        = "https://api.tap.company"
	refundsPath = "/v2/refunds/list"
)

// DefaultLookBack is how far a sync reads back where [Config].LookBack says nothing.
const DefaultLookBack = 30 * 24 * time.Hour

// Config configures a [Gateway]: one Tap account. SecretKey is required.
type Config struct {
	// SecretKey is "sk_test_…" or "sk_live_…". It also proves webhooks: Tap has no secret of their own. Space around it is ignored.
	SecretKey paylinks.Secret
	// Environment, where set, must be what the key says, so that a test key can't slip into the books.
	Environment Environment

	// BaseURL replaces Tap's host, for stand-ins: scheme and host alone (default https://api.tap.company).
	BaseURL string
	// RefundsPath is the path of the list of refunds (default /v2/refunds/list). Tap's documentation shows the call without its path; the
	// default is what integrators use.
	RefundsPath string
	// LookBack is how far each sync reads back beyond the last one, for what changes late other than by a refund (default
	// [DefaultLookBack], negative for not at all).
	LookBack time.Duration

	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a single try of a call where its context ends no earlier (default 20 s).
	Timeout time.Duration
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger
	// Now is the clock by which unpaid charges expire and refunds are read up to today (default time.Now).
	Now func() time.Time
	// Wait waits for d or until ctx ends, and then returns its error: where Tap limits the rate of calls, and before a failed one is
	// repeated (default: by the real clock).
	Wait func(ctx context.Context, d time.Duration) error
}

var secretKeyShape = regexp.MustCompile(`^sk_(test|live)_[!-~]+$`)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.SecretKey = settings.Secret(c.SecretKey)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.BaseURL == "" {
		c.BaseURL = host
	}
	if c.RefundsPath == "" {
		c.RefundsPath = refundsPath
	}
	c.LookBack = span.Or(c.LookBack, DefaultLookBack)
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
		wrong.Required("SecretKey", "set the secret key of the Tap account (sk_live_… or sk_test_…)")
	case strings.HasPrefix(key, "pk_"):
		wrong.Invalid("SecretKey", "this is the public key (pk_…); the secret key starts with sk_")
	case !secretKeyShape.MatchString(key):
		wrong.Invalid("SecretKey", "must be sk_test_… or sk_live_…, as Tap's dashboard shows it")
	case c.Environment != "" && !strings.HasPrefix(key, "sk_"+string(c.Environment)+"_"):
		wrong.Invalid("Environment", fmt.Sprintf("says %s, and SecretKey is a key of the other one", c.Environment))
	}
	if c.Environment != "" && c.Environment != Test && c.Environment != Live {
		wrong.Invalid("Environment", "must be tap.Test or tap.Live, or empty for what the key says")
	}
	wrong.Origin(c.BaseURL, "https://api.tap.company")
	if !strings.HasPrefix(c.RefundsPath, "/") {
		wrong.Invalid("RefundsPath", "must be a path that starts with a slash, such as /v2/refunds/list")
	}
	return wrong.Err("tap")
}
