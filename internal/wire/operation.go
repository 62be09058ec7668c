package wire

import (
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

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

// FromCapture is the answer to a capture.
func FromCapture(r *paylinks.CaptureResult, warnings []string) api.CaptureAnswer {
	return api.CaptureAnswer{
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

// FromCancel is the answer to a cancellation.
func FromCancel(r *paylinks.CancelResult) api.CancelAnswer {
	answer := api.CancelAnswer{
		Success:        true,
		PaylinkID:      r.PaylinkID,
		Provider:       r.Provider,
		Status:         r.Status,
		ProviderStatus: r.ProviderStatus,
		CapturedAmount: given(r.Captured),
		RefundedAmount: given(r.Refunded),
		Currency:       currency(r.Captured, r.Refunded),
		Metadata:       r.Metadata,
	}
	if r.Status == paylinks.StatusCancelled {
		told := !r.CancelledHere
		answer.ProviderCancelled = &told
	}
	return answer
}

// FromRefund is the answer to a refund.
func FromRefund(r *paylinks.RefundResult, warnings []string) api.RefundAnswer {
	return api.RefundAnswer{
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

// DecodeResolve reads the body of the call that tells what became of an operation. happened must be said, one way or the other.
func DecodeResolve(body Body) (req api.ResolveRequest, warnings []string, err error) {
	o := newObject(body)
	req = api.ResolveRequest{ReferenceID: o.text("reference_id"), Happened: o.flag("happened")}
	if req.ReferenceID == "" {
		o.fail("reference_id", "required", "is required: the operation's, as in its answer or its event")
	}
	if o.take("happened") == nil {
		o.fail("happened", "required", "is required: true or false, as found at the provider")
	}
	return req, o.warnings(), o.err()
}

// FromSend is the answer to a send.
func FromSend(r *paylinks.SendResult) api.SendAnswer {
	return api.SendAnswer{Success: true, Provider: r.Provider, PaylinkID: r.PaylinkID, Delivery: r.Delivery, SentTo: r.SentTo}
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
