// Package api is Moyasar's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
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

// Payment is a payment. What isn't listed here isn't used. Older payments lack some fields.
type Payment struct {
	Status       string                                 `json:"status"`
	Amount       *int64                                 `json:"amount"`
	Fee          *int64                                 `json:"fee"`
	Captured     *int64                                 `json:"captured"`
	Refunded     *int64                                 `json:"refunded"`
	Currency     string                                 `json:"currency"`
	AmountFormat lenient.Text                           `json:"amount_format"`
	InvoiceID    lenient.Text                           `json:"invoice_id"`
	Description  lenient.Text                           `json:"description"`
	Metadata     lenient.Maybe[map[string]lenient.Text] `json:"metadata"`
	Source       lenient.Maybe[Source]                  `json:"source"`
	CreatedAt    time.Time                              `json:"created_at"`
	UpdatedAt    time.Time                              `json:"updated_at"`
}

// Source is what a payment was made with.
type Source struct {
	Type lenient.Text `json:"type"`
	// Company is the card's brand.
	Company lenient.Text `json:"company"`
}

// Event is a webhook. What it says of its payment beside the id isn't used: it isn't signed.
type Event struct {
	ID          lenient.Text `json:"id"`
	Type        lenient.Text `json:"type"`
	SecretToken lenient.Text `json:"secret_token"`
	Data        lenient.Maybe[struct {
		ID lenient.Text `json:"id"`
		// WebhookID and Code are of a verification.
		WebhookID lenient.Text `json:"webhook_id"`
		Code      lenient.Text `json:"verification_code"`
	}] `json:"data"`
}
