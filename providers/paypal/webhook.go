package paypal

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

// signatureHeaders are the headers that prove a webhook; all are needed.
const (
	headerAlgorithm = "Paypal-Auth-Algo"
	headerCertURL   = "Paypal-Cert-Url"
	headerID        = "Paypal-Transmission-Id"
	headerSignature = "Paypal-Transmission-Sig"
	headerTime      = "Paypal-Transmission-Time"
)

// ReceiveWebhook proves and reads a webhook: which payment to look at. By default PayPal is asked whether its signature is right, which costs a
// call; [Config].LocalWebhooks checks it here. What isn't proven is [paylinks.ErrUnproven]; a [*paylinks.ProviderError] says that PayPal
// couldn't be asked, and that the webhook should be answered with a 5xx so that it comes again.
//
// A capture's id is the id of its payment here. Its row shows in Transaction Search up to three hours later, so a sync at once won't have it yet.
func (g *Gateway) ReceiveWebhook(ctx context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	signature := api.Signature{
		Algorithm: req.Header.Get(headerAlgorithm), CertURL: req.Header.Get(headerCertURL), TransmissionID: req.Header.Get(headerID),
		TransmissionSig: req.Header.Get(headerSignature), TransmissionTime: req.Header.Get(headerTime),
	}
	if g.config.WebhookID == "" || !complete(signature) || !json.Valid(req.Body) {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	proven, err := g.proven(ctx, signature, req.Body)
	switch {
	case err != nil:
		return paylinks.Notification{}, err
	case !proven:
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	var event api.Event
	var resource struct {
		ID string `json:"id"`
	}
	if err := errors.Join(json.Unmarshal(req.Body, &event), json.Unmarshal(event.Resource, &resource)); err != nil || event.ID == "" {
		return paylinks.Notification{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the webhook's body isn't an event of PayPal",
		}
	}
	note := paylinks.Notification{Type: event.EventType, DedupKey: event.ID}
	if event.ResourceType == "capture" || event.ResourceType == "authorization" {
		note.Ref.PaymentID = resource.ID
	} else {
		note.Ref.TransactionID = resource.ID // a refund's or a dispute's
	}
	return note, nil
}

func (g *Gateway) proven(ctx context.Context, signature api.Signature, body []byte) (proven bool, err error) {
	if g.config.LocalWebhooks {
		err = g.call(ctx, func() (err error) {
			proven, err = g.certificates.verify(ctx, signature, g.config.WebhookID, body)
			return err
		})
		return proven, err
	}
	err = g.call(ctx, func() (err error) {
		proven, err = g.api.VerifySignature(ctx, signature, g.config.WebhookID, body)
		return err
	})
	return proven, err
}

// complete tells whether a signature has all its parts and its certificate is PayPal's: one of any other host would be the sender's own.
func complete(s api.Signature) bool {
	return s.Algorithm == "SHA256withRSA" && s.TransmissionID != "" && s.TransmissionSig != "" && s.TransmissionTime != "" && ofPayPal(s.CertURL)
}

func ofPayPal(certURL string) bool {
	u, err := url.Parse(certURL)
	return err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" && strings.HasSuffix(u.Hostname(), ".paypal.com")
}
