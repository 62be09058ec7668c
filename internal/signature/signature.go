// Package signature signs messages, and proves them, by the scheme of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over
// "id.timestamp.body", one signature for each secret that is valid at the moment.
package signature

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

// The headers of a message. HeaderID is the event's, the same in every try.
const (
	HeaderID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
	version         = "v1,"
	secretPrefix    = "whsec_"
)

// tolerance is how far the clocks of sender and receiver may be apart: what is older is a replay.
const tolerance = 5 * time.Minute

// minSecret is the least that the scheme takes for a secret, in bytes.
const minSecret = 24

// FormatSecret is a secret in the form that Standard Webhooks libraries take: "whsec_" and base64.
func FormatSecret(secret []byte) string {
	return secretPrefix + base64.StdEncoding.EncodeToString(secret)
}

// ParseSecret reads what FormatSecret writes. Its errors don't show the text.
func ParseSecret(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, secretPrefix)
	secret, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(secret) < minSecret {
		return nil, fmt.Errorf(`must be "%s" followed by the base64 of at least %d bytes`, secretPrefix, minSecret)
	}
	return secret, nil
}

// Sign sets the headers of a message.
func Sign(header http.Header, id string, at time.Time, body []byte, secrets ...[]byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		signatures[i] = version + base64.StdEncoding.EncodeToString(sum(secret, id, timestamp, body))
	}
	header.Set(HeaderID, id)
	header.Set(headerTimestamp, timestamp)
	header.Set(headerSignature, strings.Join(signatures, " "))
}

// Proven tells whether a message is signed with one of the secrets, and at about the time now. Each header must be there once.
func Proven(header http.Header, now time.Time, body []byte, secrets ...[]byte) bool {
	id, timestamp, signatures := one(header, HeaderID), one(header, headerTimestamp), one(header, headerSignature)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if id == "" || err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	proven := false
	for _, secret := range secrets {
		want := sum(secret, id, timestamp, body)
		for signature := range strings.FieldsSeq(signatures) {
			encoded, ok := strings.CutPrefix(signature, version)
			got, err := base64.StdEncoding.DecodeString(encoded)
			proven = proven || ok && err == nil && hmac.Equal(want, got)
		}
	}
	return proven
}

func sum(secret []byte, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body) // a hash never fails to be written
	return mac.Sum(nil)
}

func one(header http.Header, name string) string {
	if values := header.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}
