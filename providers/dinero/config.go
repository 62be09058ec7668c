package dinero

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/settings"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	host           = "https://checkout.dineropay.com"
	defaultTimeout = 15 * time.Second
)

// Config configures a [Gateway]: some payments of one Dinero Pay account. MerchantKey and Password are required.
type Config struct {
	// MerchantKey names the merchant, test or live: a UUID of the dashboard. Space around it is ignored.
	MerchantKey string
	// Password goes with it: it's in the hash of each call, and proves callbacks.
	Password paylinks.Secret
	// PaymentIDs are the payments to read, in this order. Space around them is ignored, and so are repetitions and empty ones.
	PaymentIDs []string
	// OrderIDs are orders whose last payment is read besides, after PaymentIDs: the number that the merchant gave to the order. Dinero
	// Pay's documentation doesn't show that call, though integrators use it (default none).
	OrderIDs []string

	// TwoStep says that the account authorizes first and captures later, by agreement with Dinero Pay: "pending" means authorized then, and
	// pending else. Dinero Pay's own pages differ.
	TwoStep bool
	// Location is the time zone of payments' dates (default UTC). Dinero Pay doesn't say; Asia/Riyadh is the other candidate.
	Location *time.Location

	// BaseURL replaces Dinero Pay's host, for stand-ins: scheme and host alone (default https://checkout.dineropay.com).
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport).
	HTTPClient *http.Client
	// Timeout bounds a single try of a call where its context ends no earlier (default 15 s).
	Timeout time.Duration
	// Logger gets a debug line for each call, and a warning where an answer is about another payment (default none).
	Logger *slog.Logger
	// Wait waits for d or until ctx ends, and then returns its error: where Dinero Pay limits the rate of calls, and before a failed one is
	// repeated (default: by the real clock).
	Wait func(ctx context.Context, d time.Duration) error
}

const maxID = 255

var (
	keyShape       = regexp.MustCompile(`^[0-9A-Za-z_-]{1,255}$`)
	paymentIDShape = regexp.MustCompile(`^[0-9A-Za-z-]{1,255}$`)
	printableASCII = regexp.MustCompile(`^[ -~]+$`)
)

// normalized is c with space trimmed, repetitions dropped and defaults filled in.
func (c Config) normalized() Config {
	c.MerchantKey = strings.TrimSpace(c.MerchantKey)
	c.Password = settings.Secret(c.Password)
	c.PaymentIDs = distinct(c.PaymentIDs)
	c.OrderIDs = distinct(c.OrderIDs)
	c.BaseURL = settings.BaseURL(c.BaseURL)
	if c.BaseURL == "" {
		c.BaseURL = host
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Wait == nil {
		c.Wait = patience.Sleep
	}
	return c
}

// distinct are the ids in their order, trimmed, without empty ones and repetitions.
func distinct(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	kept := make([]string, 0, len(ids))
	for _, id := range ids {
		if id = strings.TrimSpace(id); id != "" && !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// check names everything that is wrong with a normalized c.
func (c Config) check() error {
	var wrong settings.Wrong
	switch {
	case c.MerchantKey == "":
		wrong.Required("MerchantKey", "set the merchant key of the Dinero Pay dashboard")
	case !keyShape.MatchString(c.MerchantKey):
		wrong.Invalid("MerchantKey", "must be the UUID that the Dinero Pay dashboard shows")
	}
	if c.Password == "" {
		wrong.Required("Password", "set the password that goes with the merchant key")
	}
	for i, id := range c.PaymentIDs {
		if !paymentIDShape.MatchString(id) {
			wrong.Invalid(fmt.Sprintf("PaymentIDs[%d]", i), "must be a payment id such as 24f7401c-fc47-11ec-8d07-0242ac120015")
		}
	}
	for i, id := range c.OrderIDs {
		if len(id) > maxID || !printableASCII.MatchString(id) {
			wrong.Invalid(fmt.Sprintf("OrderIDs[%d]", i), "must be up to 255 printable ASCII characters")
		}
	}
	wrong.Origin(c.BaseURL, "https://checkout.dineropay.com")
	return wrong.Err("dinero")
}
