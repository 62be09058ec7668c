// Package api is the wire format of HyperPay's platform and a thin client for its queries. It knows paths and JSON, and nothing of what codes mean.
package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Answer is any answer of the API: there's one form for successes and errors.
type Answer struct {
	// Status is the HTTP status, and RetryAfter what the answer wishes.
	Status     int
	RetryAfter time.Duration
	// Code is the result code of the answer, which says nothing of its records; of a flat record it's the record's own.
	Code string
	// Records are the operations: v3's "records", v1's "payments", or the one that a flat answer is.
	Records []json.RawMessage
	// Pages is how many pages there are, 0 where the answer doesn't say.
	Pages int
}

// answerJSON is what an Answer is read from.
type answerJSON struct {
	Result   Result            `json:"result"`
	Records  []json.RawMessage `json:"records"`
	Payments []json.RawMessage `json:"payments"`
	Pages    int               `json:"pages"`
	// A flat answer is a record itself. An error has an id too, but no type.
	ID   string `json:"id"`
	Type string `json:"paymentType"`
}

// Result is the outcome of a query or of an operation.
type Result struct {
	Code        string `json:"code"`
	Description string `json:"description"`
}

// Record is one operation: a payment, capture, refund, reversal or chargeback. Most fields are optional.
type Record struct {
	ID            string          `json:"id"`
	ReferencedID  string          `json:"referencedId"`
	Type          string          `json:"paymentType"`
	Brand         string          `json:"paymentBrand"`
	Method        string          `json:"paymentMethod"`
	Amount        Text            `json:"amount"`
	Currency      string          `json:"currency"`
	TransactionID string          `json:"merchantTransactionId"`
	InvoiceID     string          `json:"merchantInvoiceId"`
	Custom        json.RawMessage `json:"customParameters"`
	Result        Result          `json:"result"`
	Timestamp     string          `json:"timestamp"`
}

// Text is a text that might come as a number. Numbers are kept as they are written.
type Text string

// UnmarshalJSON reads a text or a number.
func (t *Text) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = Text(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*t = Text(n)
	return nil
}

// Message is the plain text of a webhook.
type Message struct {
	Type    string `json:"type"`
	Action  string `json:"action"`
	Payload Record `json:"payload"`
}

// timeLayouts are the forms of times. The first one takes fractions of a second too.
var timeLayouts = [...]string{"2006-01-02 15:04:05-0700", time.RFC3339Nano}

// ParseTime reads a time, in UTC.
func ParseTime(s string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("api: %q is no time", s)
}
