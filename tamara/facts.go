package tamara

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

// sums is an order's money.
type sums struct {
	amount, captured, refunded, canceled paylinks.Money
	captures, refunds                    []paylinks.Transaction
}

// orderFacts turns an order into facts. Amounts that can't be read make the whole answer unreadable: a total with a part missing would be a lie.
func (p *Provider) orderFacts(order api.Order, raw json.RawMessage, flow Flow) (paylinks.Snapshot, error) {
	if !isUUID(order.ID) {
		return paylinks.Snapshot{}, unreadable("the order has no id", nil)
	}
	money, err := readSums(order)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	status := word(order.Status)
	if status == paylinks.StatusPartiallyCaptured && money.captured.Add(money.canceled).Cmp(money.amount) >= 0 {
		// The rest was given back: no more will be captured.
		status = paylinks.StatusCaptured
	}
	snapshot := paylinks.Snapshot{
		Ref: paylinks.Ref{
			Reference: order.Reference.Value, OrderID: order.Number.Value, PaymentID: order.ID, Flow: string(flow),
		},
		ProviderStatus: order.Status,
		Status:         status,
		Amount:         money.amount,
		Captured:       money.captured,
		Refunded:       money.refunded,
		Captures:       money.captures,
		Refunds:        money.refunds,
		ConfirmNeeded:  p.confirmNeeded(order, flow),
		Raw:            raw,
	}
	if status == paylinks.StatusRejected {
		snapshot.Reason = strings.ToLower(order.Status)
	}
	if created := order.CreatedAt.Value; status == paylinks.StatusCreated && !created.IsZero() {
		// Tamara tells no deadline. It counts from the order's own time.
		snapshot.ExpiresAt = created.Add(p.config.life(flow))
	}
	return snapshot, nil
}

// readSums reads the money of an order. Its totals are Tamara's own, or what the single transactions add up to where that is more or Tamara
// gives none; and what the status says where an order in a shop shows neither.
func readSums(order api.Order) (sums, error) {
	var s sums
	currency, err := paylinks.ParseCurrency(order.Total.Currency)
	if err != nil {
		return s, unreadable("its currency is unknown", err)
	}
	if s.amount, err = paylinks.ParseProviderMoney(order.Total.Amount, currency); err != nil {
		return s, unreadable("its amount isn't one", err)
	}
	for _, total := range []struct {
		name string
		from api.Sum
		to   *paylinks.Money
	}{
		{"captured_amount", order.Captured, &s.captured}, {"refunded_amount", order.Refunded, &s.refunded}, {"canceled_amount", order.Canceled, &s.canceled},
	} {
		if *total.to, err = readSum(total.from, currency); err != nil {
			return s, unreadable(total.name+" isn't an amount of the order's currency", err)
		}
	}
	captured, refunded := paylinks.Zero(currency), paylinks.Zero(currency)
	for _, one := range order.Transactions.Value.Captures {
		amount, err := readSum(one.Total, currency)
		if err != nil {
			return s, unreadable("a capture's amount isn't one", err)
		}
		captured = captured.Add(amount)
		s.captures = append(s.captures, paylinks.Transaction{ID: one.ID, Amount: amount, At: one.CreatedAt.Value})
	}
	for _, one := range order.Transactions.Value.Refunds {
		amount, err := readSum(one.Total, currency)
		if err != nil {
			return s, unreadable("a refund's amount isn't one", err)
		}
		if failed(one.Status.Value) {
			continue
		}
		refunded = refunded.Add(amount)
		s.refunds = append(s.refunds, paylinks.Transaction{ID: one.ID, Reference: one.MerchantRefundID.Value, Amount: amount, At: one.CreatedAt.Value})
	}
	s.captured, s.refunded = s.captured.Max(captured), s.refunded.Max(refunded)
	switch status := word(order.Status); {
	case status == paylinks.StatusCaptured && s.captured.IsZero():
		s.captured = s.amount.Sub(s.canceled)
	case status == paylinks.StatusRefunded:
		s.refunded = s.refunded.Max(s.captured)
	}
	s.captured = s.captured.Max(s.refunded)
	return s, nil
}

// readSum is an amount of an order, zero where there's none.
func readSum(sum api.Sum, currency paylinks.Currency) (paylinks.Money, error) {
	if sum == (api.Sum{}) {
		return paylinks.Zero(currency), nil
	}
	if sum.Currency != "" && !strings.EqualFold(sum.Currency, string(currency)) {
		return paylinks.Money{}, &paylinks.FieldError{Field: "currency", Code: "invalid", Message: "must be " + string(currency)}
	}
	return paylinks.ParseProviderMoney(sum.Amount, currency)
}

// failed tells whether a refund's own status says that it didn't happen. Only "success" is documented; a word that isn't known counts.
func failed(refundStatus string) bool {
	return slices.Contains([]string{"failed", "failure", "declined", "rejected", "canceled", "cancelled"}, strings.ToLower(refundStatus))
}
