package stripe

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

const (
	signatureHeader = "Stripe-Signature"
	// tolerance is how old a signature may be, and how far ahead the clocks may be of each other.
	tolerance = 300 * time.Second
)

// ReceiveWebhook reads an event. It's a hint at which PaymentIntent to look again: events come at least once, in no promised order, and in the form
// of the endpoint's own API version. A proven event that is about no PaymentIntent, thin ones of API v2 among them, has an empty Ref: answer it 200
// and forget it.
func (g *Gateway) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	now := req.Now
	if now.IsZero() {
		now = g.config.Now()
	}
	if !proven(g.config.WebhookSecret, req.Header.Get(signatureHeader), req.Body, now) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	var event api.Event
	if json.Unmarshal(req.Body, &event) != nil || event.ID == "" {
		return paylinks.Notification{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the webhook's body isn't an event of Stripe",
		}
	}
	object := event.Data.Value.Object
	id := string(object.PaymentIntent)
	if object.Object == "payment_intent" {
		id = string(object.ID)
	}
	if !idShape.MatchString(id) {
		id = ""
	}
	return paylinks.Notification{Ref: paylinks.Ref{PaymentID: id}, Type: string(event.Type), DedupKey: event.ID}, nil
}

// proven tells whether one of a header's signatures of scheme v1 is right and fresh. There are several while a secret is being rolled.
// Without a secret nothing is proven.
func proven(secret paylinks.Secret, header string, body []byte, now time.Time) bool {
	if secret == "" {
		return false
	}
	var timestamp string
	var signatures [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			timestamp = value
		case "v1":
			if signature, err := hex.DecodeString(value); err == nil {
				signatures = append(signatures, signature)
			}
		}
	}
	unix, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(unix, 0)).Abs() > tolerance {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for _, signature := range signatures {
		if hmac.Equal(want, signature) {
			return true
		}
	}
	return false
}
