package mispaytest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Payment is a checkout as it really stands, whatever the merchant believes.
type Payment struct {
	// TrackID is what a checkout starts with, CheckoutID what callbacks and webhooks have.
	TrackID    string
	CheckoutID string
	// TransactionID is "" until the checkout is ended.
	TransactionID string
	// Status is track's word: pending, in-progress, success, canceled, error.
	Status      string
	OrderID     string
	Phone       string
	CheckoutURL string
	Amount      paylinks.Money
	// Ends is how often the checkout was ended.
	Ends    int
	Refunds []Refund
}

// Refund is a refund, in the order in which they happened. Reference is "" for one of the panel.
type Refund struct {
	ID        string
	Reference string
	Comments  string
	Amount    paylinks.Money
	At        time.Time
}

// Refunded is the sum of the refunds.
func (p Payment) Refunded() paylinks.Money {
	total := paylinks.Zero(paylinks.SAR)
	for _, refund := range p.Refunds {
		total = total.Add(refund.Amount)
	}
	return total
}

// Payments are all payments, oldest first.
func (s *Server) Payments() []Payment { return s.payments.Views() }

// Payment is the payment with this trackId or checkoutId.
func (s *Server) Payment(id string) (Payment, error) { return s.payments.View(id) }

func (p *payment) view() Payment {
	view := Payment{
		TrackID: p.trackID, CheckoutID: p.checkoutID, TransactionID: p.transactionID, Status: p.status, OrderID: p.request.OrderID,
		CheckoutURL: p.checkoutURL(), Amount: p.amount, Ends: p.ends, Refunds: slices.Clone(p.refunds),
	}
	if p.request.CustomerDetails != nil {
		view.Phone = p.request.CustomerDetails.MobileNumber
	}
	return view
}

// Open is the buyer opening the checkout page.
func (s *Server) Open(id string) error {
	return s.payments.Do(id, func(p *payment) error {
		if p.status != pending {
			return errNotOpen
		}
		p.status = inProgress
		return nil
	})
}

// Pay is the buyer paying on the checkout page.
func (s *Server) Pay(id string) error { return s.payments.Do(id, s.pay) }

// Decline is MisPay refusing the buyer on the checkout page.
func (s *Server) Decline(id string) error { return s.payments.Do(id, s.decline) }

// Cancel is the buyer giving up on the checkout page.
func (s *Server) Cancel(id string) error { return s.payments.Do(id, s.cancel) }

// Expire ends an unpaid checkout as time would, without moving the clock.
func (s *Server) Expire(id string) error { return s.payments.Do(id, s.expire) }

// RefundFromPanel refunds without the merchant's API call: the merchant hears of it by webhook alone.
func (s *Server) RefundFromPanel(id, amount string) error {
	return s.payments.Do(id, func(p *payment) error {
		money, err := paylinks.ParseMoney(amount, paylinks.SAR)
		if err != nil {
			return fmt.Errorf("mispaytest: refund: %w", err)
		}
		return s.giveBack(p, Refund{Amount: money})
	})
}

// HideCheckoutID has track leave the checkoutId out, as it may in fact: it then comes by callback and webhook alone.
func (s *Server) HideCheckoutID(hide bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hideCheckoutID = hide
}

// FailEnd has the next n calls to end a checkout fail, without effect.
func (s *Server) FailEnd(n int) { s.Faults.FailBefore(OpEnd, n, http.StatusInternalServerError) }

// Webhook is the body of the webhook about a payment's latest event.
func (s *Server) Webhook(id string) (body []byte, err error) {
	err = s.payments.Do(id, func(p *payment) error {
		body = s.message(p).Body
		return nil
	})
	return body, err
}

// Callback is the query with which the buyer's browser comes back from a payment's page.
func (s *Server) Callback(id string) (query url.Values, err error) {
	err = s.payments.Do(id, func(p *payment) (err error) {
		query, err = s.callbackQuery(p)
		return err
	})
	return query, err
}

var _ http.Handler = (*Server)(nil)
