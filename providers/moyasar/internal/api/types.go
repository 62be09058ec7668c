// Package api is Moyasar's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"encoding/json"
	"errors"
	"time"
)

var errNoList = errors.New("there's no list in the answer")

// Page is a page of payments. Each is decoded by itself, so that one odd row doesn't hide the others.
type Page struct {
	Payments []json.RawMessage
	// Next is the number of the next page, 0 on the last one.
	Next int
	// Total is how many payments the whole list has.
	Total int
}

// readPage reads a page, and refuses what isn't one: an object without payments would look like the end of all payments.
func readPage(data []byte) (Page, error) {
	var list struct {
		Payments *[]json.RawMessage `json:"payments"`
		Meta     *struct {
			NextPage   *int `json:"next_page"`
			TotalCount int  `json:"total_count"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return Page{}, err
	}
	if list.Payments == nil || list.Meta == nil {
		return Page{}, errNoList
	}
	page := Page{Payments: *list.Payments, Total: list.Meta.TotalCount}
	if list.Meta.NextPage != nil {
		page.Next = *list.Meta.NextPage
	}
	return page, nil
}

// Text is a string where there is one. Anything else, null among it, is "".
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = Text(s)
	}
	return nil
}

// Maybe is a part of a row that is left out where it doesn't have the expected form.
type Maybe[T any] struct{ Value T }

// UnmarshalJSON never fails.
func (m *Maybe[T]) UnmarshalJSON(data []byte) error {
	var value T
	if json.Unmarshal(data, &value) == nil {
		m.Value = value
	}
	return nil
}

// Payment is a payment. What isn't listed here isn't used. Older payments lack some fields.
type Payment struct {
	Status       string                 `json:"status"`
	Amount       *int64                 `json:"amount"`
	Fee          *int64                 `json:"fee"`
	Captured     *int64                 `json:"captured"`
	Refunded     *int64                 `json:"refunded"`
	Currency     string                 `json:"currency"`
	AmountFormat Text                   `json:"amount_format"`
	InvoiceID    Text                   `json:"invoice_id"`
	Description  Text                   `json:"description"`
	Metadata     Maybe[map[string]Text] `json:"metadata"`
	Source       Maybe[Source]          `json:"source"`
	CreatedAt    time.Time              `json:"created_at"`
	UpdatedAt    time.Time              `json:"updated_at"`
}

// Source is what a payment was made with.
type Source struct {
	Type Text `json:"type"`
	// Company is the card's brand.
	Company Text `json:"company"`
}

// Event is a webhook. What it says of its payment beside the id isn't used: it isn't signed.
type Event struct {
	ID          Text `json:"id"`
	Type        Text `json:"type"`
	SecretToken Text `json:"secret_token"`
	Data        Maybe[struct {
		ID Text `json:"id"`
		// WebhookID and Code are of a verification.
		WebhookID Text `json:"webhook_id"`
		Code      Text `json:"verification_code"`
	}] `json:"data"`
}
