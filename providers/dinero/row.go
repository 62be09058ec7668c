package dinero

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero/internal/api"
)

// dateLayout is how Dinero Pay writes times.
const dateLayout = time.DateTime

var (
	errNoObject   = errors.New("it's no JSON object")
	errNoID       = errors.New("the answer has no payment id")
	errNoCurrency = errors.New("its currency is unknown")
	errNoDate     = errors.New("it has no date that can be read")
)

// read turns the answer to a target into a payment. An answer that names no payment is about the one that was asked for.
func (g *Gateway) read(raw json.RawMessage, t target) (paylinks.Payment, error) {
	var status api.Status
	if json.Unmarshal(raw, &status) != nil {
		return paylinks.Payment{}, errNoObject
	}
	id := string(status.PaymentID)
	if id == "" && !t.byOrder {
		id = t.id
	}
	if id == "" {
		return paylinks.Payment{}, errNoID
	}
	order := status.Order.Value
	currency, err := paylinks.ParseCurrency(string(order.Currency))
	if err != nil {
		return paylinks.Payment{}, errNoCurrency
	}
	amount, err := paylinks.ParseProviderMoney(string(order.Amount), currency)
	if err != nil {
		return paylinks.Payment{}, err
	}
	created, err := time.ParseInLocation(dateLayout, string(status.Date), g.config.Location)
	if err != nil || created.IsZero() {
		return paylinks.Payment{}, errNoDate
	}
	form := normalFormOf(string(status.Status), g.config.TwoStep)
	return paylinks.Payment{
		ID:             id,
		Reference:      string(order.Number),
		Amount:         amount,
		Captured:       share(amount, form.captured),
		Refunded:       share(amount, form.refunded),
		Status:         form.status,
		ProviderStatus: string(status.Status),
		CreatedAt:      created.UTC(),
		Raw:            received.Hide(raw, status.RecurringToken),
	}, nil
}

// share is the whole amount, or nothing: Dinero Pay tells of no parts.
func share(amount paylinks.Money, whole bool) paylinks.Money {
	if whole {
		return amount
	}
	return paylinks.Zero(amount.Currency())
}
