package tap

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

// hashHeader is the proof of a webhook. Tap's documentation shows a header "hash" besides, and doesn't explain it.
const hashHeader = "Hashstring"

// ReceiveWebhook reads a webhook of a charge, an authorization, a refund or an invoice. The proof is an HMAC with the secret key over some
// of its fields; the others, a refund's charge among them, may be anything: use it to look at the charge, and at nothing else.
//
// Tap sends webhooks of captured and failed charges alone: none tells of one that was begun or abandoned. Its documentation's own example
// can't be computed again for want of its key, so the first real webhook is to confirm the recipe.
func (g *Gateway) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	var delivery api.Delivery
	if json.Unmarshal(req.Body, &delivery) != nil {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	text, ok := signedText(delivery)
	if !ok || !g.proven(req.Header.Get(hashHeader), text) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	payment := string(delivery.ID)
	if kind(delivery) == "refund" {
		payment = string(delivery.ChargeID)
	}
	if payment == "" {
		return paylinks.Notification{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the webhook names no charge",
		}
	}
	sum := sha256.Sum256([]byte(text))
	return paylinks.Notification{
		Ref:      paylinks.Ref{PaymentID: payment},
		Type:     kind(delivery) + "." + strings.ToLower(string(delivery.Status)),
		DedupKey: hex.EncodeToString(sum[:]),
	}, nil
}

// proven compares in constant time.
func (g *Gateway) proven(hash, text string) bool {
	mac := hmac.New(sha256.New, []byte(g.config.SecretKey.Reveal()))
	mac.Write([]byte(text))
	want := hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(strings.ToLower(hash)), []byte(want))
}

// signedText is what Tap's hashstring is computed over. It's false where the body lacks the amount. The amount is printed with its
// currency's decimals, whatever the body has; an absent reference is an empty text, its name stays.
func signedText(d api.Delivery) (string, bool) {
	amount, err := money(d.Amount, d.Currency)
	if err != nil || d.ID == "" {
		return "", false
	}
	fields := []string{"x_id", string(d.ID), "x_amount", amount.String(), "x_currency", string(d.Currency)}
	if kind(d) == "invoice" {
		fields = append(fields, "x_updated", string(d.Updated), "x_status", string(d.Status), "x_created", string(d.Created))
		return strings.Join(fields, ""), true
	}
	fields = append(fields,
		"x_gateway_reference", string(d.Reference.Value.Gateway), "x_payment_reference", string(d.Reference.Value.Payment),
		"x_status", string(d.Status), "x_created", string(created(d)))
	return strings.Join(fields, ""), true
}

// created is the time of creation that is signed: a refund's own, and the transaction's of everything else.
func created(d api.Delivery) lenient.Scalar {
	if kind(d) == "refund" {
		return d.Created
	}
	return cmp.Or(d.Transaction.Value.Created, d.Created)
}

// kind is what a webhook is about. The prefix of an id tells where the object doesn't say.
func kind(d api.Delivery) string {
	if d.Object != "" {
		return strings.ToLower(string(d.Object))
	}
	for prefix, name := range map[string]string{"chg_": "charge", "auth_": "authorize", "re_": "refund", "inv_": "invoice"} {
		if strings.HasPrefix(string(d.ID), prefix) {
			return name
		}
	}
	return "object"
}
