// Package api is Dinero Pay's wire format and a thin client for it. It knows paths, JSON and hashes, and nothing of what they mean.
package api

import (
	"bytes"
	"encoding/json"
	"errors"
)

// statusRequest is the body of a status call: one of the two ids.
type statusRequest struct {
	MerchantKey string `json:"merchant_key"`
	PaymentID   string `json:"payment_id,omitempty"`
	OrderID     string `json:"order_id,omitempty"`
	Hash        string `json:"hash"`
}

// Status is the answer to a status call. What isn't listed here isn't used.
type Status struct {
	PaymentID Text `json:"payment_id"`
	// Date is "2006-01-02 15:04:05" without a zone: when the payment was made.
	Date   Text         `json:"date"`
	Status Text         `json:"status"`
	Order  Maybe[Order] `json:"order"`
	// RecurringToken is a JSON literal. It charges the buyer's card again.
	RecurringToken json.RawMessage `json:"recurring_token"`
}

// Order is a payment's order.
type Order struct {
	Number   Text `json:"number"`
	Amount   Text `json:"amount"`
	Currency Text `json:"currency"`
}

// Row is a JSON object as it was received, compact.
type Row json.RawMessage

var errNoObject = errors.New("the answer is no JSON object")

// UnmarshalJSON keeps an object and refuses anything else.
func (r *Row) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("{")) {
		return errNoObject
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return err
	}
	*r = compact.Bytes()
	return nil
}

// Text is a scalar as it was written: the content of a string, or the literal of a number or boolean. Anything else is "". Amounts are
// strings in Dinero Pay's examples and numbers in its schema.
type Text string

// UnmarshalJSON never fails: no single field may make an answer unreadable.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[' || data[0] == 'n':
		return nil
	case data[0] != '"':
		*t = Text(data)
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// Maybe is a value that may be absent, null or of an unexpected shape, and is zero then.
type Maybe[T any] struct{ Value T }

// UnmarshalJSON never fails.
func (m *Maybe[T]) UnmarshalJSON(data []byte) error {
	var value T
	if json.Unmarshal(data, &value) == nil {
		m.Value = value
	}
	return nil
}
