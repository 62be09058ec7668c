package acmepay

import (
	"github.com/paylinks/paylinks-go/paylinks"
)

// unitsOf is an amount as Acme Pay counts it: in the currency's own minor units, halalas or fils.
func unitsOf(amount paylinks.Money) (int64, error) {
	units, err := amount.Units(amount.Currency().Exponent())
	if err != nil {
		return 0, notACall("the amount can't be counted in minor units")
	}
	return units, nil
}

// facts turns a link of Acme Pay into a Snapshot. An amount that can't be read makes the whole answer unreadable: a total with a part missing would
// be a lie.
func facts(l link, err error) (paylinks.Snapshot, error) {
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	currency, err := paylinks.ParseCurrency(l.Currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("its currency is unknown", err)
	}
	amount, err := paylinks.MoneyFromUnits(l.Amount, currency, currency.Exponent())
	if err != nil {
		return paylinks.Snapshot{}, unreadable("its amount isn't one", err)
	}
	captures, captured, err := transactions(l.Captures, currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("a capture's amount isn't one", err)
	}
	refunds, refunded, err := transactions(l.Refunds, currency)
	if err != nil {
		return paylinks.Snapshot{}, unreadable("a refund's amount isn't one", err)
	}
	if !isID(l.ID) {
		return paylinks.Snapshot{}, unreadable("the link has no id", nil)
	}
	snapshot := paylinks.Snapshot{
		Ref:            paylinks.Ref{Reference: l.Reference, OrderID: l.OrderID, PaymentID: l.ID},
		ProviderStatus: l.Status,
		Status:         statusOf(l.Status, captured, refunded),
		Amount:         amount,
		Captured:       captured,
		Refunded:       refunded,
		Captures:       captures,
		Refunds:        refunds,
		Reason:         l.Reason,
		Messages:       l.Messages,
		Raw:            l.raw,
	}
	if snapshot.Status == paylinks.StatusCreated {
		snapshot.CheckoutURL, snapshot.ExpiresAt = l.URL, l.ExpiresAt
	}
	return snapshot, nil
}

func transactions(entries []transaction, currency paylinks.Currency) (list []paylinks.Transaction, total paylinks.Money, err error) {
	total = paylinks.Zero(currency)
	for _, entry := range entries {
		amount, err := paylinks.MoneyFromUnits(entry.Amount, currency, currency.Exponent())
		if err != nil {
			return nil, paylinks.Money{}, err
		}
		total = total.Add(amount)
		list = append(list, paylinks.Transaction{ID: entry.ID, Reference: entry.Reference, Amount: amount, At: entry.CreatedAt})
	}
	return list, total, nil
}
