package hyperpay

import (
	"fmt"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// FromCredentials makes a Gateway from credentials by the names that [Info] lists, as an environment or a table of
// installed apps holds them, and from the setting HYPERPAY_QUERY_INTERVAL ("30s") where there is one. What config says beside
// them stands; without Environment and BaseURL the account is a live one.
func FromCredentials(credential func(name string) string, config Config) (*Gateway, error) {
	config.AccessToken = paylinks.Secret(credential("HYPERPAY_ACCESS_TOKEN"))
	config.EntityIDs = strings.Split(credential("HYPERPAY_ENTITY_ID"), ",")
	config.WebhookSecret = paylinks.Secret(credential("HYPERPAY_WEBHOOK_SECRET"))
	if text := credential("HYPERPAY_QUERY_INTERVAL"); text != "" {
		interval, err := time.ParseDuration(text)
		if err != nil || interval < 0 {
			return nil, fmt.Errorf("hyperpay: the configuration is wrong: %w", &paylinks.FieldError{
				Field: "HYPERPAY_QUERY_INTERVAL", Code: "invalid", Message: `must be a duration such as "30s"`,
			})
		}
		config.QueryInterval = interval
		if interval == 0 { // said to be none, which isn't the same as nothing said
			config.QueryInterval = -1
		}
	}
	if config.Environment == "" && config.BaseURL == "" {
		config.Environment = Live
	}
	return New(config)
}
