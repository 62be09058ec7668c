package dinero

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero/internal/api"
)

// ReceiveWebhook reads a callback: form fields that Dinero Pay posts to the one notification URL of the merchant. Its hash covers the payment
// and its order, and neither the type nor the status; the buyer's browser may get to see it, too. So a proven callback says that this payment is
// worth a look, and nothing else. It's to be answered with 200 and the body OK, as Info says, and fast: five timeouts in five minutes block the URL.
func (g *Gateway) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	form, err := url.ParseQuery(string(req.Body))
	if err != nil {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	id := form.Get("id")
	// Taken as received: an amount in another form would make another hash.
	fields := []string{id, form.Get("order_number"), form.Get("order_amount"), form.Get("order_currency"), form.Get("order_description")}
	if !api.Proves(form.Get("hash"), g.config.Password, fields...) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	if id == "" {
		return paylinks.Notification{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the callback names no payment",
		}
	}
	// Events have no id. The same callback may come twice, to the letter.
	sum := sha256.Sum256([]byte(form.Encode()))
	return paylinks.Notification{
		Ref:      paylinks.Ref{PaymentID: id, OrderID: form.Get("order_number")},
		Type:     strings.ToLower(form.Get("type") + "." + form.Get("status")),
		DedupKey: hex.EncodeToString(sum[:]),
	}, nil
}
