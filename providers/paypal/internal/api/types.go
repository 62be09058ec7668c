// Package api is PayPal's wire format and a thin client for it. It knows paths, JSON and tokens, and nothing of what rows mean.
package api

import (
	"encoding/json"
	"fmt"
	"time"
)

// Page is a page of GET /v1/reporting/transactions.
type Page struct {
	// Details are the rows, each an object with transaction_info.
	Details    []json.RawMessage `json:"transaction_details"`
	TotalItems int               `json:"total_items"`
	TotalPages int               `json:"total_pages"`
}

// Detail is a row.
type Detail struct {
	Info Transaction `json:"transaction_info"`
}

// Transaction is what a row says. Nearly all of it is optional.
type Transaction struct {
	ID             string `json:"transaction_id"`
	ReferenceID    string `json:"paypal_reference_id"`
	ReferenceType  string `json:"paypal_reference_id_type"`
	Code           string `json:"transaction_event_code"`
	Initiated      string `json:"transaction_initiation_date"`
	Updated        string `json:"transaction_updated_date"`
	Amount         *Money `json:"transaction_amount"`
	Fee            *Money `json:"fee_amount"`
	Status         string `json:"transaction_status"`
	InvoiceID      string `json:"invoice_id"`
	Custom         string `json:"custom_field"`
	MethodType     string `json:"payment_method_type"`
	Instrument     string `json:"instrument_type"`
	InstrumentPart string `json:"instrument_sub_type"`
}

// Money is an amount: a decimal as text, negative for money that goes out.
type Money struct {
	Currency string `json:"currency_code"`
	Value    string `json:"value"`
}

// Payment is a capture or an authorization of the Payments API.
type Payment struct {
	ID            string `json:"id"`
	Status        string `json:"status"`
	StatusDetails struct {
		Reason string `json:"reason"`
	} `json:"status_details"`
	Amount     *Money `json:"amount"`
	InvoiceID  string `json:"invoice_id"`
	CustomID   string `json:"custom_id"`
	Receivable struct {
		Fee *Money `json:"paypal_fee"`
	} `json:"seller_receivable_breakdown"`
	ExpirationTime string `json:"expiration_time"`
	CreateTime     string `json:"create_time"`
	UpdateTime     string `json:"update_time"`
}

// Refund is a refund of the Payments API.
type Refund struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Payable struct {
		// TotalRefunded is all that was refunded of the capture until this refund, with it.
		TotalRefunded *Money `json:"total_refunded_amount"`
	} `json:"seller_payable_breakdown"`
}

// Event is the body of a webhook.
type Event struct {
	ID           string          `json:"id"`
	EventType    string          `json:"event_type"`
	ResourceType string          `json:"resource_type"`
	Resource     json.RawMessage `json:"resource"`
}

// Signature are the headers that prove a webhook.
type Signature struct {
	Algorithm        string
	CertURL          string
	TransmissionID   string
	TransmissionSig  string
	TransmissionTime string
}

// timeLayouts are the forms of times: the ledger's have a zone without a colon, which RFC 3339 refuses.
var timeLayouts = [...]string{"2006-01-02T15:04:05Z0700", time.RFC3339Nano}

// ParseTime reads a time, in UTC. An empty text is the zero time.
func ParseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("api: %q is no time", s)
}
