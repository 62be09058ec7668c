package dinero

import (
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// FromCredentials makes a Gateway from credentials by the names that [Info] lists, as an environment or a table of installed
// apps holds them. DINERO_PAYMENT_IDS, a comma list, is read with them where config has no PaymentIDs. What config says beside them stands.
func FromCredentials(credential func(name string) string, config Config) (*Gateway, error) {
	config.MerchantKey = credential("DINERO_MERCHANT_KEY")
	config.Password = paylinks.Secret(credential("DINERO_PASSWORD"))
	if len(config.PaymentIDs) == 0 {
		config.PaymentIDs = strings.Split(credential("DINERO_PAYMENT_IDS"), ",")
	}
	return New(config)
}
