package tabbytest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Message is what [Server.Webhooks] sends.
type Message = simulator.Message

// Call is what [Server.Calls] remembers.
type Call = simulator.Call

// Payment is a payment as it really stands, whatever the merchant believes.
type Payment struct {
	// ID is the payment's id, SessionID its session's.
	ID        string
	SessionID string
	// Status is Tabby's word, in capitals. SessionStatus is created, rejected, expired or approved.
	Status        string
	SessionStatus string
	MerchantCode  string
	OrderID       string
	Phone         string
	CheckoutURL   string
	Amount        paylinks.Money
	Captured      paylinks.Money
	Refunded      paylinks.Money
	Captures      []Transfer
	Refunds       []Transfer
	Meta          map[string]any
}

// Transfer is a capture or a refund, in the order in which they happened.
type Transfer struct {
	// ID is Tabby's, Reference the merchant's.
	ID        string
	Reference string
	Amount    paylinks.Money
	At        time.Time
}

// SMS is a link that Tabby would have texted to a buyer.
type SMS struct {
	// PaymentID is whose link it is.
	PaymentID string
	Phone     string
	URL       string
	At        time.Time
}

// Payments are all payments, oldest first.
func (s *Server) Payments() []Payment { return s.payments.Views() }

// Payment is the payment with this id, or of the session with this id.
func (s *Server) Payment(id string) (Payment, error) { return s.payments.View(id) }

func (p *payment) view() Payment {
	return Payment{
		ID: p.id, SessionID: p.session, Status: p.status, SessionStatus: p.sessionStatus,
		MerchantCode: p.request.MerchantCode, OrderID: p.reference, Phone: p.request.Payment.Buyer.Phone, CheckoutURL: p.checkoutURL(),
		Amount: p.amount, Captured: p.captured(), Refunded: p.refunded(),
		Captures: transfers(p.captures), Refunds: transfers(p.refunds), Meta: p.request.Payment.Meta,
	}
}

func transfers(entries []entry) []Transfer {
	var list []Transfer
	for _, e := range entries {
		list = append(list, Transfer{ID: e.id, Reference: e.reference, Amount: e.amount, At: e.at})
	}
	return list
}

// Texts are the links that were texted, oldest first.
func (s *Server) Texts() []SMS {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]SMS(nil), s.texts...)
}

// AutoCapture has every payment from now on captured in full as soon as it's authorized, as Tabby can be set up to do.
func (s *Server) AutoCapture(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.autoCapture = on
}

// Pay is the buyer paying on the checkout page. A buyer with the sandbox's otp.rejected@tabby.ai is declined there.
func (s *Server) Pay(id string) error { return s.payments.Do(id, s.pay) }

// Decline is Tabby refusing the buyer on the checkout page.
func (s *Server) Decline(id string) error { return s.payments.Do(id, s.decline) }

// Cancel is the buyer giving up on the checkout page.
func (s *Server) Cancel(id string) error { return s.payments.Do(id, s.cancel) }

// Expire ends an unpaid payment as time would, without moving the clock.
func (s *Server) Expire(id string) error { return s.payments.Do(id, s.cancel) }

// Dispute opens a dispute, or closes it again: while it's open, refunds get 409.
func (s *Server) Dispute(id string, open bool) error {
	return s.payments.Do(id, func(p *payment) error {
		p.disputed = open
		return nil
	})
}

// CaptureFromDashboard captures without the merchant's API call, as a person at the dashboard does, and Tabby itself 21 days
// after an authorization that nobody captured.
func (s *Server) CaptureFromDashboard(id, amount string) error {
	return s.payments.Do(id, func(p *payment) error {
		money, err := paylinks.ParseMoney(amount, p.amount.Currency())
		if err != nil {
			return fmt.Errorf("tabbytest: capture: %w", err)
		}
		if p.status != authorized || p.captured().Add(money).Cmp(p.amount) > 0 {
			return fmt.Errorf("tabbytest: a %s payment can't be captured by %s", p.status, amount)
		}
		s.take(p, entry{amount: money})
		return nil
	})
}

// RefundFromDashboard refunds without the merchant's API call.
func (s *Server) RefundFromDashboard(id, amount string) error {
	return s.payments.Do(id, func(p *payment) error {
		money, err := paylinks.ParseMoney(amount, p.amount.Currency())
		if err != nil {
			return fmt.Errorf("tabbytest: refund: %w", err)
		}
		if p.status != closed || p.refunded().Add(money).Cmp(p.captured()) > 0 {
			return fmt.Errorf("tabbytest: a %s payment can't be refunded by %s", p.status, amount)
		}
		s.giveBack(p, entry{amount: money})
		return nil
	})
}

// CloseFromDashboard voids an authorization, or releases what is not captured of it, without the merchant's API call.
func (s *Server) CloseFromDashboard(id string) error {
	return s.payments.Do(id, func(p *payment) error {
		if p.status != authorized {
			return fmt.Errorf("tabbytest: a %s payment can't be closed", p.status)
		}
		s.shut(p)
		return nil
	})
}

// Webhook is the header and body with which Tabby would tell of a payment's present state, with a registered header of
// that title and value. An empty title is a webhook that was registered without one.
func (s *Server) Webhook(id, title, value string) (header http.Header, body []byte, err error) {
	h := &hook{}
	if title != "" {
		h.Header = &hookHeader{Title: title, Value: value}
	}
	err = s.payments.Do(id, func(p *payment) error {
		message := s.message(p, h)
		header, body = message.Header, message.Body
		return nil
	})
	return header, body, err
}

var _ http.Handler = (*Server)(nil)
