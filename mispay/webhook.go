package mispay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/mispay/internal/api"
	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	// outcomeParameter is the query parameter that MisPay adds to the callback URL.
	outcomeParameter = "_"
	// maxOutcome is how long its value may be. A genuine one has some 300 characters.
	maxOutcome = 4 << 10
	// callbackRate and callbackBurst bound what an attacker's callbacks can cost: each one decrypted takes some milliseconds of processor time.
	callbackRate  = 20
	callbackBurst = 20
)

// The codes that MisPay pushes.
const (
	codeSuccess  = "MP00"
	codeTimeout  = "MP01"
	codeCanceled = "MP02"
	codeRefunded = "MP03"
)

// results is what a code says to the returning buyer. Any other code says nothing.
var results = map[string]string{codeSuccess: "success", codeTimeout: "failure", codeCanceled: "cancel"}

// ends is how a link ended that nobody paid: track calls a timeout an error, if it tells at all.
var ends = map[string]paylinks.Status{codeTimeout: paylinks.StatusExpired, codeCanceled: paylinks.StatusCancelled}

// refunds is what a refund makes of a payment, by isFullyRefunded. Without that word, nothing is known.
var refunds = map[string]paylinks.Status{"true": paylinks.StatusRefunded, "false": paylinks.StatusPartiallyRefunded}

// ReceiveWebhook reads a webhook. MisPay signs nothing: the proof is the secret part of the URL's path, together with our App ID in the body and the
// sender's address where [Config].AllowedWebhookIPs says so. It's a hint, except for what track can't be asked for: a refund, of which it doesn't say how much,
// and why a link ended unpaid.
func (p *Provider) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if len(p.ips) > 0 && !p.ips[req.RemoteAddr.Unmap()] {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	if !same(req.Path, p.config.WebhookSecret.Reveal()) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	// The content type isn't documented, so it isn't looked at.
	var outcome api.Outcome
	if err := json.Unmarshal(bytes.TrimPrefix(req.Body, []byte("\xef\xbb\xbf")), &outcome); err != nil {
		return paylinks.Notification{}, notACall("the webhook's body isn't the JSON of MisPay")
	}
	if !same(string(outcome.AppID), p.config.AppID) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	ref := refOf(outcome)
	if ref == (paylinks.Ref{}) {
		return paylinks.Notification{}, notACall("the webhook names no checkout")
	}
	notification := paylinks.Notification{Ref: ref, Type: string(outcome.Code), DedupKey: dedupKey(outcome)}
	status, known := ends[string(outcome.Code)]
	if outcome.Code == codeRefunded {
		status, known = refunds[strings.ToLower(string(outcome.IsFullyRefunded))]
	}
	if known {
		notification.Facts = &paylinks.Snapshot{Ref: ref, ProviderStatus: string(outcome.Code), Status: status}
	}
	return notification, nil
}

// same compares in constant time. Hashing first makes both sides of one length, so that the time taken doesn't tell the secret's.
func same(have, want string) bool {
	h, w := sha256.Sum256([]byte(have)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(h[:], w[:]) == 1
}

// dedupKey tells events apart: MisPay gives them no id. Two refunds of a part look the same.
func dedupKey(outcome api.Outcome) string {
	event, _ := json.Marshal([]string{
		string(outcome.CheckoutID), string(outcome.OrderID), string(outcome.Code), strings.ToLower(string(outcome.IsFullyRefunded)),
	})
	sum := sha256.Sum256(event)
	return hex.EncodeToString(sum[:])
}

// refOf are the ids that MisPay names, as far as they can be its own or ours.
func refOf(outcome api.Outcome) paylinks.Ref {
	ref := paylinks.Ref{Reference: referenceOf(string(outcome.OrderID))}
	if isID(string(outcome.CheckoutID)) {
		ref.PaymentID = string(outcome.CheckoutID)
	}
	return ref
}

// ReceiveCallback reads the query with which the buyer's browser comes back: one value, encrypted with the app secret and base64 twice over. What can't be read is
// refused without a word on why.
func (p *Provider) ReceiveCallback(_ context.Context, query url.Values) (paylinks.Callback, error) {
	value := query.Get(outcomeParameter)
	if value == "" || len(value) > maxOutcome {
		return paylinks.Callback{}, unreadableCallback()
	}
	sealed, err := blob.Decode(value)
	if err != nil || !blob.Plausible(string(sealed)) {
		return paylinks.Callback{}, unreadableCallback()
	}
	if !p.callbacks.AllowN(p.config.Now(), 1) {
		return paylinks.Callback{}, refusedHere(paylinks.RefusedRate, "", "too many callbacks at once")
	}
	plain, err := p.box.Open(string(sealed))
	if err != nil {
		return paylinks.Callback{}, unreadableCallback()
	}
	return readCallback(plain)
}

func readCallback(plain []byte) (paylinks.Callback, error) {
	var outcome api.Outcome
	if json.Unmarshal(plain, &outcome) != nil {
		return paylinks.Callback{}, unreadableCallback()
	}
	return paylinks.Callback{Ref: refOf(outcome), Result: results[string(outcome.Code)]}, nil
}

func unreadableCallback() error { return notACall("the callback's query isn't MisPay's") }
