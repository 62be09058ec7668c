package acmepaytest

import (
	"fmt"
	"time"
)

// Pay has the buyer pay.
func (s *Server) Pay(id string) error {
	return s.change(id, func(l *Link) *apiError { return s.become(l, "open", "authorized") })
}

// Decline has Acme Pay refuse the buyer at the checkout.
func (s *Server) Decline(id string) error {
	return s.change(id, func(l *Link) *apiError {
		if l.Status != "open" {
			return errState
		}
		l.decline()
		s.happened(l)
		return nil
	})
}

// Expire lets a link's time run out.
func (s *Server) Expire(id string) error {
	return s.change(id, func(l *Link) *apiError {
		l.ExpiresAt = s.Clock.Now().Add(-time.Second)
		return s.become(l, "open", "expired")
	})
}

// Dispute opens a dispute.
func (s *Server) Dispute(id string) error {
	return s.change(id, func(l *Link) *apiError { l.disputed = true; return nil })
}

// RefundAtProvider refunds without the API, as Acme Pay's own support would.
func (s *Server) RefundAtProvider(id string, units int64) error {
	return s.change(id, func(l *Link) *apiError {
		if l.Status != "captured" || units > l.Captured()-l.Refunded() {
			return errState
		}
		l.Refunds = append(l.Refunds, Transaction{ID: s.id("txn"), Amount: units, CreatedAt: s.Clock.Now()})
		s.happened(l)
		return nil
	})
}

// Link is what really happened to a link.
func (s *Server) Link(id string) (Link, error) { return s.links.View(id) }

func (s *Server) change(id string, f func(*Link) *apiError) error {
	return s.links.Do(id, func(l *Link) error {
		if failure := f(l); failure != nil {
			return fmt.Errorf("acmepaytest: %s of a link that is %s", failure.code, l.Status)
		}
		return nil
	})
}
