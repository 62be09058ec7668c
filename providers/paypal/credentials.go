package paypal

import "github.com/paylinks/paylinks-go/paylinks"

// FromCredentials makes a Gateway from credentials by the names that [Info] lists, as an environment or a table of
// installed apps holds them. What config says beside them stands; without Environment and BaseURL the account is a live one.
func FromCredentials(credential func(name string) string, config Config) (*Gateway, error) {
	config.ClientID = credential("PAYPAL_CLIENT_ID")
	config.ClientSecret = paylinks.Secret(credential("PAYPAL_CLIENT_SECRET"))
	config.WebhookID = credential("PAYPAL_WEBHOOK_ID")
	if config.Environment == "" && config.BaseURL == "" {
		config.Environment = Live
	}
	return New(config)
}
