package tamara

import (
	"cmp"

	"github.com/paylinks/paylinks-go/paylinks"
)

// FromCredentials makes a Provider from credentials by the names that [Info] lists, as an environment or a table of
// installed apps holds them. What config says beside them stands, its BaseURL where the credentials have none.
func FromCredentials(credential func(name string) string, config Config) (*Provider, error) {
	config.APIToken = paylinks.Secret(credential("TAMARA_API_TOKEN"))
	config.NotificationToken = paylinks.Secret(credential("TAMARA_NOTIFICATION_TOKEN"))
	config.BaseURL = cmp.Or(credential("TAMARA_BASE_URL"), config.BaseURL)
	return New(config)
}
