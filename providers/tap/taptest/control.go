package taptest

import (
	"fmt"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Charge is a charge as it really stands. To [Server.Add], only Amount is required.
type Charge struct {
	// ID is "chg_…" (default made up).
	ID string
	// Status is Tap's word (default CAPTURED).
	Status string
	Amount paylinks.Money
	// Reference is the merchant's order, "" for none.
	Reference string
	// CreatedAt is when it was made (default now); it's kept in milliseconds. UpdatedAt is the time of its last activity.
	CreatedAt time.Time
	UpdatedAt time.Time
	// ExpiryMinutes is how long it can be paid (default 30).
	ExpiryMinutes int
	// Refunds are its refunds, oldest first.
	Refunds []Refund
}

// Refund is a refund of a charge. To [Server.AddRefund], only Amount is required.
type Refund struct {
	// ID is "re_…" (default made up).
	ID string
	// Status is Tap's word (default REFUNDED).
	Status string
	Amount paylinks.Money
	// CreatedAt is when it was made (default now).
	CreatedAt time.Time
}

// Refunded is the sum of the refunds that are done.
func (c Charge) Refunded() paylinks.Money {
	total := paylinks.Zero(c.Amount.Currency())
	for _, r := range c.Refunds {
		if r.Status == refundDone {
			total = total.Add(r.Amount)
		}
	}
	return total
}

// The words that charges and refunds are added with by default.
const (
	chargeDone = "CAPTURED"
	refundDone = "REFUNDED"
)

// Add makes a charge with its refunds and returns its id.
func (s *Server) Add(added Charge) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if added.ID == "" {
		added.ID = "chg_" + newID()
	}
	if added.Status == "" {
		added.Status = chargeDone
	}
	if added.CreatedAt.IsZero() {
		added.CreatedAt = s.Clock.Now()
	}
	if added.ExpiryMinutes == 0 {
		added.ExpiryMinutes = 30
	}
	added.CreatedAt = added.CreatedAt.UTC().Truncate(time.Millisecond)
	if added.UpdatedAt.IsZero() {
		added.UpdatedAt = added.CreatedAt
	}
	refunds := added.Refunds
	added.Refunds = nil
	c := &charge{Charge: added}
	s.byID[c.ID] = c
	s.charges = insert(s.charges, c)
	for _, r := range refunds {
		s.refund(c, r)
	}
	s.notify(c)
	return c.ID
}

// AddRefund refunds a charge that was added.
func (s *Server) AddRefund(id string, added Refund) error {
	return s.with(id, func(c *charge) { s.refund(c, added) })
}

// refund keeps a refund. s.mu is held.
func (s *Server) refund(c *charge, added Refund) {
	if added.ID == "" {
		added.ID = "re_" + newID()
	}
	if added.Status == "" {
		added.Status = refundDone
	}
	if added.CreatedAt.IsZero() {
		added.CreatedAt = s.Clock.Now()
	}
	added.CreatedAt = added.CreatedAt.UTC().Truncate(time.Millisecond)
	c.Refunds = append(c.Refunds, added)
	s.refunds = insert(s.refunds, &refund{Refund: added, charge: c.ID})
}

// SetStatus moves a charge that was added to another of Tap's words, now.
func (s *Server) SetStatus(id, status string) error {
	return s.with(id, func(c *charge) {
		c.Status, c.UpdatedAt = status, s.Clock.Now().Truncate(time.Millisecond)
		s.notify(c)
	})
}

// Touch has something happen to a charge that was added that moves its last activity alone.
func (s *Server) Touch(id string) error {
	return s.with(id, func(c *charge) { c.UpdatedAt = s.Clock.Now().Truncate(time.Millisecond) })
}

// Spoil makes the row of a charge that was added unreadable: its amount is no amount. Wholly takes its id away too.
func (s *Server) Spoil(id string, wholly bool) error {
	return s.with(id, func(c *charge) { c.spoilt, c.nameless = true, wholly })
}

// Charges are the charges that were added, oldest first.
func (s *Server) Charges() []Charge {
	s.mu.Lock()
	defer s.mu.Unlock()
	charges := make([]Charge, 0, len(s.charges))
	for _, c := range s.charges {
		charges = append(charges, c.Charge)
	}
	return charges
}

func (s *Server) with(id string, do func(*charge)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[id]
	if c == nil {
		return fmt.Errorf("taptest: no charge %q was added", id)
	}
	do(c)
	return nil
}

func newID() string { return "TS" + strings.ReplaceAll(simulator.NewUUID(), "-", "") }
