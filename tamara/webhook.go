package tamara

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

const (
	// tokenParameter is the first of the two places of a webhook's proof.
	tokenParameter = "tamaraToken"
	// leeway is how far Tamara's clock and ours may be apart.
	leeway = time.Minute
	// maxToken bounds what is looked at as a token: Tamara's have about 150 bytes.
	maxToken = 4096
	// maxWebhookURL is how long a webhook's URL can be.
	maxWebhookURL = 255
	// eventOnHold is in none of Tamara's lists of events but one example.
	eventOnHold = "order_on_hold"
)

// WebhookEvents are the events of orders that Tamara tells of.
func WebhookEvents() []string {
	return []string{
		"order_approved", "order_declined", "order_authorised", "order_canceled", "order_updated", "order_captured", "order_refunded", "order_expired",
		eventOnHold,
	}
}

// ReceiveWebhook reads a webhook, or the older notification of a single order. The proof is a token that Tamara signs with the notification
// token. It doesn't cover the body: whoever sees one can send any body for a quarter of an hour. So only ids are used.
func (p *Provider) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if !p.proven(req) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	var delivery api.Delivery
	if err := json.Unmarshal(req.Body, &delivery); err != nil {
		return paylinks.Notification{}, notACall("the webhook's body isn't the JSON of Tamara")
	}
	if !isUUID(delivery.OrderID) {
		return paylinks.Notification{}, notACall("the webhook names no order")
	}
	event := strings.ToLower(cmp.Or(delivery.EventType.Value, delivery.OrderStatus.Value))
	return paylinks.Notification{
		Ref:      paylinks.Ref{PaymentID: strings.ToLower(delivery.OrderID), Reference: delivery.Reference.Value},
		Type:     cmp.Or(event, "unknown"),
		DedupKey: dedupKey(delivery, event),
	}, nil
}

// proven tells whether one of the tokens that a webhook carries is Tamara's. It's in the query and in the Authorization header, and the latter may be
// the merchant's own where the webhook was registered with one.
func (p *Provider) proven(req paylinks.WebhookRequest) bool {
	now := req.Now
	if now.IsZero() {
		now = p.config.Now()
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(func() time.Time { return now }),
	)
	return slices.ContainsFunc(candidates(req), func(token string) bool {
		if token == "" || len(token) > maxToken {
			return false
		}
		_, err := parser.ParseWithClaims(token, &jwt.RegisteredClaims{}, p.keys)
		return err == nil
	})
}

// candidates are what may be the token, the query's first.
func candidates(req paylinks.WebhookRequest) []string {
	tokens := slices.Clone(req.Query[tokenParameter])
	for _, value := range req.Header.Values("Authorization") {
		if scheme, token, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
			tokens = append(tokens, strings.TrimSpace(token))
		}
	}
	return tokens
}

// keys are the notification tokens: their bytes as they stand, which look like base64 or a UUID and are neither.
func (p *Provider) keys(*jwt.Token) (any, error) {
	keys := []jwt.VerificationKey{[]byte(p.config.NotificationToken.Reveal())}
	if old := p.config.OldNotificationToken; old != "" {
		keys = append(keys, []byte(old.Reveal()))
	}
	return jwt.VerificationKeySet{Keys: keys}, nil
}

// dedupKey tells events apart: Tamara gives them no id. Several captures, refunds or cancellations of an order are told apart by their own
// ids, and what has none by all that it says.
func dedupKey(delivery api.Delivery, event string) string {
	var ids api.Maybe[struct {
		Capture string `json:"capture_id"`
		Refund  string `json:"refund_id"`
		Cancel  string `json:"cancel_id"`
	}]
	_ = ids.UnmarshalJSON(delivery.Data)
	about := []string{strings.ToLower(delivery.OrderID), event, ids.Value.Capture, ids.Value.Refund, ids.Value.Cancel}
	if ids.Value.Capture+ids.Value.Refund+ids.Value.Cancel == "" {
		var data bytes.Buffer
		if json.Compact(&data, delivery.Data) == nil {
			about = append(about, data.String())
		}
	}
	encoded, _ := json.Marshal(about)
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}

// ReceiveCallback reads the query with which the buyer's browser comes back. The order's id is "null" after some cancellations: an id that can't
// be one of Tamara's is ignored.
func (p *Provider) ReceiveCallback(_ context.Context, query url.Values) (paylinks.Callback, error) {
	var callback paylinks.Callback
	if id := query.Get("orderId"); isUUID(id) {
		callback.Ref.PaymentID = strings.ToLower(id)
	}
	switch status := word(query.Get("paymentStatus")); {
	case status.Paid():
		callback.Result = "success"
	case status == paylinks.StatusCancelled:
		callback.Result = "cancel"
	case status.Ended():
		callback.Result = "failure"
	}
	return callback, nil
}

// RegisterWebhook has Tamara send the events of all orders to url. An URL that is registered already gets the configured events. Where Tamara
// refuses the list, it's offered without order_on_hold, which its documentation has and hasn't.
func (p *Provider) RegisterWebhook(ctx context.Context, url string) error {
	if len(url) > maxWebhookURL {
		return notACall("Tamara takes webhook URLs of 255 characters at most")
	}
	webhook := api.Webhook{Type: "order", URL: url, Events: p.config.RegisterEvents}
	err := p.register(ctx, webhook)
	if isRequest(err) && slices.Contains(webhook.Events, eventOnHold) {
		webhook.Events = slices.DeleteFunc(slices.Clone(webhook.Events), func(event string) bool { return event == eventOnHold })
		err = p.register(ctx, webhook)
	}
	return err
}

// register adds a webhook, or brings the one that there is into line.
func (p *Provider) register(ctx context.Context, webhook api.Webhook) error {
	err := p.api.AddWebhook(ctx, webhook)
	var answer *api.Error
	if errors.As(err, &answer) {
		detail, registered := answer.Detail(webhookRegistered)
		switch {
		case registered && detail.WebhookID == "":
			return nil
		case registered:
			err = p.api.ReplaceWebhook(ctx, detail.WebhookID, api.Webhook{URL: webhook.URL, Events: webhook.Events})
		}
	}
	if err != nil {
		return refusal(err)
	}
	return nil
}

// isRequest tells whether Tamara refused what a call said.
func isRequest(err error) bool {
	var refused *paylinks.ProviderError
	return errors.As(err, &refused) && refused.Refusal == paylinks.RefusedRequest
}
