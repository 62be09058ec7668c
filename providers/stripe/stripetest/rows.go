package stripetest

import (
	"fmt"
	"time"
)

// intentJSON is a PaymentIntent as Stripe answers it, thinned to what integrators read. Unless it's expanded, the charge is its id alone.
func intentJSON(p Payment, expanded bool) map[string]any {
	var charge, failure, reason, canceledAt, description any
	if p.charged() {
		charge = chargeID(p)
		if expanded {
			charge = chargeJSON(p)
		}
	}
	if p.Declined {
		failure = map[string]any{"type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined."}
	}
	if p.Status == "canceled" {
		canceledAt = p.Created.Unix() + 60
		if p.CancellationReason != "" {
			reason = p.CancellationReason
		}
	}
	if p.Description != "" {
		description = p.Description
	}
	capturable := int64(0)
	if p.Status == "requires_capture" {
		capturable = p.Amount - p.Received
	}
	return map[string]any{
		"id": p.ID, "object": "payment_intent", "amount": p.Amount, "amount_capturable": capturable, "amount_details": map[string]any{"tip": map[string]any{}},
		"amount_received": p.Received, "application": nil, "application_fee_amount": nil, "automatic_payment_methods": nil,
		"canceled_at": canceledAt, "cancellation_reason": reason, "capture_method": "automatic",
		"client_secret": p.ID + "_secret_simulated", "confirmation_method": "automatic", "created": p.Created.Unix(), "currency": p.Currency,
		"customer": nil, "description": description, "last_payment_error": failure, "latest_charge": charge, "livemode": false,
		"metadata": orEmpty(p.Metadata), "next_action": nil, "on_behalf_of": nil, "payment_method": "pm_simulated", "payment_method_options": map[string]any{},
		"payment_method_types": []string{p.Method}, "processing": nil, "receipt_email": nil, "review": nil, "setup_future_usage": nil,
		"shipping": nil, "statement_descriptor": nil, "status": p.Status, "transfer_data": nil, "transfer_group": nil,
	}
}

func chargeID(p Payment) string { return "ch_" + p.ID[len("pi_"):] }

func chargeJSON(p Payment) map[string]any {
	details := map[string]any{"type": p.Method}
	if p.Method == "card" {
		var wallet any
		if p.Wallet != "" {
			wallet = map[string]any{"type": p.Wallet, "dynamic_last4": nil}
		}
		details["card"] = map[string]any{
			"brand": p.Brand, "country": "SA", "exp_month": 8, "exp_year": 2030, "funding": "credit", "last4": "4242", "network": p.Brand, "wallet": wallet,
		}
	}
	status := "succeeded"
	switch {
	case p.Declined:
		status = "failed"
	case p.Status == "processing":
		status = "pending"
	}
	return map[string]any{
		"id": chargeID(p), "object": "charge", "amount": p.Amount, "amount_captured": p.Received, "amount_refunded": p.Refunded,
		"balance_transaction": nil, "billing_details": map[string]any{"address": nil, "email": nil, "name": nil, "phone": nil},
		"captured": p.Received > 0, "created": p.Created.Unix() + 3, "currency": p.Currency, "customer": nil, "description": nil,
		"disputed": p.Disputed, "failure_code": nil, "failure_message": nil, "fraud_details": map[string]any{}, "livemode": false,
		"metadata": orEmpty(p.Metadata), "outcome": map[string]any{"network_status": "approved_by_network", "risk_level": "normal", "type": "authorized"},
		"paid": !p.Declined, "payment_intent": p.ID, "payment_method": "pm_simulated", "payment_method_details": details,
		"receipt_email": nil, "receipt_url": nil, "refunded": p.Refunded >= p.Amount && p.Amount > 0, "status": status,
	}
}

func orEmpty(metadata map[string]string) map[string]string {
	if metadata == nil {
		return map[string]string{}
	}
	return metadata
}

// history makes up payments by their number: 0 is the newest.
type history struct {
	n         int
	end, step int64
}

const historyID = "pi_history%09d"

func (h history) payment(i int) Payment {
	return Payment{
		ID: fmt.Sprintf(historyID, i), Created: time.Unix(h.created(i), 0).UTC(), Amount: 10_000 + int64(i), Currency: "sar", Status: "succeeded",
		Received: 10_000 + int64(i), Method: "card", Brand: "visa", Metadata: map[string]string{"order_id": fmt.Sprintf("order-%09d", i)},
	}
}

func (h history) created(i int) int64 { return h.end - int64(i)*h.step }

// first is the number of the newest payment that was made at a time or before it.
func (h history) first(unix int64) int {
	if unix >= h.end {
		return 0
	}
	return int((h.end - unix + h.step - 1) / h.step)
}

// number is that of a payment's id.
func (h history) number(id string) (int, bool) {
	var i int
	if _, err := fmt.Sscanf(id, historyID, &i); err != nil || i < 0 || i >= h.n || fmt.Sprintf(historyID, i) != id {
		return 0, false
	}
	return i, true
}

func (p *payment) row(expanded bool) any {
	if p.raw != nil {
		return p.raw
	}
	return intentJSON(p.Payment, expanded)
}

func (s *Server) refundRow(r *refund, expanded bool) any {
	return map[string]any{
		"id": r.id, "object": "refund", "amount": r.amount, "charge": nil, "created": r.created, "payment_intent": s.related(r.payment, expanded),
		"reason": nil, "status": "succeeded",
	}
}

func (s *Server) disputeRow(d *dispute, expanded bool) any {
	return map[string]any{
		"id": d.id, "object": "dispute", "created": d.created, "payment_intent": s.related(d.payment, expanded), "reason": "general", "status": d.status,
	}
}

// related is the payment of a refund or a dispute.
func (s *Server) related(id string, expanded bool) any {
	if id == "" {
		return nil
	}
	if p := s.find(id); p != nil && expanded {
		return p.row(true)
	}
	return id
}
