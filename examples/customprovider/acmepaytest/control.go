package acmepaytest

import (
	"fmt"
	"time"
)

// Pay has the buyer pay.
func (s *Server) Pay(id string) error {
	return s.change(id, func(l *Link) *apiError {
		if s.config.Now().After(l.ExpiresAt) {
			return errState
		}
		return s.become(l, "open", "authorized")
	})
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
		l.ExpiresAt = s.config.Now().Add(-time.Second).UTC()
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
		l.Refunds = append(l.Refunds, Transaction{ID: s.id("txn"), Amount: units, CreatedAt: s.config.Now().UTC()})
		s.happened(l)
		return nil
	})
}

// Link is what really happened to a link.
func (s *Server) Link(id string) (Link, error) {
	var copied Link
	err := s.change(id, func(l *Link) *apiError { copied = l.copied(); return nil })
	return copied, err
}

func (s *Server) change(id string, f func(*Link) *apiError) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.links[id]
	if !ok {
		return fmt.Errorf("acmepaytest: there's no link %q", id)
	}
	if failure := f(l); failure != nil {
		return fmt.Errorf("acmepaytest: %s of a link that is %s", failure.code, l.Status)
	}
	return nil
}
