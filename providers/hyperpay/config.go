package hyperpay

import (
	"context"
	"encoding/hex"
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

// Environment tells test from live. Each has access tokens of its own.
type Environment string

// The environments.
const (
	Test Environment = "test"
	Live Environment = "live"
)

// DefaultLookBack is how far a sync reads back where [Config].LookBack says nothing.
const DefaultLookBack = 24 * time.Hour

// Hosts of the platform. The older names still answer.
const (
	hostTest      = "https://eu-test.oppwa.com"
	hostLive      = "https://eu-prod.oppwa.com"
	olderHostLive = "https://oppwa.com"
)

const (
	largestPage   = 500
	longestWindow = 365 * 24 * time.Hour
	// largestAnswer has room for the largest page, however much a record says of its buyer.
	largestAnswer = 16 << 20
)

// ratePause is how long third parties wait after a query that was too many. Retry-After isn't documented.
const ratePause = 30 * time.Second

// Config configures a [Gateway]: one account and its entities. AccessToken, EntityIDs, and one of Environment and BaseURL are required.
type Config struct {
	// AccessToken is the token of the account, from its administration.
	AccessToken paylinks.Secret
	// EntityIDs are the channels to read, each of 32 hexadecimal digits: mada usually has one of its own.
	EntityIDs []string
	// Environment chooses the host.
	Environment Environment
	// BaseURL replaces HyperPay's hosts, for stand-ins: scheme and host alone.
	BaseURL string

	// LookBack is how far a sync reads back beyond the last one (default [DefaultLookBack]).
	LookBack time.Duration
	// QueryInterval is the pause between two queries by date (default 30 s, as third parties tell that two a minute are allowed; negative for none).
	QueryInterval time.Duration
	// Window is how long a time one query asks for (default 24 h): longer means fewer queries and more memory.
	Window time.Duration
	// PageSize is how many records a page has (default 500, HyperPay's limit).
	PageSize int
	// Tries is how often a call is made before its failure ends the walk (default 6).
	Tries int

	// ReferenceParameter is the name of the custom parameter that holds the merchant's reference, for merchants who send neither
	// merchantTransactionId nor merchantInvoiceId (default none).
	ReferenceParameter string
	// PersonalData keeps what a record says of its buyer in [paylinks.Payment.Raw]: customer, addresses, and the card's holder. By default they
	// are dropped.
	PersonalData bool

	// WebhookSecret is the secret of the configured webhook, 64 hexadecimal digits. Without it no webhook is accepted.
	WebhookSecret paylinks.Secret

	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds one call (default 20 s).
	Timeout time.Duration
	// Logger gets a debug line for each call, and a warning for each result code that no pattern knows (default none).
	Logger *slog.Logger
	// Now is where time comes from (default time.Now).
	Now func() time.Time
	// Wait waits for d or until ctx ends, whose error it returns then (default: a timer). Tests pass one that doesn't.
	Wait func(ctx context.Context, d time.Duration) error
}

var (
	visibleASCII = regexp.MustCompile(`^[!-~]+$`)
	idShape      = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)
)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.AccessToken = settings.Secret(c.AccessToken)
	c.WebhookSecret = settings.Secret(c.WebhookSecret)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	var entities []string
	for _, id := range c.EntityIDs {
		if id = strings.TrimSpace(id); id != "" {
			entities = append(entities, id)
		}
	}
	c.EntityIDs = entities
	if c.LookBack == 0 {
		c.LookBack = DefaultLookBack
	}
	c.QueryInterval = span.Or(c.QueryInterval, 30*time.Second)
	if c.Window == 0 {
		c.Window = 24 * time.Hour
	}
	if c.PageSize == 0 {
		c.PageSize = largestPage
	}
	if c.Tries == 0 {
		c.Tries = 6
	}
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
	switch {
	case c.AccessToken == "":
		wrong.Required("AccessToken", "set the access token of the HyperPay account")
	case !visibleASCII.MatchString(c.AccessToken.Reveal()):
		wrong.Invalid("AccessToken", "must be visible ASCII characters")
	}
	if len(c.EntityIDs) == 0 {
		wrong.Required("EntityIDs", "set the entity ids to read: mada usually has its own")
	}
	seen := map[string]bool{}
	for i, id := range c.EntityIDs {
		field := fmt.Sprintf("EntityIDs[%d]", i)
		switch {
		case !idShape.MatchString(id):
			wrong.Invalid(field, "must be 32 hexadecimal digits")
		case seen[id]:
			wrong.Invalid(field, "is there twice")
		}
		seen[id] = true
	}
	switch {
	case c.Environment != "" && c.Environment != Test && c.Environment != Live:
		wrong.Invalid("Environment", "must be hyperpay.Test or hyperpay.Live")
	case c.Environment == "" && c.BaseURL == "":
		wrong.Required("Environment", "say hyperpay.Test or hyperpay.Live: the token doesn't tell")
	}
	if c.BaseURL != "" {
		wrong.Origin(c.BaseURL, "https://eu-prod.oppwa.com")
	}
	if key, err := hex.DecodeString(c.WebhookSecret.Reveal()); c.WebhookSecret != "" && (err != nil || len(key) != keySize) {
		wrong.Invalid("WebhookSecret", "must be 64 hexadecimal digits, as the administration shows it")
	}
	settings.Outside(&wrong, "LookBack", c.LookBack, 0, longestWindow, "must be from 0 to a year")
	settings.Outside(&wrong, "Window", c.Window, time.Minute, longestWindow, "must be from a minute to a year")
	settings.Outside(&wrong, "PageSize", c.PageSize, 1, largestPage, "must be from 1 to 500")
	settings.Outside(&wrong, "Tries", c.Tries, 1, 100, "must be from 1 to 100")
	return wrong.Err("hyperpay")
}

// host is where calls go.
func (c Config) host() string {
	switch {
	case c.BaseURL != "":
		return c.BaseURL
	case c.Environment == Live:
		return hostLive
	default:
		return hostTest
	}
}

// live tells whether real money is meant, so that a test connector's success is none.
func (c Config) live() bool {
	return c.Environment == Live || c.BaseURL == hostLive || c.BaseURL == olderHostLive
}
