package tamaratest

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// The statuses of an order (Tamara, order status flow). British spelling but for "canceled".
const (
	statusNew         = "new"
	onHold            = "on_hold"
	approved          = "approved"
	authorised        = "authorised"
	updated           = "updated"
	partiallyCaptured = "partially_captured"
	fullyCaptured     = "fully_captured"
	partiallyRefunded = "partially_refunded"
	fullyRefunded     = "fully_refunded"
	canceled          = "canceled"
	expired           = "expired"
	declined          = "declined"
)

// order is a checkout session and its order: Tamara makes one of each at a time.
type order struct {
	id, checkout string
	// inStore orders capture themselves.
	inStore bool
	request checkout
	phone   string
	amount  paylinks.Money
	status  string
	base    string
	// odd orders answer in the other one of two ways wherever Tamara's documentation allows both.
	odd bool

	createdAt, expiresAt     time.Time
	approvedAt, authorisedAt time.Time
	captures                 []entry
	refunds                  []entry
	cancels                  []entry

	// latest is the last event, and its data.
	latest string
	about  map[string]any
}

// entry is a capture, a refund or a cancellation.
type entry struct {
	id, capture, reference, comment string
	amount                          paylinks.Money
	at                              time.Time
}

func checkoutID(o *order) string { return o.checkout }

func (o *order) sum(entries []entry) paylinks.Money {
	total := paylinks.Zero(o.amount.Currency())
	for _, e := range entries {
		total = total.Add(e.amount)
	}
	return total
}

// left is what can still be captured or cancelled.
func (o *order) left() paylinks.Money { return o.amount.Sub(o.sum(o.captures)).Sub(o.sum(o.cancels)) }

func (o *order) is(statuses ...string) bool { return slices.Contains(statuses, o.status) }

// checkoutURL is the page, in the form of Tamara's own.
func (o *order) checkoutURL() string {
	locale := o.request.Locale
	if locale == "" {
		locale = "ar_SA"
	}
	return o.base + "/checkout/" + o.checkout + "?locale=" + locale + "&orderId=" + o.id
}

var errNotOpen = errors.New("tamaratest: the session isn't open")

// age lets time have its effect on an order. s.mu is held.
func (s *Server) age(o *order) {
	now := s.Clock.Now()
	switch {
	case o.is(statusNew, onHold) && !now.Before(o.expiresAt):
		s.move(o, expired, "order_expired", nil)
	case o.is(approved) && !now.Before(o.approvedAt.Add(authoriseTime)):
		s.move(o, expired, "order_expired", nil)
	case o.is(authorised) && !now.Before(o.authorisedAt.Add(captureTime)):
		s.take(o, o.left())
	}
}

// move brings an order into a state and tells the merchant.
func (s *Server) move(o *order, status, event string, data map[string]any) {
	o.status = status
	s.notify(o, event, data)
}

// pay is the buyer paying. In a shop the order is captured with it; online it's approved, and the merchant has to authorise it.
func (s *Server) pay(o *order) error {
	switch {
	case !o.is(statusNew):
		return errNotOpen
	case strings.HasSuffix(o.phone, DeclinedPhone):
		return s.decline(o)
	case o.inStore:
		// Which events an order in a shop has isn't documented. The capture alone is a guess.
		s.take(o, o.amount)
		return nil
	}
	o.approvedAt = s.Clock.Now()
	s.move(o, approved, "order_approved", nil)
	if s.config.AutoAuthorise {
		s.take(o, o.amount)
	}
	return nil
}

// decline is Tamara refusing the buyer. The values are placeholders in Tamara's documentation too.
func (s *Server) decline(o *order) error {
	if !o.is(statusNew, onHold) {
		return errNotOpen
	}
	s.move(o, declined, "order_declined", map[string]any{
		"declined_reason": "simulated", "declined_code": "simulated", "decline_type": "soft decline",
	})
	return nil
}

// giveUp is the buyer cancelling on the page: the order expires at once (Tamara, go-live checklists).
func (s *Server) giveUp(o *order) error {
	if !o.is(statusNew, onHold) {
		return errNotOpen
	}
	s.move(o, expired, "order_expired", nil)
	return nil
}

// take captures.
func (s *Server) take(o *order, amount paylinks.Money) entry {
	e := entry{id: simulator.NewUUID(), amount: amount, at: s.Clock.Now()}
	o.captures = append(o.captures, e)
	status := partiallyCaptured
	if o.left().IsZero() {
		status = fullyCaptured
	}
	s.move(o, status, "order_captured", map[string]any{"capture_id": e.id, "captured_amount": answered(amount)})
	return e
}

// giveBack refunds. Nothing protects from a second refund under the same merchant_refund_id: Tamara documents no such protection.
func (s *Server) giveBack(o *order, e entry) entry {
	e.id, e.capture, e.at = simulator.NewUUID(), o.captures[0].id, s.Clock.Now()
	o.refunds = append(o.refunds, e)
	status := partiallyRefunded
	if o.sum(o.refunds).Cmp(o.sum(o.captures)) >= 0 {
		status = fullyRefunded
	}
	s.move(o, status, "order_refunded", map[string]any{
		"refund_id": e.id, "capture_id": e.capture, "refunded_amount": answered(e.amount), "comment": e.comment,
	})
	return e
}

// answered is money as Tamara answers it: a number without the zeros at its end.
func answered(m paylinks.Money) map[string]any {
	return map[string]any{"amount": json.Number(trimmed(m)), "currency": string(m.Currency())}
}

func trimmed(m paylinks.Money) string {
	return strings.TrimSuffix(strings.TrimRight(m.String(), "0"), ".")
}
