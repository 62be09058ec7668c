package tamara

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/settings"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Environment tells the sandbox from real money. Tamara's tokens don't say which they are for, so it's always said.
type Environment string

// The environments.
const (
	Sandbox Environment = "sandbox"
	Live    Environment = "live"
)

// Hosts of Tamara's API. Each has tokens of its own.
const (
	hostSandbox = "https://api-sandbox.tamara.co"
	hostLive    = "https://api.tamara.co"
)

// Flow is the way in which links are made.
type Flow string

// The flows.
const (
	// FlowSMS: Tamara texts the link to the buyer, and captures by itself.
	FlowSMS Flow = "instore_sms"
	// FlowQR: the link is shown as a QR code, which the buyer scans with Tamara's app. Tamara captures by itself.
	FlowQR Flow = "instore_qr"
	// FlowOnline: the online checkout. The merchant shows the link, and captures.
	FlowOnline Flow = "online"
)

// Config configures a [Provider]: one Tamara account. APIToken, NotificationToken, and Environment or BaseURL are required.
type Config struct {
	// APIToken is the merchant token. It's opaque; space around it is ignored.
	APIToken paylinks.Secret
	// NotificationToken is the key with which Tamara signs the token of each webhook; space around it is ignored.
	NotificationToken paylinks.Secret
	// OldNotificationToken is accepted beside NotificationToken while one replaces the other.
	OldNotificationToken paylinks.Secret

	// Environment chooses the host.
	Environment Environment
	// BaseURL replaces Tamara's host, for stand-ins: scheme and host alone. Plain http is meant for those.
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a call with its retries where its context ends no earlier (default 20 s).
	Timeout time.Duration
	// EligibilityTimeout bounds [Provider.CheckEligibility] (default 200 ms, as Tamara's own plugins do).
	EligibilityTimeout time.Duration
	// Retries is how often a failed read is repeated (default 2, negative for never). Calls with an effect never are.
	Retries int
	// Logger gets a debug line for each call (default none).
	Logger *slog.Logger
	// Now is where time comes from (default time.Now).
	Now func() time.Time

	// Flow is how links are made (default [FlowSMS]).
	Flow Flow
	// DeviceID names the till to Tamara. FlowQR requires it.
	DeviceID string
	// StoreCode names the branch, for links whose request has no store_code. Tamara's go-live checklist asks for one.
	StoreCode string
	// Currencies are those that the account takes (default SAR, AED and BHD). Tamara's API also knows KWD and OMR, yet the company
	// says that it works in three countries: add them where the account has them.
	Currencies []paylinks.Currency
	// ExpiryMinutes is how long a link can be paid, 5 to 1440. Tamara ignores it unless its support has enabled it for the account: leave
	// it 0 otherwise, for 15 minutes in a shop and 30 online.
	ExpiryMinutes int
	// ManualAuthorise leaves approved payments to whoever authorises them elsewhere, within Tamara's 72 hours. By default it's done for
	// them: of online payments at once, and of those in a shop, which should never need it, once they have stayed approved.
	ManualAuthorise bool

	// RegisterEvents are the events that [Provider.RegisterWebhook] registers (default [WebhookEvents]).
	RegisterEvents []string
}

const minExpiry, maxExpiry = 5, 1440

var visibleASCII = regexp.MustCompile(`^[!-~]+$`)

// apiCurrencies are the currencies of Tamara's API.
var apiCurrencies = [...]paylinks.Currency{paylinks.SAR, paylinks.AED, paylinks.BHD, paylinks.KWD, paylinks.OMR}

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	for _, secret := range []*paylinks.Secret{&c.APIToken, &c.NotificationToken, &c.OldNotificationToken} {
		*secret = paylinks.Secret(strings.TrimSpace(secret.Reveal()))
	}
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.BaseURL == "" {
		c.BaseURL = map[Environment]string{Sandbox: hostSandbox, Live: hostLive}[c.Environment]
	}
	if c.Flow == "" {
		c.Flow = FlowSMS
	}
	if c.EligibilityTimeout <= 0 {
		c.EligibilityTimeout = 200 * time.Millisecond
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if len(c.Currencies) == 0 {
		c.Currencies = []paylinks.Currency{paylinks.SAR, paylinks.AED, paylinks.BHD}
	}
	if len(c.RegisterEvents) == 0 {
		c.RegisterEvents = WebhookEvents()
	}
	return c
}

// check names everything that is wrong with a normalized c.
func (c Config) check() error {
	var wrong settings.Wrong
	for _, token := range []struct {
		field    string
		value    paylinks.Secret
		required bool
	}{
		{"APIToken", c.APIToken, true}, {"NotificationToken", c.NotificationToken, true}, {"OldNotificationToken", c.OldNotificationToken, false},
	} {
		switch {
		case token.value == "" && token.required:
			wrong.Required(token.field, "set it to what Tamara's partner portal shows when it makes the token")
		case token.value != "" && !visibleASCII.MatchString(token.value.Reveal()):
			wrong.Invalid(token.field, "must be visible ASCII characters without space inside")
		}
	}
	switch {
	case c.Environment != "" && c.Environment != Sandbox && c.Environment != Live:
		wrong.Invalid("Environment", "must be tamara.Sandbox or tamara.Live")
	case c.BaseURL == "":
		wrong.Required("Environment", "say tamara.Sandbox or tamara.Live: the token doesn't tell")
	}
	if c.BaseURL != "" {
		wrong.Origin(c.BaseURL, "https://api.tamara.co")
	}
	switch {
	case c.Flow != FlowSMS && c.Flow != FlowQR && c.Flow != FlowOnline:
		wrong.Invalid("Flow", "must be tamara.FlowSMS, tamara.FlowQR or tamara.FlowOnline")
	case c.Flow == FlowQR && c.DeviceID == "":
		wrong.Required("DeviceID", "FlowQR needs the id of the till")
	}
	if c.DeviceID != "" && !visibleASCII.MatchString(c.DeviceID) {
		wrong.Invalid("DeviceID", "must be visible ASCII characters, since it travels in a header")
	}
	if c.ExpiryMinutes != 0 && (c.ExpiryMinutes < minExpiry || c.ExpiryMinutes > maxExpiry) {
		wrong.Invalid("ExpiryMinutes", fmt.Sprintf("must be %d to %d, or 0 for Tamara's own time", minExpiry, maxExpiry))
	}
	for _, currency := range c.Currencies {
		if !slices.Contains(apiCurrencies[:], currency) {
			wrong.Unsupported("Currencies", "must be among SAR, AED, BHD, KWD and OMR")
			break
		}
	}
	for _, event := range c.RegisterEvents {
		if !slices.Contains(WebhookEvents(), event) {
			wrong.Invalid("RegisterEvents", "must be among tamara.WebhookEvents()")
			break
		}
	}
	return wrong.Err("tamara")
}

// flow is the flow in which the link of ref was made.
func (c Config) flow(ref paylinks.Ref) Flow {
	if ref.Flow != "" {
		return Flow(ref.Flow)
	}
	return c.Flow
}

// life is how long a link of a flow can be paid.
func (c Config) life(flow Flow) time.Duration {
	switch {
	case c.ExpiryMinutes != 0:
		return time.Duration(c.ExpiryMinutes) * time.Minute
	case flow == FlowOnline:
		return onlineLife
	default:
		return inStoreLife
	}
}
