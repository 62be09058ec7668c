package tap

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

// outcome is a row that was read: a payment, or a [*paylinks.BadRow] and of the payment its id alone.
type outcome struct {
	paylinks.Payment
	err error
}

var errNoCurrency = errors.New("its currency is unknown")

// read turns a charge into a payment and joins its refunds.
func (g *Gateway) read(raw json.RawMessage, refunds *refunds) outcome {
	var charge api.Charge
	if json.Unmarshal(raw, &charge) != nil {
		return outcome{err: &paylinks.BadRow{Reason: "it's no JSON object"}}
	}
	id := string(charge.ID)
	entry := refunds.byCharge[id]
	bad := func(reason string) outcome {
		return outcome{Payment: paylinks.Payment{ID: id}, err: &paylinks.BadRow{ID: id, Reason: reason}}
	}

	amount, err := money(charge.Amount, charge.Currency)
	created := api.Millis(charge.Transaction.Value.Created)
	switch {
	case id == "":
		return bad("it has no id")
	case err != nil:
		return bad(err.Error())
	case created.IsZero():
		return bad("it has no time of creation")
	case entry != nil && entry.fault != "":
		return bad(entry.fault)
	case entry != nil && entry.total.Currency() != amount.Currency():
		return bad("it was refunded in another currency")
	}

	p := paylinks.Payment{
		ID:             id,
		Reference:      reference(charge),
		Amount:         amount,
		Captured:       paylinks.Zero(amount.Currency()),
		Refunded:       paylinks.Zero(amount.Currency()),
		ProviderStatus: string(charge.Status),
		CreatedAt:      created,
		UpdatedAt:      updated(charge, created),
		// The URL of the payment page has a session in its query.
		Raw: received.Hide(raw, charge.Transaction.Value.URL),
	}
	p.Method, p.Brand = methodOf(charge)
	if entry != nil {
		p.Refunded = entry.total
		p.UpdatedAt = span.Later(p.UpdatedAt, entry.last)
	}
	p.Status = statusOf(charge, g.config.Now())
	// Refunded money has been captured, whatever the charge says by now. Tap doesn't say whether a refund changes its word.
	if p.Status == paylinks.PaymentCaptured || !p.Refunded.IsZero() {
		p.Captured = amount
		if isTrue(charge.AutoReversed) || p.Refunded.Cmp(amount) > 0 {
			p.Refunded = amount
		}
		p.Status = afterRefunds(p.Captured, p.Refunded)
	}
	return outcome{Payment: p}
}

// money reads an amount in major units. Tap's JSON numbers have any number of decimals: 1, 1.0 and 1.000 are the same.
func money(amount, currency lenient.Scalar) (paylinks.Money, error) {
	c, err := paylinks.ParseCurrency(string(currency))
	if err != nil {
		return paylinks.Money{}, errNoCurrency
	}
	return paylinks.ParseProviderMoney(string(amount), c)
}

func reference(charge api.Charge) string {
	references := charge.Reference.Value
	return string(cmp.Or(references.Order, references.Transaction, charge.Order.Value.ID))
}

// updated is the time of the last activity. Not every charge has some.
func updated(charge api.Charge, created time.Time) time.Time {
	last := created
	for _, activity := range charge.Activities.Value {
		last = span.Later(last, api.Millis(activity.Created))
	}
	return last
}

func isTrue(t lenient.Scalar) bool { return strings.EqualFold(string(t), "true") || t == "1" }

// deadline is until when an unpaid charge can be paid. Tap's default is 30 minutes; a unit that isn't documented is none.
func deadline(charge api.Charge) (time.Time, bool) {
	const defaultMinutes = 30
	expiry := charge.Transaction.Value.Expiry.Value
	minutes := defaultMinutes
	if expiry != (api.Expiry{}) {
		period, err := strconv.Atoi(string(expiry.Period))
		if err != nil || period <= 0 || period > maxMinutes || !strings.EqualFold(string(expiry.Type), "MINUTE") {
			return time.Time{}, false
		}
		minutes = period
	}
	return api.Millis(charge.Transaction.Value.Created).Add(time.Duration(minutes) * time.Minute), true
}

// maxMinutes is a year: far beyond the 60 minutes that Tap documents.
const maxMinutes = 366 * 24 * 60
