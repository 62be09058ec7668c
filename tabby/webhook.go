package tabby

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

const (
	// resultParameter is ours, in the URLs to which Tabby sends the browser back. paymentParameter is added by Tabby.
	resultParameter  = "result"
	paymentParameter = "payment_id"
	// maxWebhooks is how many webhooks Tabby keeps for one merchant code and key.
	maxWebhooks = 4
)

// ReceiveWebhook reads a webhook of a payment or a dispute. Tabby signs nothing: the proof is the header whose value we registered, and the
// sender's address where [Config].AllowedWebhookIPs says so. Of the body, only the ids are used.
func (p *Provider) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if !p.proven(req) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	var delivery api.Delivery
	if err := json.Unmarshal(req.Body, &delivery); err != nil {
		return paylinks.Notification{}, notACall("the webhook's body isn't the JSON of Tabby")
	}
	if delivery.DisputeID != "" {
		delivery.ID, delivery.Status = delivery.PaymentID, "dispute_"+delivery.Status
	}
	if !isUUID(delivery.ID) {
		return paylinks.Notification{}, notACall("the webhook names no payment")
	}
	status := strings.ToLower(delivery.Status)
	return paylinks.Notification{
		Ref:      paylinks.Ref{PaymentID: delivery.ID, Reference: delivery.Meta.Value.Reference},
		Type:     status,
		DedupKey: dedupKey(delivery, status),
	}, nil
}

// proven tells whether a webhook has the header that we registered. Without a secret nothing is proven.
func (p *Provider) proven(req paylinks.WebhookRequest) bool {
	if p.config.WebhookSecret == "" {
		return false
	}
	if len(p.ips) > 0 && !p.ips[req.RemoteAddr.Unmap()] {
		return false
	}
	// Hashing first makes both sides of one length, so that the time taken doesn't tell the secret's.
	want := sha256.Sum256([]byte(p.config.WebhookSecret.Reveal()))
	have := sha256.Sum256([]byte(req.Header.Get(p.config.WebhookHeader)))
	return subtle.ConstantTimeCompare(want[:], have[:]) == 1
}

// dedupKey tells events apart: Tabby gives them no id. An authorized payment is delivered again, with the same status, for each capture, and
// a closed one for each refund and each change of its order number.
func dedupKey(delivery api.Delivery, status string) string {
	event, _ := json.Marshal([]any{
		strings.ToLower(delivery.ID), delivery.DisputeID, status, delivery.Order.Value.ReferenceID,
		entryIDs(delivery.Captures.Value), entryIDs(delivery.Refunds.Value),
	})
	sum := sha256.Sum256(event)
	return hex.EncodeToString(sum[:])
}

// entryIDs are the ids of captures or refunds, whose order Tabby doesn't promise.
func entryIDs(entries []api.Entry) []string {
	ids := make([]string, 0, len(entries))
	for _, entry := range entries {
		ids = append(ids, cmp.Or(entry.ID, entry.ReferenceID))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ReceiveCallback reads the query with which the buyer's browser comes back: payment_id, which Tabby adds, and our own result. An id that can't
// be one of Tabby's is ignored.
func (p *Provider) ReceiveCallback(_ context.Context, query url.Values) (paylinks.Callback, error) {
	result, id := query.Get(resultParameter), query.Get(paymentParameter)
	// Tabby doesn't say how it adds to a URL that has a query. A second "?" would make payment_id a part of our result.
	if before, after, ok := strings.Cut(result, "?"+paymentParameter+"="); ok {
		result, id = before, after
	}
	var callback paylinks.Callback
	if isUUID(id) {
		callback.Ref.PaymentID = id
	}
	if result == "success" || result == "cancel" || result == "failure" {
		callback.Result = result
	}
	return callback, nil
}

// RegisterWebhook has Tabby send webhooks to url with our proof: it adds the webhook where it's missing, and replaces it where its header
// isn't ours. Test and live keys have webhooks of their own. It needs [Config].WebhookSecret.
func (p *Provider) RegisterWebhook(ctx context.Context, url string) error {
	if p.config.WebhookSecret == "" {
		return notACall("set WebhookSecret first: without it no webhook would be accepted")
	}
	client := p.api(p.config.Currency)
	registered, err := client.Webhooks(ctx)
	if err != nil {
		return refusal(err)
	}
	ours := api.Webhook{
		URL:    url,
		Header: &api.WebhookHeader{Title: p.config.WebhookHeader, Value: p.config.WebhookSecret.Reveal()},
	}
	registered = slices.DeleteFunc(registered, func(w api.Webhook) bool { return w.IsTest != nil && *w.IsTest != p.testKey() })
	for _, webhook := range registered {
		switch {
		case webhook.URL != url:
			continue
		case sameHeader(webhook.Header, ours.Header):
			return nil
		case webhook.ID == "":
			return unreadable("the registered webhook has no id", nil)
		}
		if err := client.ReplaceWebhook(ctx, webhook.ID, ours); err != nil {
			return refusal(err)
		}
		return nil
	}
	if len(registered) >= maxWebhooks {
		return notACall("Tabby keeps four webhooks for one merchant code and key, and four others are registered: remove one")
	}
	if err := client.AddWebhook(ctx, ours); err != nil {
		return refusal(err)
	}
	return nil
}

func sameHeader(a, b *api.WebhookHeader) bool {
	return a != nil && strings.EqualFold(a.Title, b.Title) && a.Value == b.Value
}
