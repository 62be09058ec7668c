package paylinks

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"github.com/paylinks/paylinks-go/internal/signature"
)

// signingSecret derives the secret of an endpoint's key from the Service's: the same whenever it's asked for, and stored nowhere.
func signingSecret(root Secret, endpointID string, key int) []byte {
	mac := hmac.New(sha256.New, []byte(root))
	_, _ = fmt.Fprintf(mac, "paylinks endpoint %s key %d", endpointID, key) // a hash never fails to be written
	return mac.Sum(nil)
}

// shownSecret is a signing secret as the owner of an endpoint gets it.
func shownSecret(secret []byte) Secret { return Secret(signature.FormatSecret(secret)) }
