package tap

import "github.com/paylinks/paylinks-go/paylinks"

// FromCredentials makes a Gateway from credentials by the names that [Info] lists, as an environment or a table of installed
// apps holds them. What config says beside them stands.
func FromCredentials(credential func(name string) string, config Config) (*Gateway, error) {
	config.SecretKey = paylinks.Secret(credential("TAP_SECRET_KEY"))
	return New(config)
}
