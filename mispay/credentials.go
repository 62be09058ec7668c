package mispay

import (
	"cmp"

	"github.com/paylinks/paylinks-go/paylinks"
)

// FromCredentials makes a Provider from credentials by the names that [Info] lists, as an environment or a table of
// installed apps holds them. What config says beside them stands, its BaseURL where the credentials have none.
func FromCredentials(credential func(name string) string, config Config) (*Provider, error) {
	config.AppID = credential("MISPAY_APP_ID")
	config.AppSecret = paylinks.Secret(credential("MISPAY_APP_SECRET"))
	config.WebhookSecret = paylinks.Secret(credential("MISPAY_WEBHOOK_SECRET"))
	config.BaseURL = cmp.Or(credential("MISPAY_BASE_URL"), config.BaseURL)
	return New(config)
}
