// Package api is Dinero Pay's wire format and a thin client for it. It knows paths, JSON and hashes, and nothing of what they mean.
package api

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/internal/rest/received"
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
	PaymentID lenient.Scalar `json:"payment_id"`
	// Date is "2006-01-02 15:04:05" without a zone: when the payment was made.
	Date   lenient.Scalar       `json:"date"`
	Status lenient.Scalar       `json:"status"`
	Order  lenient.Maybe[Order] `json:"order"`
	// RecurringToken is a JSON literal. It charges the buyer's card again.
	RecurringToken json.RawMessage `json:"recurring_token"`
}

// Order is a payment's order. Its amount is a string in Dinero Pay's examples and a number in its schema.
type Order struct {
	Number   lenient.Scalar `json:"number"`
	Amount   lenient.Scalar `json:"amount"`
	Currency lenient.Scalar `json:"currency"`
}

// Row is a JSON object as it was received, compact.
type Row json.RawMessage

var errNoObject = errors.New("the answer is no JSON object")

// UnmarshalJSON keeps an object and refuses anything else.
func (r *Row) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("{")) {
		return errNoObject
	}
	compact, err := received.Compact(data)
	*r = Row(compact)
	return err
}
