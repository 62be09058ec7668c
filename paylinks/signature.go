package paylinks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Events are signed by the Standard Webhooks scheme (https://www.standardwebhooks.com): HMAC-SHA256 over "id.timestamp.body", one signature for
// each secret that is valid at the moment.
const (
	headerWebhookID        = "Webhook-Id"
	headerWebhookTimestamp = "Webhook-Timestamp"
	headerWebhookSignature = "Webhook-Signature"
	signatureVersion       = "v1,"
	secretPrefix           = "whsec_"
)

// signingSecret derives the secret of an endpoint's key from the Service's: the same whenever it's asked for, and stored nowhere.
func signingSecret(root Secret, endpointID string, key int) []byte {
	mac := hmac.New(sha256.New, []byte(root))
	_, _ = fmt.Fprintf(mac, "paylinks endpoint %s key %d", endpointID, key) // a hash never fails to be written
	return mac.Sum(nil)
}

// shownSecret is a signing secret in the form that Standard Webhooks libraries take.
func shownSecret(secret []byte) Secret {
	return Secret(secretPrefix + base64.StdEncoding.EncodeToString(secret))
}

// sign sets the headers of a message.
func sign(header http.Header, id string, at time.Time, body []byte, secrets ...[]byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body) // a hash never fails to be written
		signatures[i] = signatureVersion + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	header.Set(headerWebhookID, id)
	header.Set(headerWebhookTimestamp, timestamp)
	header.Set(headerWebhookSignature, strings.Join(signatures, " "))
}
