package acmepay

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// DefaultBaseURL is where a [Config] without a BaseURL calls. The name is reserved for documentation, so nobody is there.
const DefaultBaseURL = "https://api.acmepay.example"

// Config configures a [Provider]: one account at Acme Pay. APIKey is required.
type Config struct {
	// APIKey is "acme_" and at least 16 letters or digits. Space around it is ignored.
	APIKey paylinks.Secret
	// WebhookSecret is the key of webhook signatures. Without it no webhook is accepted.
	WebhookSecret paylinks.Secret

	// BaseURL replaces Acme Pay's host, for stand-ins: scheme and host alone (default [DefaultBaseURL]).
	BaseURL string
	// HTTPClient sends the calls (default: one with http.DefaultTransport). Its CheckRedirect is replaced.
	HTTPClient *http.Client
}

// FromCredentials makes a Provider from credentials by the names that [Info] lists, as an environment or a table of installed apps holds them.
// What config says beside them stands.
func FromCredentials(credential func(name string) string, config Config) (*Provider, error) {
	config.APIKey = paylinks.Secret(credential("ACMEPAY_API_KEY"))
	config.WebhookSecret = paylinks.Secret(credential("ACMEPAY_WEBHOOK_SECRET"))
	return New(config)
}

var keyShape = regexp.MustCompile(`^acme_[0-9A-Za-z]{16,}$`)

// normalized is c with space trimmed and defaults filled in.
func (c Config) normalized() Config {
	c.APIKey = paylinks.Secret(strings.TrimSpace(c.APIKey.Reveal()))
	c.WebhookSecret = paylinks.Secret(strings.TrimSpace(c.WebhookSecret.Reveal()))
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	return c
}

// check names everything that is wrong with a normalized c, and never a secret.
func (c Config) check() error {
	var wrong []error
	say := func(field, code, message string) {
		wrong = append(wrong, &paylinks.FieldError{Field: field, Code: code, Message: message})
	}
	switch key := c.APIKey.Reveal(); {
	case key == "":
		say("APIKey", "required", "set the API key of the Acme Pay account (acme_…)")
	case !keyShape.MatchString(key):
		say("APIKey", "invalid", "must be acme_ and at least 16 letters or digits")
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || c.BaseURL != u.Scheme+"://"+u.Host {
		say("BaseURL", "invalid", "must be a scheme and a host alone, such as "+DefaultBaseURL)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("acmepay: the configuration is wrong: %w", errors.Join(wrong...))
	}
	return nil
}
