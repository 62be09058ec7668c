package tabby

import "github.com/paylinks/paylinks-go/paylinks"

// FromCredentials makes a Provider from credentials by the names that [Info] lists, as an environment or a table of
// installed apps holds them. What config says beside them stands.
func FromCredentials(credential func(name string) string, config Config) (*Provider, error) {
	config.SecretKey = paylinks.Secret(credential("TABBY_SECRET_KEY"))
	config.MerchantCode = credential("TABBY_MERCHANT_CODE")
	config.WebhookSecret = paylinks.Secret(credential("TABBY_WEBHOOK_SECRET"))
	config.WebhookHeader = credential("TABBY_WEBHOOK_HEADER")
	return New(config)
}
