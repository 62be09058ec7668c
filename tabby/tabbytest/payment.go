package tabbytest

import (
	"errors"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// The statuses of a payment (Tabby, payment statuses). CLOSED has three meanings: captured, cancelled, refunded.
const (
	created    = "CREATED"
	authorized = "AUTHORIZED"
	closed     = "CLOSED"
	rejected   = "REJECTED"
	expired    = "EXPIRED"
)

// payment is a session and its payment: Tabby makes one of each at a time.
type payment struct {
	id, session string
	// sessionStatus is created, rejected, expired or approved.
	sessionStatus string
	rejection     string
	status        string
	request       checkoutRequest
	reference     string
	amount        paylinks.Money
	base          string
	// sparse payments have null where others have [] and {}: Tabby's documentation allows both.
	sparse bool

	createdAt, expiresAt time.Time
	closedAt, expiredAt  time.Time
	captures, refunds    []entry
	disputed             bool
}

// entry is a capture or a refund.
type entry struct {
	id, reference, reason string
	amount                paylinks.Money
	at                    time.Time
}

func sum(entries []entry, currency paylinks.Currency) paylinks.Money {
	total := paylinks.Zero(currency)
	for _, e := range entries {
		total = total.Add(e.amount)
	}
	return total
}

func (p *payment) captured() paylinks.Money { return sum(p.captures, p.amount.Currency()) }
func (p *payment) refunded() paylinks.Money { return sum(p.refunds, p.amount.Currency()) }
func (p *payment) checkoutURL() string      { return p.base + "/checkout/" + p.session }

// open tells whether the buyer can still pay.
func (p *payment) open() bool { return p.status == created && p.sessionStatus == "created" }

var errNotOpen = errors.New("tabbytest: the session isn't open")

// age lets time have its effect on a payment: the session ends first, its payment a while later. s.mu is held.
func (s *Server) age(p *payment) {
	now := s.Clock.Now()
	if p.open() && !now.Before(p.createdAt.Add(sessionLife)) {
		p.sessionStatus = "expired"
	}
	if p.status == created && !now.Before(p.createdAt.Add(paymentLife)) {
		s.expire(p)
	}
}

func (s *Server) expire(p *payment) {
	if p.sessionStatus == "created" {
		p.sessionStatus = "expired"
	}
	p.status, p.expiredAt = expired, s.Clock.Now()
	if s.config.ExpiryWebhooks {
		s.notify(p)
	}
}

// pay is the buyer's completion of the checkout: the down payment is taken.
func (s *Server) pay(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	// Tabby, testing credentials: this address is refused on the hosted page.
	if p.request.Payment.Buyer.Email == "otp.rejected@tabby.ai" {
		return s.decline(p)
	}
	p.status, p.sessionStatus = authorized, "approved"
	// After the authorization expires_at jumps by about a year. It's no deadline for the capture.
	p.expiresAt = s.Clock.Now().AddDate(1, 0, 0)
	s.notify(p)
	if s.autoCapture {
		s.take(p, entry{amount: p.amount})
	}
	return nil
}

func (s *Server) decline(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	p.status, p.sessionStatus = rejected, "rejected"
	s.notify(p)
	return nil
}

func (s *Server) cancel(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	s.expire(p)
	return nil
}

// take captures. A payment that is captured in full is closed; Tabby sends an event for each of the two.
func (s *Server) take(p *payment, e entry) {
	e.id, e.at = simulator.NewUUID(), s.Clock.Now()
	p.captures = append(p.captures, e)
	s.notify(p)
	if p.captured().Cmp(p.amount) >= 0 {
		s.shut(p)
	}
}

func (s *Server) shut(p *payment) {
	p.status, p.closedAt = closed, s.Clock.Now()
	s.notify(p)
}

func (s *Server) giveBack(p *payment, e entry) {
	e.id, e.at = simulator.NewUUID(), s.Clock.Now()
	p.refunds = append(p.refunds, e)
	s.notify(p)
}

// trimmed is an amount as Tabby answers it: "150.00" comes back as "150".
func trimmed(m paylinks.Money) string {
	return strings.TrimSuffix(strings.TrimRight(m.String(), "0"), ".")
}

// trimmedText does the same to an amount of a request that was checked before.
func trimmedText(s string, currency paylinks.Currency) string {
	m, err := paylinks.ParseMoney(s, currency)
	if err != nil {
		return "0"
	}
	return trimmed(m)
}
