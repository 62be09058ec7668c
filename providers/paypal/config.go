package paypal

import (
	"context"
	"crypto/x509"
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

// Environment tells sandbox from live. Each has client ids of its own.
type Environment string

// The environments.
const (
	Sandbox Environment = "sandbox"
	Live    Environment = "live"
)

// DefaultLookBack is how far a sync reads back where [Config].LookBack says nothing.
const DefaultLookBack = 72 * time.Hour

// Hosts of PayPal's API.
const (
	hostSandbox = "https://api-m.sandbox.paypal.com"
	hostLive    = "https://api-m.paypal.com"
)

// What PayPal allows (Transaction Search): 31 days in a query, 500 rows on a page, three years back. That a query finds at most 10,000 rows isn't
// in its reference, but known.
const (
	longestWindow = 31 * 24 * time.Hour
	shortest      = time.Minute
	largestPage   = 500
	largestWindow = 10_000
	memoryYears   = 3
)

// ratePause is how long to leave PayPal alone after too many calls. It doesn't publish its limits; third parties tell of a ban of five minutes, and not
// of a Retry-After.
const ratePause = time.Minute

// largestAnswer has room for a page of rows with all the text that PayPal allows in one.
const largestAnswer = 8 << 20

// Config configures a [Gateway]: one REST app of one PayPal account. ClientID, ClientSecret, and one of Environment and BaseURL are required.
type Config struct {
	// ClientID and ClientSecret are those of the REST app. Its feature "Transaction Search" must be on; PayPal takes up to nine hours to
	// let a newly set one through.
	ClientID     string
	ClientSecret paylinks.Secret
	// Environment chooses the host.
	Environment Environment
	// BaseURL replaces PayPal's hosts, for stand-ins: scheme and host alone.
	BaseURL string

	// LookBack is how far a sync reads back beyond the last one (default [DefaultLookBack]). It's at least Delay.
	LookBack time.Duration
	// Delay is how late a row may show in Transaction Search. A walk ends that long ago at the latest (default 3 h, as PayPal documents; negative
	// for none).
	Delay time.Duration
	// Authorizations has payments read too that are authorized and not captured. PayPal leaves them out by default, as
	// they don't touch the balance; asking for them makes the lists longer.
	Authorizations bool

	// Window is how long a time one query asks for at the most (default 31 days, PayPal's limit).
	Window time.Duration
	// MaxRows is how many rows a window may have before it's cut in half, and so how many are held in memory (default 10,000, PayPal's limit).
	MaxRows int
	// PageSize is how many rows a page has (default 500, PayPal's limit).
	PageSize int
	// Interval is the least time from one call to the next (default 1.5 s; negative for none).
	Interval time.Duration
	// Tries is how often a call is made before its failure ends the walk (default 5).
	Tries int

	// WebhookID is PayPal's id of the configured webhook, from the app's settings. Without it no webhook is accepted.
	WebhookID string
	// LocalWebhooks has the signatures of webhooks checked here, with PayPal's certificates, instead of by a call to PayPal. How the
	// signed text is put together isn't in PayPal's reference, though third parties agree on it.
	LocalWebhooks bool
	// WebhookRoots are whom PayPal's certificates are trusted by, for LocalWebhooks (default the system's).
	WebhookRoots *x509.CertPool

	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds one call (default 20 s).
	Timeout time.Duration
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger
	// Now is where time comes from (default time.Now).
	Now func() time.Time
	// Wait waits for d or until ctx ends, whose error it returns then (default: a timer). Tests pass one that doesn't.
	Wait func(ctx context.Context, d time.Duration) error
}

var visibleASCII = regexp.MustCompile(`^[!-~]+$`)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.ClientID = strings.TrimSpace(c.ClientID)
	c.ClientSecret = settings.Secret(c.ClientSecret)
	c.WebhookID = strings.TrimSpace(c.WebhookID)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.LookBack == 0 {
		c.LookBack = DefaultLookBack
	}
	c.Delay = span.Or(c.Delay, 3*time.Hour)
	if c.Window == 0 {
		c.Window = longestWindow
	}
	if c.MaxRows == 0 {
		c.MaxRows = largestWindow
	}
	if c.PageSize == 0 {
		c.PageSize = largestPage
	}
	c.Interval = span.Or(c.Interval, 1500*time.Millisecond)
	if c.Tries == 0 {
		c.Tries = 5
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
	switch {
	case c.ClientID == "":
		wrong.Required("ClientID", "set the client id of the PayPal REST app")
	case !visibleASCII.MatchString(c.ClientID):
		wrong.Invalid("ClientID", "must be visible ASCII characters")
	}
	switch {
	case c.ClientSecret == "":
		wrong.Required("ClientSecret", "set the client secret of the PayPal REST app")
	case !visibleASCII.MatchString(c.ClientSecret.Reveal()):
		wrong.Invalid("ClientSecret", "must be visible ASCII characters")
	}
	switch {
	case c.Environment != "" && c.Environment != Sandbox && c.Environment != Live:
		wrong.Invalid("Environment", "must be paypal.Sandbox or paypal.Live")
	case c.Environment == "" && c.BaseURL == "":
		wrong.Required("Environment", "say paypal.Sandbox or paypal.Live: the client id doesn't tell")
	}
	if c.BaseURL != "" {
		wrong.Origin(c.BaseURL, "https://api-m.paypal.com")
	}
	if c.LookBack < c.Delay {
		wrong.Invalid("LookBack", fmt.Sprintf("must be at least Delay (%s), or rows that show late are never read", c.Delay))
	}
	settings.Outside(&wrong, "Window", c.Window, shortest, longestWindow, "must be from a minute to 31 days")
	settings.Outside(&wrong, "MaxRows", c.MaxRows, 1, largestWindow, "must be from 1 to 10000")
	settings.Outside(&wrong, "PageSize", c.PageSize, 1, largestPage, "must be from 1 to 500")
	settings.Outside(&wrong, "Tries", c.Tries, 1, 100, "must be from 1 to 100")
	return wrong.Err("paypal")
}

// host is where calls go.
func (c Config) host() string {
	switch {
	case c.BaseURL != "":
		return c.BaseURL
	case c.Environment == Live:
		return hostLive
	default:
		return hostSandbox
	}
}
