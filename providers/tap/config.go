package tap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/span"
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
	c.SecretKey = paylinks.Secret(strings.TrimSpace(c.SecretKey.Reveal()))
	c.BaseURL = strings.TrimRight(strings.TrimSpace(c.BaseURL), "/")
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
	var wrong []error
	say := func(field, code, message string) {
		wrong = append(wrong, &paylinks.FieldError{Field: field, Code: code, Message: message})
	}
	switch key := c.SecretKey.Reveal(); {
	case key == "":
		say("SecretKey", "required", "set the secret key of the Tap account (sk_live_… or sk_test_…)")
	case strings.HasPrefix(key, "pk_"):
		say("SecretKey", "invalid", "this is the public key (pk_…); the secret key starts with sk_")
	case !secretKeyShape.MatchString(key):
		say("SecretKey", "invalid", "must be sk_test_… or sk_live_…, as Tap's dashboard shows it")
	case c.Environment != "" && !strings.HasPrefix(key, "sk_"+string(c.Environment)+"_"):
		say("Environment", "invalid", fmt.Sprintf("says %s, and SecretKey is a key of the other one", c.Environment))
	}
	if c.Environment != "" && c.Environment != Test && c.Environment != Live {
		say("Environment", "invalid", "must be tap.Test or tap.Live, or empty for what the key says")
	}
	if !rest.IsOrigin(c.BaseURL) {
		say("BaseURL", "invalid", "must be a scheme and a host alone, such as https://api.tap.company")
	}
	if !strings.HasPrefix(c.RefundsPath, "/") {
		say("RefundsPath", "invalid", "must be a path that starts with a slash, such as /v2/refunds/list")
	}
	if len(wrong) > 0 {
		return fmt.Errorf("tap: the configuration is wrong: %w", errors.Join(wrong...))
	}
	return nil
}
