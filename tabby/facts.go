package tabby

import (
	"encoding/json"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

// paymentFacts turns a payment into facts. An amount that can't be read makes the whole answer unreadable: a total with a part missing
// would be a lie.
func (p *Provider) paymentFacts(payment api.Payment, raw json.RawMessage) (paylinks.Snapshot, error) {
	if payment.IsTest != nil && *payment.IsTest != p.testKey() {
		return paylinks.Snapshot{}, wrongEnvironment(*payment.IsTest)
	}
	currency, err := paylinks.ParseCurrency(payment.Currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("its currency is unknown", err)
	}
	amount, err := paylinks.ParseProviderMoney(string(payment.Amount), currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("its amount isn't one", err)
	}
	captures, captured, err := transactions(payment.Captures, currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("a capture's amount isn't one", err)
	}
	refunds, refunded, err := transactions(payment.Refunds, currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("a refund's amount isn't one", err)
	}

	snapshot := paylinks.Snapshot{
		Ref: paylinks.Ref{
			Reference: payment.Meta.Value.Reference,
			OrderID:   payment.Order.Value.ReferenceID,
			PaymentID: payment.ID,
		},
		ProviderStatus: payment.Status,
		Status:         statusOf(payment.Status, amount, captured, refunded),
		Amount:         amount,
		Captured:       captured,
		Refunded:       refunded,
		Captures:       captures,
		Refunds:        refunds,
		Raw:            raw,
	}
	// Tabby moves expires_at a year ahead once the buyer has paid: it says nothing of the link any more.
	if snapshot.Status == paylinks.StatusCreated {
		snapshot.ExpiresAt = payment.ExpiresAt.Value
	}
	return snapshot, nil
}

func transactions(entries []api.Entry, currency paylinks.Currency) (list []paylinks.Transaction, total paylinks.Money, err error) {
	total = paylinks.Zero(currency)
	for _, entry := range entries {
		amount, err := paylinks.ParseProviderMoney(string(entry.Amount), currency)
		if err != nil {
			return nil, paylinks.Money{}, err
		}
		total = total.Add(amount)
		list = append(list, paylinks.Transaction{ID: entry.ID, Reference: entry.ReferenceID, Amount: amount, At: entry.CreatedAt.Value})
	}
	return list, total, nil
}

// sessionFacts turns a new session into facts. The words of a session aren't those of a payment. "approved" belongs to integrations
// without a checkout page: there the payment tells.
func (p *Provider) sessionFacts(session api.Session, raw json.RawMessage) (paylinks.Snapshot, error) {
	if strings.EqualFold(session.Status, "rejected") {
		return p.rejectedFacts(session, raw)
	}
	snapshot, err := p.paymentFacts(session.Payment, raw)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	snapshot.Ref.SessionID = session.ID
	snapshot.ProviderStatus = session.Status

	switch strings.ToLower(session.Status) {
	case "created":
		snapshot.Status = paylinks.StatusCreated
	case "expired":
		snapshot.Status = paylinks.StatusExpired
	case "approved":
	default:
		snapshot.Status = paylinks.StatusUnknown
	}
	if snapshot.Status != paylinks.StatusCreated {
		return snapshot, nil
	}

	if offers := session.Configuration.AvailableProducts.Value.Installments; len(offers) > 0 {
		snapshot.CheckoutURL, snapshot.QRCodeURL = webURL(offers[0].WebURL), webURL(offers[0].QRCode)
	}
	if snapshot.ExpiresAt.IsZero() {
		snapshot.ExpiresAt = session.Configuration.ExpiresAt.Value
	}
	switch {
	case !isUUID(session.ID) || !isUUID(session.Payment.ID):
		return paylinks.Snapshot{}, unreadable("the new session or its payment has no id", nil)
	case snapshot.CheckoutURL == "":
		return paylinks.Snapshot{}, unreadable("the new session has no page to pay on", nil)
	}
	return snapshot, nil
}

// rejectedFacts is the refusal of a buyer before checkout: HTTP 200 and a session "rejected". What the payment inside says isn't documented, so
// nothing but its id is read.
func (p *Provider) rejectedFacts(session api.Session, raw json.RawMessage) (paylinks.Snapshot, error) {
	if test := session.Payment.IsTest; test != nil && *test != p.testKey() {
		return paylinks.Snapshot{}, wrongEnvironment(*test)
	}
	reason, messages := rejection(session)
	return paylinks.Snapshot{
		Ref:            paylinks.Ref{SessionID: session.ID, PaymentID: session.Payment.ID},
		ProviderStatus: session.Status,
		Status:         paylinks.StatusRejected,
		Reason:         reason,
		Messages:       messages,
		Raw:            raw,
	}, nil
}

// cancelledFacts is an unpaid session that Tabby has cancelled for us. Tabby calls it "expired"; for the merchant it's what he asked for. The
// answer's body isn't documented: an empty one says enough, while one that shows a payment made is believed.
func (p *Provider) cancelledFacts(ref paylinks.Ref, session api.Session, raw json.RawMessage) (paylinks.Snapshot, error) {
	if session.ID != "" && !strings.EqualFold(session.ID, ref.SessionID) {
		return paylinks.Snapshot{}, unreadable("it's about another session", nil)
	}
	if snapshot, err := p.paymentFacts(session.Payment, raw); err == nil && snapshot.Status.Paid() {
		return snapshot, nil
	}
	return paylinks.Snapshot{
		Ref:            paylinks.Ref{SessionID: session.ID, PaymentID: session.Payment.ID},
		ProviderStatus: session.Status,
		Status:         paylinks.StatusCancelled,
		Raw:            raw,
	}, nil
}
