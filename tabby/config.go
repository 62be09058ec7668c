package tabby

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
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
	Test Environment = "test"
	Live Environment = "live"
)

// Hosts of Tabby's API. The wrong one for a currency answers 403.
const (
	hostSaudi = "https://api.tabby.sa"
	hostOther = "https://api.tabby.ai"
)

// DefaultWebhookHeader is the header that proves webhooks where [Config].WebhookHeader names no other.
const DefaultWebhookHeader = "X-Webhook-Secret"

// Config configures a [Provider]: one merchant code of one Tabby account. SecretKey and MerchantCode are required.
type Config struct {
	// SecretKey is "sk_test_…" or "sk_…" with a UUID. Space around it is ignored.
	SecretKey paylinks.Secret
	// Environment, where set, must be what the key says, so that a live key can't slip into a test.
	Environment Environment
	// MerchantCode is the code that Tabby issued for the country or branch. A code settles in one currency.
	MerchantCode string
	// Currency is that currency. It chooses the host for calls that name no amount: webhook registration and lists. By default it's
	// AED for the code "AE", KWD for "KW", and SAR for any other.
	Currency paylinks.Currency

	// BaseURL replaces Tabby's hosts, for stand-ins: scheme and host alone. Plain http is meant for those; by default SAR goes
	// to https://api.tabby.sa, and other currencies to https://api.tabby.ai.
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a call with its retries where its context ends no earlier (default 20 s).
	Timeout time.Duration
	// Retries is how often a failed read is repeated (default 2, negative for never). Calls with an effect never are.
	Retries int
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger

	// WebhookSecret is what Tabby sends back in WebhookHeader with each webhook. Tabby doesn't sign webhooks, so without it none is
	// accepted. It's visible ASCII; make it long and random.
	WebhookSecret paylinks.Secret
	// WebhookHeader is the name of that header (default [DefaultWebhookHeader]).
	WebhookHeader string
	// AllowedWebhookIPs, where not empty, are the only addresses that webhooks may come from: [WebhookIPs], or what Tabby says today.
	AllowedWebhookIPs []netip.Addr

	// SendLinkBody sends the phone number and the product along when a link is sent again. Tabby documents no body for that call,
	// but some accounts seem to want one: turn it on if sending is refused.
	SendLinkBody bool
}

// WebhookIPs are the addresses from which Tabby documents that its webhooks come. Tabby has added some over time.
func WebhookIPs() []netip.Addr {
	return []netip.Addr{
		netip.AddrFrom4([4]byte{34, 166, 36, 90}),
		netip.AddrFrom4([4]byte{34, 166, 35, 211}),
		netip.AddrFrom4([4]byte{34, 166, 34, 222}),
		netip.AddrFrom4([4]byte{34, 166, 37, 207}),
		netip.AddrFrom4([4]byte{34, 93, 76, 191}),
		netip.AddrFrom4([4]byte{34, 166, 128, 182}),
		netip.AddrFrom4([4]byte{34, 166, 170, 3}),
		netip.AddrFrom4([4]byte{34, 166, 249, 7}),
	}
}

var (
	secretKeyShape  = regexp.MustCompile(`^sk_(test_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	headerNameShape = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	visibleASCII    = regexp.MustCompile(`^[!-~]+$`)
)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.SecretKey = settings.Secret(c.SecretKey)
	c.WebhookSecret = settings.Secret(c.WebhookSecret)
	c.MerchantCode = strings.TrimSpace(c.MerchantCode)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.WebhookHeader == "" {
		c.WebhookHeader = DefaultWebhookHeader
	}
	if c.Currency == "" {
		c.Currency = currencyOf(c.MerchantCode)
	}
	return c
}

func currencyOf(merchantCode string) paylinks.Currency {
	switch strings.ToUpper(merchantCode) {
	case "AE":
		return paylinks.AED
	case "KW":
		return paylinks.KWD
	default:
		return paylinks.SAR
	}
}

// check names everything that is wrong with a normalized c.
func (c Config) check() error {
	var wrong settings.Wrong
	key := c.SecretKey.Reveal()
	switch {
	case key == "":
		wrong.Required("SecretKey", "set the secret key of the Tabby account (sk_… or sk_test_…)")
	case strings.HasPrefix(key, "pk_"):
		wrong.Invalid("SecretKey", "this is the public key (pk_…); the secret key starts with sk_")
	case !secretKeyShape.MatchString(key):
		wrong.Invalid("SecretKey", "must be sk_ or sk_test_ and a UUID in lower case, as Tabby's dashboard shows it")
	case c.Environment != "" && c.Environment != environmentOf(c.SecretKey):
		wrong.Invalid("Environment", fmt.Sprintf("says %s, but SecretKey is a %s key", c.Environment, environmentOf(c.SecretKey)))
	}
	if c.Environment != "" && c.Environment != Test && c.Environment != Live {
		wrong.Invalid("Environment", "must be tabby.Test or tabby.Live, or empty for what the key says")
	}
	switch {
	case c.MerchantCode == "":
		wrong.Required("MerchantCode", "set the merchant code that Tabby issued")
	case !visibleASCII.MatchString(c.MerchantCode):
		wrong.Invalid("MerchantCode", "must be visible ASCII characters")
	}
	if !Info().Accepts(c.Currency) {
		wrong.Unsupported("Currency", "must be SAR, AED or KWD")
	}
	if c.BaseURL != "" {
		wrong.Origin(c.BaseURL, "https://api.tabby.sa")
	}
	if !headerNameShape.MatchString(c.WebhookHeader) {
		wrong.Invalid("WebhookHeader", "must be an HTTP header name of letters, digits and dashes")
	}
	if c.WebhookSecret != "" && !visibleASCII.MatchString(c.WebhookSecret.Reveal()) {
		wrong.Invalid("WebhookSecret", "must be visible ASCII characters without space, since it travels in a header")
	}
	return wrong.Err("tabby")
}

func environmentOf(key paylinks.Secret) Environment {
	if strings.HasPrefix(key.Reveal(), "sk_test_") {
		return Test
	}
	return Live
}

// host is where calls about a payment in currency go.
func (c Config) host(currency paylinks.Currency) string {
	switch {
	case c.BaseURL != "":
		return c.BaseURL
	case currency == paylinks.SAR:
		return hostSaudi
	default:
		return hostOther
	}
}
