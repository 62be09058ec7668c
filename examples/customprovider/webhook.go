package acmepay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// SignatureHeader is the header that proves webhooks.
const SignatureHeader = "Acmepay-Signature"

// maxAge is how old a signature may be, and how far ahead its sender's clock. An older one might be a copy that somebody sends again.
const maxAge = 5 * time.Minute

// ReceiveWebhook reads a webhook about a link. Proof comes first: of a body without one not a byte is parsed.
func (p *Provider) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if !p.proven(req) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	var e event
	if err := json.Unmarshal(req.Body, &e); err != nil || e.ID == "" || !isID(e.Link.ID) {
		return paylinks.Notification{}, notACall("the webhook names no link")
	}
	return paylinks.Notification{
		Ref:      paylinks.Ref{PaymentID: e.Link.ID, Reference: e.Link.Reference},
		Type:     e.Type,
		DedupKey: e.ID,
	}, nil
}

// proven tells whether a webhook is signed with our secret, not long ago. Without a secret nothing is proven.
func (p *Provider) proven(req paylinks.WebhookRequest) bool {
	seconds, signature, ok := strings.Cut(strings.TrimPrefix(req.Header.Get(SignatureHeader), "t="), ",v1=")
	at, err := strconv.ParseInt(seconds, 10, 64)
	if p.config.WebhookSecret == "" || !ok || err != nil || req.Now.Sub(time.Unix(at, 0)).Abs() > maxAge {
		return false
	}
	have, err := hex.DecodeString(signature)
	mac := hmac.New(sha256.New, []byte(p.config.WebhookSecret.Reveal()))
	mac.Write([]byte(seconds + "."))
	mac.Write(req.Body)
	return err == nil && hmac.Equal(mac.Sum(nil), have) // in constant time
}

// results are Acme Pay's words for how the buyer came back.
var results = map[string]string{"paid": "success", "declined": "failure", "cancelled": "cancel"}

// ReceiveCallback reads the query with which the buyer's browser comes back. Anybody can type it, so it proves nothing: the Service asks Acme Pay.
func (p *Provider) ReceiveCallback(_ context.Context, query url.Values) (paylinks.Callback, error) {
	callback := paylinks.Callback{Result: results[query.Get("acme_result")]}
	if id := query.Get("acme_link"); isID(id) {
		callback.Ref.PaymentID = id
	}
	return callback, nil
}
