package paypaltest

import (
	"fmt"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Payment is a payment to make.
type Payment struct {
	// At is when it's made (default the simulator's time).
	At time.Time
	// Amount is what comes in, and Fee what PayPal keeps of it, unset for none.
	Amount paylinks.Money
	Fee    paylinks.Money
	// Invoice and Custom are the merchant's references.
	Invoice, Custom string
	// Code is the T-code (default T0006) and Status PayPal's letter (default S).
	Code, Status string
	// Instrument is instrument_type, "" for none.
	Instrument string
	// Authorization is the id of the authorization that it captures, "" for none.
	Authorization string
}

// Pay makes a payment and returns its id.
func (s *Server) Pay(p Payment) string {
	e := s.entryOf(p)
	if p.Authorization != "" {
		e.reference, e.refType = p.Authorization, "TXN"
	}
	return s.add(e)
}

// Authorize makes an authorization (T1300), which doesn't touch the balance, and returns its id.
func (s *Server) Authorize(p Payment) string {
	p.Code = "T1300"
	e := s.entryOf(p)
	e.unsettled = true
	return s.add(e)
}

func (s *Server) entryOf(p Payment) *entry {
	e := &entry{
		code: p.Code, status: p.Status, at: p.At, amount: p.Amount, fee: p.Fee, invoice: p.Invoice, custom: p.Custom, instrument: p.Instrument,
	}
	if e.code == "" {
		e.code = "T0006"
	}
	if e.status == "" {
		e.status = "S"
	}
	return e
}

// Refund gives amount of a payment back, and returns the refund's id.
func (s *Server) Refund(id string, amount paylinks.Money, at time.Time) string {
	return s.add(&entry{code: "T1107", status: "S", reference: id, refType: "TXN", at: at, amount: amount, outgoing: true})
}

// Follow makes a row of any code about a payment: a chargeback (T1201), a hold (T1110), a void (T1302), ….
func (s *Server) Follow(id, code string, at time.Time) string {
	e := &entry{code: code, status: "S", reference: id, refType: "TXN", at: at, outgoing: true, unsettled: code == "T1302"}
	s.mu.Lock()
	if followed := s.byID[id]; followed != nil {
		e.amount = followed.amount
	}
	s.mu.Unlock()
	return s.add(e)
}

func (s *Server) add(e *entry) string {
	if e.at.IsZero() {
		e.at = s.Clock.Now()
	}
	e.at = e.at.UTC().Truncate(time.Second)
	e.updated = e.at
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	e.id = fmt.Sprintf("SIM%014d", s.made)
	s.byID[e.id] = e
	at, _ := slices.BinarySearchFunc(s.entries, e, func(other, e *entry) int {
		if other.at.After(e.at) {
			return 1
		}
		return -1 // after all of the same second
	})
	s.entries = slices.Insert(s.entries, at, e)
	return e.id
}

// Touch moves a row's time of update to now.
func (s *Server) Touch(id string) { s.with(id, func(e *entry) { e.updated = s.Clock.Now() }) }

// SetStatus changes a row's letter: PayPal turns P to S, and S to V.
func (s *Server) SetStatus(id, status string) {
	s.with(id, func(e *entry) { e.status, e.updated = status, s.Clock.Now() })
}

// Spoil makes a row unreadable but for its id, or wholly.
func (s *Server) Spoil(id string, wholly bool) {
	s.with(id, func(e *entry) { e.spoilt, e.spoiltWholly = true, wholly })
}

func (s *Server) with(id string, do func(*entry)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byID[id]; e != nil {
		do(e)
	}
}

// ExpireTokens ends every token that was issued, as its time would.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// Revoke ends the credentials and every token.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}
