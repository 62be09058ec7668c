package mispaytest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The statuses of a checkout in track (MisPay's plugins).
const (
	pending    = "pending"
	inProgress = "in-progress"
	paid       = "success"
	canceled   = "canceled"
	failed     = "error"
)

// payment is a checkout.
type payment struct {
	trackID, checkoutID string
	// transactionID comes with the first end.
	transactionID string
	status        string
	// code is the last that was pushed.
	code    string
	request checkoutRequest
	amount  paylinks.Money
	base    string

	createdAt time.Time
	ends      int
	refunds   []Refund
}

func trackID(p *payment) string    { return p.trackID }
func checkoutID(p *payment) string { return p.checkoutID }

func (p *payment) open() bool           { return p.status == pending || p.status == inProgress }
func (p *payment) checkoutURL() string  { return p.base + "/pay/" + p.trackID }
func (p *payment) fullyRefunded() bool  { return p.refunded().Cmp(p.amount) >= 0 }
func (p *payment) left() paylinks.Money { return p.amount.Sub(p.refunded()) }

func (p *payment) refunded() paylinks.Money {
	total := paylinks.Zero(paylinks.SAR)
	for _, refund := range p.refunds {
		total = total.Add(refund.Amount)
	}
	return total
}

// newID is an id as MisPay's documented examples have it: hex characters.
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return hex.EncodeToString(b[:])
}

var errNotOpen = errors.New("mispaytest: the checkout isn't open")

// age lets time have its effect. That track calls a checkout whose time has run out "error" is a guess: the code MP01 says so by webhook alone. s.mu is held.
func (s *Server) age(p *payment) {
	if p.open() && !s.Clock.Now().Before(p.createdAt.Add(s.config.SessionLife)) {
		s.end(p, failed, "MP01")
	}
}

// end brings an open checkout to its end and tells the merchant.
func (s *Server) end(p *payment, status, code string) {
	p.status, p.code = status, code
	s.notify(p)
}

func (s *Server) pay(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	s.end(p, paid, "MP00")
	return nil
}

// decline is MisPay refusing the buyer on its page. No code is documented for that; MP01 is a guess.
func (s *Server) decline(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	s.end(p, failed, "MP01")
	return nil
}

func (s *Server) cancel(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	s.end(p, canceled, "MP02")
	return nil
}

func (s *Server) expire(p *payment) error {
	if !p.open() {
		return errNotOpen
	}
	s.end(p, failed, "MP01")
	return nil
}

var errNotRefundable = errors.New("mispaytest: not paid, or more than is left")

// giveBack refunds. MisPay tells of refunds by webhook; that it does so for those by API, too, is a guess.
func (s *Server) giveBack(p *payment, refund Refund) error {
	if p.status != paid || refund.Amount.IsZero() || refund.Amount.Cmp(p.left()) > 0 {
		return errNotRefundable
	}
	refund.ID, refund.At = newID(), s.Clock.Now()
	p.refunds = append(p.refunds, refund)
	p.code = "MP03"
	s.notify(p)
	return nil
}
