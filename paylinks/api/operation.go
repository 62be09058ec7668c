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

// DecodeCapture reads the body of a capture. For warnings see [DecodeCreate]: a misspelt amount would otherwise silently
// capture everything.
func DecodeCapture(body Body) (req paylinks.CaptureRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.CaptureRequest{Amount: o.money("amount"), ReferenceID: o.text("reference_id")}
	return req, o.warnings(), o.err()
}

// DecodeRefund reads the body of a refund. For warnings see [DecodeCreate].
func DecodeRefund(body Body) (req paylinks.RefundRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.RefundRequest{Amount: o.money("amount"), ReferenceID: o.text("reference_id"), Reason: o.text("reason")}
	return req, o.warnings(), o.err()
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

// FromCapture is the answer to a capture.
func FromCapture(r *paylinks.CaptureResult, warnings []string) CaptureAnswer {
	return CaptureAnswer{
		Success:         true,
		Provider:        r.Provider,
		PaylinkID:       r.PaylinkID,
		PaymentID:       r.PaymentID,
		Status:          r.ProviderStatus,
		Amount:          total(r.Amount, r.Captured),
		PaylinkStatus:   r.Status,
		CapturedAmount:  total(r.Captured, r.Amount),
		RefundedAmount:  given(r.Refunded),
		ProviderStatus:  r.ProviderStatus,
		Currency:        currency(r.Amount, r.Captured),
		ReferenceID:     r.ReferenceID,
		AlreadyCaptured: r.AlreadyCaptured,
		FinalizePending: r.FinalizePending,
		Metadata:        r.Metadata,
		Warnings:        warnings,
	}
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

	Metadata map[string]string `json:"metadata,omitempty"`
}

// FromCancel is the answer to a cancellation.
func FromCancel(r *paylinks.CancelResult) CancelAnswer {
	answer := CancelAnswer{
		Success:        true,
		PaylinkID:      r.PaylinkID,
		Provider:       r.Provider,
		Status:         r.Status,
		ProviderStatus: r.ProviderStatus,
		CapturedAmount: given(r.Captured),
		RefundedAmount: given(r.Refunded),
		Metadata:       r.Metadata,
	}
	if r.Status == paylinks.StatusCancelled {
		told := !r.CancelledHere
		answer.ProviderCancelled = &told
	}
	return answer
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

// FromRefund is the answer to a refund.
func FromRefund(r *paylinks.RefundResult, warnings []string) RefundAnswer {
	return RefundAnswer{
		Success:        true,
		Provider:       r.Provider,
		PaylinkID:      r.PaylinkID,
		PaymentID:      r.PaymentID,
		RefundID:       r.RefundID,
		Status:         r.ProviderStatus,
		PaylinkStatus:  r.Status,
		Amount:         total(r.Amount, r.Refunded),
		CapturedAmount: given(r.Captured),
		RefundedAmount: total(r.Refunded, r.Amount),
		ProviderStatus: r.ProviderStatus,
		Currency:       currency(r.Amount, r.Refunded),
		ReferenceID:    r.ReferenceID,
		Metadata:       r.Metadata,
		Warnings:       warnings,
	}
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

// FromSend is the answer to a send.
func FromSend(r *paylinks.SendResult) SendAnswer {
	return SendAnswer{Success: true, Provider: r.Provider, PaylinkID: r.PaylinkID, Delivery: r.Delivery, SentTo: r.SentTo}
}

// given is an amount on the wire, "" where there's none.
func given(m paylinks.Money) string {
	if !m.IsSet() {
		return ""
	}
	return m.String()
}

func currency(m, n paylinks.Money) paylinks.Currency {
	if m.IsSet() {
		return m.Currency()
	}
	return n.Currency()
}
