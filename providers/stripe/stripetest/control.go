package stripetest

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Payment is a PaymentIntent and its latest charge. Amounts are in Stripe's units.
type Payment struct {
	// ID is "pi_…", given by [Server.Add] where it's empty.
	ID string
	// Created is set by [Server.Add] where it's zero: now. It's kept in whole seconds.
	Created time.Time
	Amount  int64
	// Currency is in lower case (default "sar").
	Currency string
	// Status is Stripe's word (default "succeeded").
	Status string
	// Received is captured, Refunded is what the charge says.
	Received int64
	Refunded int64
	// CancellationReason is "expired", "requested_by_customer", ….
	CancellationReason string
	// Declined: the latest attempt to pay has failed.
	Declined bool
	// Disputed: the charge was disputed. [Server.Dispute] sets it.
	Disputed bool
	// Method is the charge's type (default "card"), Brand the card's (default "visa"), Wallet its wallet's.
	Method string
	Brand  string
	Wallet string

	Metadata    map[string]string
	Description string
}

type payment struct {
	Payment
	// raw, where not nil, is served in place of the row.
	raw json.RawMessage
}

type refund struct {
	id, payment string
	amount      int64
	created     int64
}

type dispute struct {
	id, payment, status string
	created             int64
}

// charged tells whether there was an attempt to pay.
func (p Payment) charged() bool {
	switch p.Status {
	case "succeeded", "requires_capture", "processing":
		return true
	case "canceled":
		return p.Refunded > 0
	default:
		return p.Declined
	}
}

var errOlder = errors.New("stripetest: a payment must be newer than the history")

// Add makes a payment.
func (s *Server) Add(p Payment) (Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	if p.ID == "" {
		p.ID = fmt.Sprintf("pi_simulated%08d", s.made)
	}
	if p.Created.IsZero() {
		p.Created = s.Clock.Now()
	}
	if s.history.n > 0 && p.Created.Unix() <= s.history.end {
		return Payment{}, errOlder
	}
	p.Created = p.Created.UTC().Truncate(time.Second)
	p.Currency, p.Status = cmp.Or(p.Currency, "sar"), cmp.Or(p.Status, "succeeded")
	p.Method, p.Brand = cmp.Or(p.Method, "card"), cmp.Or(p.Brand, "visa")
	s.payments = append(s.payments, &payment{Payment: p})
	// Newest first; of one second, the later made first, which Stripe doesn't document.
	at := len(s.payments) - 1
	for at > 0 && !s.payments[at-1].Created.After(p.Created) {
		s.payments[at-1], s.payments[at] = s.payments[at], s.payments[at-1]
		at--
	}
	return p, nil
}

// Payments are all that were added, newest first.
func (s *Server) Payments() []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Payment, 0, len(s.payments))
	for _, p := range s.payments {
		list = append(list, p.Payment)
	}
	return list
}

// Change changes a payment. Its id and time of creation stay.
func (s *Server) Change(id string, change func(*Payment)) error {
	return s.with(id, func(p *payment) {
		created := p.Created
		change(&p.Payment)
		p.ID, p.Created = id, created
	})
}

// Replace serves raw in place of a payment's row, nil for the row itself again.
func (s *Server) Replace(id string, raw json.RawMessage) error {
	return s.with(id, func(p *payment) { p.raw = raw })
}

// Refund gives a part of a payment back, now.
func (s *Server) Refund(id string, amount int64) error {
	return s.with(id, func(p *payment) {
		p.Refunded += amount
		s.made++
		s.refunds = slices.Insert(s.refunds, 0, &refund{
			id: fmt.Sprintf("re_simulated%08d", s.made), payment: id, amount: amount, created: s.Clock.Now().Unix(),
		})
	})
}

// Dispute opens a dispute on a payment, now, in the status named: "needs_response", "won", "lost", ….
func (s *Server) Dispute(id, status string) error {
	return s.with(id, func(p *payment) {
		p.Disputed = true
		s.made++
		s.disputes = slices.Insert(s.disputes, 0, &dispute{
			id: fmt.Sprintf("dp_simulated%08d", s.made), payment: id, status: status, created: s.Clock.Now().Unix(),
		})
	})
}

// Revoke makes the key invalid from now on.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

func (s *Server) with(id string, do func(*payment)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(id)
	if p == nil {
		return fmt.Errorf("stripetest: there's no payment %q", id)
	}
	do(p)
	return nil
}

func (s *Server) find(id string) *payment {
	for _, p := range s.payments {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Webhook is the header and body with which Stripe would tell of a payment, at the simulator's time. eventType is
// "payment_intent.succeeded", "charge.refunded", "charge.dispute.created", ….
func (s *Server) Webhook(eventType, id string) (http.Header, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(id)
	if p == nil {
		return nil, nil, fmt.Errorf("stripetest: there's no payment %q", id)
	}
	var object any = intentJSON(p.Payment, false)
	if !strings.HasPrefix(eventType, "payment_intent.") {
		object = chargeJSON(p.Payment)
	}
	s.made++
	now := s.Clock.Now()
	body, err := json.MarshalIndent(map[string]any{
		"id": fmt.Sprintf("evt_simulated%08d", s.made), "object": "event", "api_version": "2026-03-25.dahlia", "created": now.Unix(),
		"data": map[string]any{"object": object}, "livemode": false, "pending_webhooks": 1, "type": eventType,
	}, "", "  ")
	if err != nil {
		return nil, nil, err
	}
	return Sign(s.config.WebhookSecret, body, now), body, nil
}

// Sign is the header that proves body at a time.
func Sign(secret string, body []byte, at time.Time) http.Header {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return http.Header{"Stripe-Signature": {"t=" + timestamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))}}
}
