package api

import (
	"github.com/paylinks/paylinks-go/paylinks"
)

// CaptureRequest is the body of a capture: all of it is optional.
type CaptureRequest struct {
	Amount      string `json:"amount,omitempty"`
	ReferenceID string `json:"reference_id,omitempty"`
}

// RefundRequest is the body of a refund: all of it is optional.
type RefundRequest struct {
	Amount      string `json:"amount,omitempty"`
	ReferenceID string `json:"reference_id,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// CaptureAnswer answers a capture: 200.
type CaptureAnswer struct {
	Success   bool   `json:"success"`
	Provider  string `json:"provider"`
	PaylinkID string `json:"paylink_id"`
	PaymentID string `json:"payment_id,omitempty"`
	// Status is the provider's own word: "CLOSED" at Tabby, "fully_captured" at Tamara.
	Status string `json:"status"`
	// Amount is what this capture took.
	Amount string `json:"amount"`

	// PaylinkStatus is the unified status.
	PaylinkStatus  paylinks.Status   `json:"paylink_status"`
	CapturedAmount string            `json:"captured_amount"`
	Currency       paylinks.Currency `json:"currency"`
	ReferenceID    string            `json:"reference_id,omitempty"`
	// AlreadyCaptured: the money had been captured before, this call took nothing.
	AlreadyCaptured bool              `json:"already_captured,omitempty"`
	FinalizePending bool              `json:"finalize_pending,omitempty"`
	RefundedAmount  string            `json:"refunded_amount,omitempty"`
	ProviderStatus  string            `json:"provider_status,omitempty"`
	Metadata        map[string]string `json:"metadata,omitempty"`
	Warnings        []string          `json:"warnings,omitempty"`
}

// CancelAnswer answers a cancellation: 200.
type CancelAnswer struct {
	Success   bool            `json:"success"`
	PaylinkID string          `json:"paylink_id"`
	Provider  string          `json:"provider"`
	Status    paylinks.Status `json:"status"`

	// ProviderCancelled, of a cancelled link, is false where the provider could not be told, so that the link might still be paid.
	ProviderCancelled *bool  `json:"provider_cancelled,omitempty"`
	ProviderStatus    string `json:"provider_status,omitempty"`
	CapturedAmount    string `json:"captured_amount,omitempty"`
	RefundedAmount    string `json:"refunded_amount,omitempty"`
	// Currency is that of the amounts.
	Currency paylinks.Currency `json:"currency,omitempty"`

	Metadata map[string]string `json:"metadata,omitempty"`
}

// RefundAnswer answers a refund: 200.
type RefundAnswer struct {
	Success   bool   `json:"success"`
	Provider  string `json:"provider"`
	PaylinkID string `json:"paylink_id"`
	PaymentID string `json:"payment_id,omitempty"`
	// RefundID is the provider's, absent where it gives none.
	RefundID string `json:"refund_id,omitempty"`
	// Status is the provider's own word.
	Status        string          `json:"status"`
	PaylinkStatus paylinks.Status `json:"paylink_status"`
	// Amount is what this refund gave back, RefundedAmount the total.
	Amount         string            `json:"amount"`
	RefundedAmount string            `json:"refunded_amount"`
	Currency       paylinks.Currency `json:"currency"`
	ReferenceID    string            `json:"reference_id,omitempty"`
	CapturedAmount string            `json:"captured_amount,omitempty"`
	ProviderStatus string            `json:"provider_status,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	Warnings       []string          `json:"warnings,omitempty"`
}

// SendAnswer answers a send: 202.
type SendAnswer struct {
	Success   bool              `json:"success"`
	Provider  string            `json:"provider"`
	PaylinkID string            `json:"paylink_id"`
	Delivery  paylinks.Delivery `json:"delivery"`
	// SentTo is the phone number, masked.
	SentTo string `json:"sent_to,omitempty"`
}

// ResolveRequest is the body of the call that tells what became of an operation without a known outcome.
type ResolveRequest struct {
	// ReferenceID is the operation's, as in its answer and its event.
	ReferenceID string `json:"reference_id"`
	// Happened is what a person has found at the provider.
	Happened bool `json:"happened"`
}

// ResolveAnswer answers that call: 200.
type ResolveAnswer struct {
	Success     bool   `json:"success"`
	PaylinkID   string `json:"paylink_id"`
	ReferenceID string `json:"reference_id"`
	Happened    bool   `json:"happened"`
	// Warnings name what was ignored.
	Warnings []string `json:"warnings,omitempty"`
}

// ForgetAnswer answers the call that erases a link's buyer: 200.
type ForgetAnswer struct {
	Success   bool   `json:"success"`
	PaylinkID string `json:"paylink_id"`
}
