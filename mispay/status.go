package mispay

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/mispay/internal/api"
	"github.com/paylinks/paylinks-go/paylinks"
)

// wordPaid is track's word for a payment. The same word in an answer's outer status says only that the call worked.
const wordPaid = "success"

// normalForm says what a status of track means. MisPay has taken the money of a "success"; it's authorized here until the merchant has captured, which
// ends the checkout.
var normalForm = map[string]paylinks.Status{
	"pending":     paylinks.StatusCreated,
	"in-progress": paylinks.StatusCreated, // the buyer is on the page
	wordPaid:      paylinks.StatusAuthorized,
	"canceled":    paylinks.StatusCancelled,
	"cancelled":   paylinks.StatusCancelled,
	"error":       paylinks.StatusFailed,
}

// statusOf is the unified status of a checkout, [paylinks.StatusUnknown] for a word that isn't in the table. That goes for every word with "refund" in it, too:
// none is known, and what track says after a refund isn't documented.
func statusOf(word string) paylinks.Status {
	if status, ok := normalForm[strings.ToLower(word)]; ok {
		return status
	}
	return paylinks.StatusUnknown
}

// startedFacts turns a new checkout into facts. MisPay gives no status with it.
func (p *Provider) startedFacts(started api.Started, raw json.RawMessage) (paylinks.Snapshot, error) {
	switch {
	case !isID(string(started.TrackID)):
		return paylinks.Snapshot{}, unreadable("the new checkout has no trackId")
	case !p.webURL(string(started.URL)):
		return paylinks.Snapshot{}, unreadable("the new checkout has no https page to pay on")
	}
	return paylinks.Snapshot{
		Ref:         paylinks.Ref{SessionID: string(started.TrackID)},
		Status:      paylinks.StatusCreated,
		CheckoutURL: string(started.URL),
		Raw:         raw,
	}, nil
}

// webURL tells whether s is an absolute https URL; http will do where the API itself is reached by it. Its host is MisPay's own affair.
func (p *Provider) webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || (u.Scheme == "http" && strings.HasPrefix(p.config.base(), "http://")))
}

// trackedFacts turns a tracked checkout into facts. Amounts are compared where MisPay shows them; as a rule, it doesn't.
func trackedFacts(ref paylinks.Ref, tracked api.Tracked, raw json.RawMessage) (paylinks.Snapshot, error) {
	if tracked.Status == "" {
		return paylinks.Snapshot{}, unreadable("the checkout has no status")
	}
	reference := referenceOf(string(tracked.OrderID))
	if tracked.OrderID != "" && ref.Reference != "" && reference != ref.Reference {
		return paylinks.Snapshot{}, unreadable("it's about another order")
	}
	snapshot := paylinks.Snapshot{
		Ref:            paylinks.Ref{Reference: reference},
		ProviderStatus: string(tracked.Status),
		Status:         statusOf(string(tracked.Status)),
		Raw:            raw,
	}
	if isID(string(tracked.CheckoutID)) {
		snapshot.Ref.PaymentID = string(tracked.CheckoutID)
	}
	if tracked.Amount != "" || tracked.Currency != "" {
		currency, err := paylinks.ParseCurrency(cmp.Or(string(tracked.Currency), string(paylinks.SAR)))
		if err != nil {
			return paylinks.Snapshot{}, unreadable("its currency is unknown")
		}
		if currency != ref.Amount.Currency() && ref.Amount.IsSet() {
			return paylinks.Snapshot{}, unreadable("it's in another currency")
		}
		if tracked.Amount != "" {
			if snapshot.Amount, err = paylinks.ParseProviderMoney(string(tracked.Amount), currency); err != nil {
				return paylinks.Snapshot{}, unreadable("its amount isn't one")
			}
		}
	}
	return snapshot, nil
}

// finalized is a payment that MisPay was told of: everything is captured.
func finalized(ref paylinks.Ref, facts paylinks.Snapshot) paylinks.Snapshot {
	facts.Status = paylinks.StatusCaptured
	facts.Captured = ref.Amount
	return facts
}

// refundedFacts is a refund that MisPay accepted. Its totals aren't known to it: the Service adds them up.
func refundedFacts(ref paylinks.Ref, in paylinks.RefundInput, refunded api.Refunded, word string, raw json.RawMessage) paylinks.Snapshot {
	return paylinks.Snapshot{
		Ref:            paylinks.Ref{PaymentID: ref.PaymentID},
		ProviderStatus: word,
		Status:         paylinks.StatusUnknown,
		Refunds: []paylinks.Transaction{{
			ID:        string(cmp.Or(refunded.RefundID, refunded.ID, refunded.TransactionID)),
			Reference: in.Reference,
			Amount:    in.Amount,
		}},
		Raw: raw,
	}
}
