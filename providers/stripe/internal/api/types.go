// Package api is Stripe's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
)

var errNoList = errors.New("there's no list in the answer")

// Page is a page of a list. Each row is decoded by itself, so that one odd row doesn't hide the others.
type Page struct {
	Data    []json.RawMessage
	HasMore bool
}

// readPage reads a list, and refuses what isn't one: an object without data would look like the end of all payments.
func readPage(data []byte) (Page, error) {
	var list struct {
		Data    *[]json.RawMessage `json:"data"`
		HasMore *bool              `json:"has_more"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return Page{}, err
	}
	if list.Data == nil || list.HasMore == nil {
		return Page{}, errNoList
	}
	return Page{Data: *list.Data, HasMore: *list.HasMore}, nil
}

// PaymentIntent is a payment. What isn't listed here isn't used.
type PaymentIntent struct {
	ID             string `json:"id"`
	Object         string `json:"object"`
	Amount         *int64 `json:"amount"`
	AmountReceived *int64 `json:"amount_received"`
	Currency       string `json:"currency"`
	Status         string `json:"status"`
	// Created is in Unix seconds.
	Created            int64                   `json:"created"`
	CancellationReason lenient.Text            `json:"cancellation_reason"`
	Description        lenient.Text            `json:"description"`
	Metadata           map[string]lenient.Text `json:"metadata"`
	LastPaymentError   *struct{}               `json:"last_payment_error"`
	LatestCharge       Charge                  `json:"latest_charge"`
	PaymentMethodTypes []lenient.Text          `json:"payment_method_types"`
}

// Charge is the latest attempt to pay, where it's expanded. It's null before the first one.
type Charge struct {
	AmountRefunded int64                 `json:"amount_refunded"`
	Refunded       bool                  `json:"refunded"`
	Disputed       bool                  `json:"disputed"`
	Method         lenient.Maybe[Method] `json:"payment_method_details"`
}

// Method is what a charge was paid with.
type Method struct {
	Type lenient.Text `json:"type"`
	Card struct {
		Brand  lenient.Text `json:"brand"`
		Wallet struct {
			Type lenient.Text `json:"type"`
		} `json:"wallet"`
	} `json:"card"`
	CardPresent struct {
		Brand lenient.Text `json:"brand"`
	} `json:"card_present"`
}

var errNotExpanded = errors.New("latest_charge isn't expanded")

// UnmarshalJSON reads the object or null, and refuses a bare id: without the charge there's no telling what was refunded.
func (c *Charge) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return errNotExpanded
	}
	type plain Charge
	return json.Unmarshal(data, (*plain)(c))
}

// Change is a refund or a dispute.
type Change struct {
	// PaymentIntent is expanded, nil where the charge was made without one.
	PaymentIntent json.RawMessage
}

// ReadChange reads a refund or a dispute.
func ReadChange(raw json.RawMessage) (Change, error) {
	var row struct {
		PaymentIntent json.RawMessage `json:"payment_intent"`
	}
	if err := json.Unmarshal(raw, &row); err != nil {
		return Change{}, err
	}
	if bytes.Equal(row.PaymentIntent, []byte("null")) {
		row.PaymentIntent = nil
	}
	return Change(row), nil
}

// Event is a webhook. What its object says beside the ids isn't used: it isn't expanded, and has the form of the endpoint's API version.
type Event struct {
	ID     string       `json:"id"`
	Object lenient.Text `json:"object"`
	Type   lenient.Text `json:"type"`
	Data   lenient.Maybe[struct {
		Object struct {
			ID            lenient.Text `json:"id"`
			Object        lenient.Text `json:"object"`
			PaymentIntent Expandable   `json:"payment_intent"`
		} `json:"object"`
	}] `json:"data"`
}

// Expandable is the id of another object, which stands alone or in the object itself.
type Expandable string

// UnmarshalJSON never fails.
func (e *Expandable) UnmarshalJSON(data []byte) error {
	var id lenient.Text
	var object struct {
		ID lenient.Text `json:"id"`
	}
	_ = id.UnmarshalJSON(data)
	if id == "" && json.Unmarshal(data, &object) == nil {
		id = object.ID
	}
	*e = Expandable(id)
	return nil
}
