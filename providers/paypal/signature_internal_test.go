package paypal

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The text that PayPal signs, to the letter.
func TestSignedMessages(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/webhook_messages.json")
	require.NoError(t, err)
	var vectors []struct {
		Body    string `json:"body"`
		ID      string `json:"transmission_id"`
		Time    string `json:"transmission_time"`
		Webhook string `json:"webhook_id"`
		Message string `json:"message"`
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		assert.Equal(t, v.Message, signedMessage(v.ID, v.Time, v.Webhook, []byte(v.Body)))
	}
}

func TestHostsOfCertificates(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"https://api.paypal.com/v1/notifications/certs/C":         true,
		"https://api.sandbox.paypal.com/v1/notifications/certs/C": true,
		"http://api.paypal.com/c":                                 false,
		"https://paypal.com.evil.example/c":                       false,
		"https://evilpaypal.com/c":                                false,
		"https://api.paypal.com@evil.example/c":                   false,
		"https://evil.example/.paypal.com":                        false,
		"https://api.paypal.com:8443/c":                           false,
		"//api.paypal.com/c":                                      false,
		"":                                                        false,
		"https://%zz":                                             false,
	} {
		assert.Equal(t, ok, ofPayPal(url), url)
	}
}
