package dinerotest

import (
	"fmt"
	"net/url"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Payment is a payment as it really stands. To [Server.Add], only Amount is required.
type Payment struct {
	// ID is Dinero Pay's, a UUID (default made up).
	ID string
	// Status is Dinero Pay's word (default settled), and Reason why it was declined.
	Status string
	Reason string
	Amount paylinks.Money
	// Refunded is what was refunded of it. The API tells of it only by the status "refund", where it's the whole amount.
	Refunded paylinks.Money
	// Order and Description are the merchant's (default order-…, and simulated).
	Order       string
	Description string
	// CreatedAt is when it was made (default now); it's kept in seconds.
	CreatedAt time.Time
	// RecurringToken is the token with which the card can be charged again, "" for none.
	RecurringToken string
}

type payment struct {
	Payment
	// latest is the id that answers say instead, "" for its own.
	latest string
	spoilt bool
}

// Add makes a payment and returns its id.
func (s *Server) Add(added Payment) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if added.ID == "" {
		added.ID = simulator.NewUUID()
	}
	if added.Status == "" {
		added.Status = "settled"
	}
	if added.Order == "" {
		added.Order = fmt.Sprintf("order-%d", len(s.payments)+1)
	}
	if added.Description == "" {
		added.Description = "simulated"
	}
	if added.CreatedAt.IsZero() {
		added.CreatedAt = s.Clock.Now()
	}
	if !added.Refunded.IsSet() {
		added.Refunded = paylinks.Zero(added.Amount.Currency())
	}
	p := &payment{Payment: added}
	s.payments = append(s.payments, p)
	return p.ID
}

// SetStatus moves a payment that was added to another of Dinero Pay's words, and sends the callback of a sale.
func (s *Server) SetStatus(id, status string) error {
	return s.with(id, func(p *payment) {
		p.Status = status
		result := "success"
		if status != "settled" {
			result = "fail"
		}
		s.notify(p, "sale", result)
	})
}

// Refund refunds a payment that was added, and sends the callback. A part of it leaves the status settled (Dinero Pay, server-to-server page), and
// all of it makes the status refund.
func (s *Server) Refund(id, amount string) error {
	var wrong error
	err := s.with(id, func(p *payment) {
		money, err := paylinks.ParseMoney(amount, p.Amount.Currency())
		if err != nil || p.Refunded.Add(money).Cmp(p.Amount) > 0 {
			wrong = fmt.Errorf("dinerotest: payment %s can't be refunded by %q", id, amount)
			return
		}
		p.Refunded = p.Refunded.Add(money)
		if p.Refunded.Equal(p.Amount) {
			p.Status = "refund"
		}
		s.notify(p, "refund", "success")
	})
	if err != nil {
		return err
	}
	return wrong
}

// Cascade has answers about a payment tell of another one, as a platform with cascading switched on does.
func (s *Server) Cascade(id, latest string) error {
	return s.with(id, func(p *payment) { p.latest = latest })
}

// Spoil makes the answer about a payment that was added unreadable: its amount is no amount.
func (s *Server) Spoil(id string) error {
	return s.with(id, func(p *payment) { p.spoilt = true })
}

// Revoke makes the credentials invalid.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Payments are the payments that were added, in their order.
func (s *Server) Payments() []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	payments := make([]Payment, 0, len(s.payments))
	for _, p := range s.payments {
		payments = append(payments, p.Payment)
	}
	return payments
}

// Callback is the body with which Dinero Pay would tell of a payment: an operation (sale, refund, …) and its result (success, fail, waiting).
func (s *Server) Callback(id, operation, result string) ([]byte, error) {
	var form url.Values
	err := s.with(id, func(p *payment) { form = s.callback(p, operation, result) })
	return []byte(form.Encode()), err
}

func (s *Server) with(id string, do func(*payment)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.payments {
		if p.ID == id {
			do(p)
			return nil
		}
	}
	return fmt.Errorf("dinerotest: no payment %q was added", id)
}
