package tamara

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

// sessionFacts turns a new session into facts. In a shop, Tamara's answer has no status: the order is new.
func (p *Provider) sessionFacts(in paylinks.CreateInput, session api.Session, raw json.RawMessage) (paylinks.Snapshot, error) {
	if !isUUID(session.OrderID) || !isUUID(session.CheckoutID) {
		return paylinks.Snapshot{}, unreadable("the new session or its order has no id", nil)
	}
	status := cmp.Or(session.Status.Value, "new")
	snapshot := paylinks.Snapshot{
		Ref: paylinks.Ref{
			Reference: in.Reference, OrderID: in.OrderID, SessionID: session.CheckoutID, PaymentID: session.OrderID, Flow: string(p.config.Flow),
		},
		ProviderStatus: status,
		Status:         word(status),
		CheckoutURL:    linkURL(p.config.Flow, cmp.Or(session.Deeplink.Value, session.URL.Value)),
		Delivery:       paylinks.DeliveryQR,
		Raw:            raw,
	}
	switch {
	case p.config.Flow == FlowSMS:
		snapshot.Delivery = paylinks.DeliverySMS
	case snapshot.CheckoutURL == "" && snapshot.Status == paylinks.StatusCreated:
		return paylinks.Snapshot{}, unreadable("the new session has no page to pay on", nil)
	}
	return snapshot, nil
}

var appScheme = regexp.MustCompile(`^[a-z][a-z0-9.+-]*://`)

// linkURL is s where it's an address that can be opened: of the web or, as a QR code for Tamara's app, of an app. Tamara doesn't document which.
func linkURL(flow Flow, s string) string {
	if web := webURL(s); web != "" || flow != FlowQR {
		return web
	}
	u, err := url.Parse(s)
	if err != nil || !appScheme.MatchString(s) || u.Host == "" || u.Scheme == "file" || u.Scheme == "javascript" {
		return ""
	}
	return s
}

// authorisedFacts turns the answer to an authorisation into facts.
func (p *Provider) authorisedFacts(ref paylinks.Ref, answer api.Authorised, raw json.RawMessage) (paylinks.Snapshot, error) {
	snapshot := paylinks.Snapshot{
		Ref: paylinks.Ref{PaymentID: ref.PaymentID}, ProviderStatus: answer.Status, Status: word(answer.Status), Raw: raw,
	}
	if snapshot.Status == paylinks.StatusAuthorized && answer.AutoCaptured {
		snapshot.Status = paylinks.StatusCaptured
	}
	if snapshot.Status != paylinks.StatusCaptured {
		return snapshot, nil
	}
	amount, err := readSum(answer.Amount, ref.Amount.Currency())
	if err != nil {
		return paylinks.Snapshot{}, unreadable("authorized_amount isn't an amount of the order's currency", err)
	}
	if amount.IsZero() {
		amount = ref.Amount
	}
	snapshot.Captured = amount
	if answer.CaptureID != "" {
		snapshot.Captures = []paylinks.Transaction{{ID: answer.CaptureID, Amount: amount}}
	}
	return snapshot, nil
}

// capturedFacts is what the answer to the capture of a whole order proves by itself.
func (p *Provider) capturedFacts(ref paylinks.Ref, in paylinks.CaptureInput, answer api.Captured, raw json.RawMessage) paylinks.Snapshot {
	return paylinks.Snapshot{
		Ref: paylinks.Ref{PaymentID: ref.PaymentID}, ProviderStatus: answer.Status, Status: paylinks.StatusCaptured, Captured: in.Amount,
		Captures: []paylinks.Transaction{{ID: answer.CaptureID, Reference: in.Reference, Amount: in.Amount}}, Raw: raw,
	}
}

// refundedFacts is what the answer to a refund proves by itself: this refund, and no total, since Tamara doesn't say whether its own is one.
func (p *Provider) refundedFacts(ref paylinks.Ref, in paylinks.RefundInput, answer api.Refunded, raw json.RawMessage) paylinks.Snapshot {
	return paylinks.Snapshot{
		Ref: paylinks.Ref{PaymentID: ref.PaymentID}, ProviderStatus: answer.Status, Status: word(answer.Status),
		Refunds: []paylinks.Transaction{{ID: answer.RefundID, Reference: in.Reference, Amount: in.Amount}}, Raw: raw,
	}
}

// voidedFacts turns the answer to a void into facts. Tamara answers 200 even where nothing was voided.
func voidedFacts(ref paylinks.Ref, answer api.Voided, raw json.RawMessage) (paylinks.Snapshot, error) {
	snapshot := paylinks.Snapshot{Ref: paylinks.Ref{SessionID: ref.SessionID, PaymentID: ref.PaymentID}, Raw: raw}
	switch {
	case answer.Voided:
		// What the order is called then isn't documented, and the answer doesn't tell.
		snapshot.Status = paylinks.StatusCancelled
	case answer.Message == "checkout_already_expired":
		snapshot.Status = paylinks.StatusExpired
	case answer.Message == "checkout_already_completed":
		return paylinks.Snapshot{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedState, Outcome: paylinks.NotApplied, Code: answer.Message, Message: "the buyer has paid already",
		}
	case answer.Message != "":
		return paylinks.Snapshot{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedState, Outcome: paylinks.NotApplied, Message: "Tamara has not voided the link, for a reason that no table knows",
		}
	default:
		return paylinks.Snapshot{}, unreadable("it doesn't say whether the link was voided", nil)
	}
	return snapshot, nil
}
