package moyasar

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar/internal/api"
)

// verification is the event by which Moyasar tries a new webhook.
const verification = "webhook_verification"

var uuidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// ReceiveWebhook reads an event. Moyasar signs nothing: the proof is the secret in the body, which whoever has read one event knows. It's a hint at
// which payment to look again, and nothing else. A proven event that is about no payment has an empty Ref: answer it 200 and forget it. The one by
// which Moyasar tries a new webhook is told to Config.Logger with its code, see [Gateway.Verification].
func (g *Gateway) ReceiveWebhook(ctx context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	event, ok := g.proven(req.Body)
	if !ok {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	sum := sha256.Sum256(req.Body)
	notification := paylinks.Notification{Type: string(event.Type), DedupKey: cmp.Or(string(event.ID), hex.EncodeToString(sum[:]))}
	if webhookID, code, ok := g.Verification(req); ok {
		g.config.Logger.LogAttrs(ctx, slog.LevelWarn, "moyasar: this webhook must be confirmed within 30 minutes: POST /v1/webhooks/{webhook_id}/verify with the code",
			slog.String("webhook_id", webhookID), slog.String("code", code))
	}
	if !strings.HasPrefix(notification.Type, "payment_") {
		return notification, nil
	}
	notification.Ref.PaymentID = string(event.Data.Value.ID)
	if !uuidShape.MatchString(notification.Ref.PaymentID) {
		return paylinks.Notification{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the webhook names no payment",
		}
	}
	return notification, nil
}

// Verification reads the event with which Moyasar tries a new webhook: it's sent once, holds for 30 minutes, and wants its six digits in
// POST /v1/webhooks/{webhookID}/verify before any other event is sent. It's false for any other event, and for one that isn't proven.
func (g *Gateway) Verification(req paylinks.WebhookRequest) (webhookID, code string, ok bool) {
	event, ok := g.proven(req.Body)
	if !ok || event.Type != verification {
		return "", "", false
	}
	data := event.Data.Value
	return string(data.WebhookID), string(data.Code), uuidShape.MatchString(string(data.WebhookID)) && data.Code != ""
}

// proven reads an event that has our secret. Without a secret nothing is proven.
func (g *Gateway) proven(body []byte) (api.Event, bool) {
	var event api.Event
	if g.config.WebhookSecret == "" || json.Unmarshal(body, &event) != nil {
		return api.Event{}, false
	}
	// Hashing first makes both sides of one length, so that the time taken doesn't tell the secret's.
	want := sha256.Sum256([]byte(g.config.WebhookSecret.Reveal()))
	have := sha256.Sum256([]byte(event.SecretToken))
	if subtle.ConstantTimeCompare(want[:], have[:]) != 1 {
		return api.Event{}, false
	}
	return event, true
}
