package hyperpay

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/internal/api"
)

const (
	headerIV  = "X-Initialization-Vector"
	headerTag = "X-Authentication-Tag"

	keySize = 32
	tagSize = 16
	// maxIV bounds the initialization vector, which HyperPay's examples have at 12 bytes.
	maxIV = 64
)

// ReceiveWebhook proves and reads a webhook: which payment to look at. HyperPay encrypts webhooks (AES-256-GCM) instead of signing them: what opens with the
// secret of [Config].WebhookSecret is proven, and anything else is [paylinks.ErrUnproven].
//
// A message has no protected time, so that an old one can be sent again by anybody who has seen it: the notification says what to
// look at, and DedupKey is the same for a repetition. HyperPay wants 2xx within 30 seconds, the test notification's included.
func (g *Gateway) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	plain, ok := decrypt(g.config.WebhookSecret, req)
	if !ok {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	var message api.Message
	if err := json.Unmarshal(plain, &message); err != nil || message.Type == "" {
		return paylinks.Notification{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the webhook's text isn't a notification of HyperPay", Err: err,
		}
	}
	payload := message.Payload
	note := paylinks.Notification{
		Ref:  paylinks.Ref{PaymentID: payload.ID, Reference: payload.TransactionID},
		Type: strings.ToLower(message.Type),
		// An operation that was pending comes again with its new code.
		DedupKey: strings.Join([]string{strings.ToLower(message.Type), message.Action, payload.ID, payload.Result.Code}, " "),
	}
	if payload.ReferencedID != "" { // an operation on a payment, or on a capture of it
		note.Ref.PaymentID, note.Ref.TransactionID = payload.ReferencedID, payload.ID
	}
	return note, nil
}

// decrypt is the plain text of a webhook. The body is the ciphertext in hexadecimal, alone or in a JSON wrapper.
func decrypt(secret paylinks.Secret, req paylinks.WebhookRequest) ([]byte, bool) {
	text := bytes.TrimSpace(req.Body)
	if bytes.HasPrefix(text, []byte("{")) {
		var wrapper struct {
			Body string `json:"encryptedBody"`
		}
		if json.Unmarshal(text, &wrapper) != nil {
			return nil, false
		}
		text = []byte(wrapper.Body)
	}
	key, keyErr := hex.DecodeString(secret.Reveal())
	iv, ivErr := hex.DecodeString(req.Header.Get(headerIV))
	tag, tagErr := hex.DecodeString(req.Header.Get(headerTag))
	sealed, bodyErr := hex.DecodeString(string(text))
	for _, err := range []error{keyErr, ivErr, tagErr, bodyErr} {
		if err != nil {
			return nil, false
		}
	}
	// A shorter tag could be guessed.
	if len(key) != keySize || len(tag) != tagSize || len(iv) == 0 || len(iv) > maxIV {
		return nil, false
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return nil, false
	}
	plain, err := gcm.Open(nil, iv, append(sealed, tag...), nil)
	return plain, err == nil
}
