package moyasartest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Payment is a payment. Amounts are in Moyasar's units.
type Payment struct {
	// ID is a UUID, given by [Server.Add] where it's empty.
	ID string
	// Created is set by [Server.Add] where it's zero: now. Updated is Created where it's zero. Both are kept in whole milliseconds.
	Created time.Time
	Updated time.Time
	// Status is Moyasar's word (default "paid").
	Status   string
	Amount   int64
	Fee      int64
	Captured int64
	Refunded int64
	// Currency is in upper case (default "SAR").
	Currency string
	// Source is the source's type (default "creditcard"), Company the card's brand (default "mada").
	Source  string
	Company string

	Metadata    map[string]string
	InvoiceID   string
	Description string
}

type payment struct {
	Payment
	// raw, where not nil, is served in place of the row.
	raw json.RawMessage
}

var errOlder = errors.New("moyasartest: a payment must be newer than the history")

// Add makes a payment.
func (s *Server) Add(p Payment) (Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	if p.ID == "" {
		p.ID = fmt.Sprintf("5a1e0000-0000-4000-8000-%012x", s.made)
	}
	if p.Created.IsZero() {
		p.Created = s.Clock.Now()
	}
	if p.Updated.IsZero() {
		p.Updated = p.Created
	}
	if s.history.n > 0 && p.Created.UnixMilli() <= s.history.end {
		return Payment{}, errOlder
	}
	p.Created, p.Updated = p.Created.UTC().Truncate(time.Millisecond), p.Updated.UTC().Truncate(time.Millisecond)
	p.Status, p.Currency = cmp.Or(p.Status, "paid"), cmp.Or(p.Currency, "SAR")
	p.Source = cmp.Or(p.Source, "creditcard")
	if p.Source != "stcpay" {
		p.Company = cmp.Or(p.Company, "mada")
	}
	s.payments = append(s.payments, &payment{Payment: p})
	// Newest first; of one millisecond, the later made first, which Moyasar doesn't document.
	for at := len(s.payments) - 1; at > 0 && !s.payments[at-1].Created.After(p.Created); at-- {
		s.payments[at-1], s.payments[at] = s.payments[at], s.payments[at-1]
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

// Change changes a payment now. Its id and time of creation stay.
func (s *Server) Change(id string, change func(*Payment)) error {
	return s.with(id, func(p *payment) {
		created := p.Created
		change(&p.Payment)
		p.ID, p.Created, p.Updated = id, created, s.Clock.Now().Truncate(time.Millisecond)
	})
}

// Replace serves raw in place of a payment's row, nil for the row itself again.
func (s *Server) Replace(id string, raw json.RawMessage) error {
	return s.with(id, func(p *payment) { p.raw = raw })
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
		return fmt.Errorf("moyasartest: there's no payment %q", id)
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

// Webhook is the body with which Moyasar would tell of a payment, at the simulator's time. eventType is "payment_paid",
// "payment_refunded", ….
func (s *Server) Webhook(eventType, id string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(id)
	if p == nil {
		return nil, fmt.Errorf("moyasartest: there's no payment %q", id)
	}
	s.made++
	return json.Marshal(map[string]any{
		"id": fmt.Sprintf("e0e00000-0000-4000-9000-%012x", s.made), "type": eventType, "created_at": timestamp(s.Clock.Now()),
		"secret_token": s.config.WebhookSecret, "account_name": "Example Shop", "live": false, "data": p.row(),
	})
}

// exponent is the number of decimals of Moyasar's units (Moyasar, amounts: KWD 12450 is 12.450, JPY 1 is 1).
func exponent(currency string) int32 { return paylinks.Currency(currency).Exponent() }
