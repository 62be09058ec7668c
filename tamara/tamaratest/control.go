package tamaratest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Order is an order as it really stands, whatever the merchant believes.
type Order struct {
	// ID is the order's, CheckoutID its session's, Reference and Number the merchant's.
	ID         string
	CheckoutID string
	Reference  string
	Number     string
	// Status is Tamara's word.
	Status string
	// InStore orders were made for a shop, and capture themselves.
	InStore     bool
	Phone       string
	StoreCode   string
	CheckoutURL string
	Amount      paylinks.Money
	Captured    paylinks.Money
	Refunded    paylinks.Money
	Canceled    paylinks.Money
	Captures    []Transfer
	Refunds     []Transfer
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// Transfer is a capture or a refund, in the order in which they happened.
type Transfer struct {
	// ID is Tamara's, Reference the merchant's.
	ID        string
	Reference string
	Amount    paylinks.Money
	At        time.Time
}

// SMS is a text message that Tamara would have sent.
type SMS struct {
	// OrderID is whose link it is.
	OrderID string
	Phone   string
	Text    string
	// URL is the link in it.
	URL string
	At  time.Time
}

// Orders are all orders, oldest first.
func (s *Server) Orders() []Order { return s.orders.Views() }

// Order is the order with this id, or of the checkout with this id.
func (s *Server) Order(id string) (Order, error) { return s.orders.View(id) }

func (o *order) view() Order {
	view := Order{
		ID: o.id, CheckoutID: o.checkout, Reference: o.request.Reference, Number: o.request.Number, Status: o.status, InStore: o.inStore,
		Phone: o.phone, CheckoutURL: o.checkoutURL(), Amount: o.amount, Captured: o.sum(o.captures), Refunded: o.sum(o.refunds), Canceled: o.sum(o.cancels),
		Captures: transfers(o.captures), Refunds: transfers(o.refunds), CreatedAt: o.createdAt, ExpiresAt: o.expiresAt,
	}
	if o.request.Additional != nil {
		view.StoreCode = o.request.Additional.StoreCode
	}
	return view
}

func transfers(entries []entry) []Transfer {
	var list []Transfer
	for _, e := range entries {
		list = append(list, Transfer{ID: e.id, Reference: e.reference, Amount: e.amount, At: e.at})
	}
	return list
}

// Texts are the text messages, oldest first.
func (s *Server) Texts() []SMS {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]SMS(nil), s.texts...)
}

// Pay is the buyer paying on the checkout page. A buyer with [DeclinedPhone] is declined there.
func (s *Server) Pay(id string) error { return s.orders.Do(id, s.pay) }

// Decline is Tamara refusing the buyer.
func (s *Server) Decline(id string) error { return s.orders.Do(id, s.decline) }

// Cancel is the buyer giving up on the checkout page: the order expires.
func (s *Server) Cancel(id string) error { return s.orders.Do(id, s.giveUp) }

// Expire ends an unpaid order as time would, without moving the clock.
func (s *Server) Expire(id string) error { return s.orders.Do(id, s.giveUp) }

// Review puts an unpaid order on hold. Only the name of its event is documented.
func (s *Server) Review(id string) error {
	return s.orders.Do(id, func(o *order) error {
		if !o.is(statusNew) {
			return errNotOpen
		}
		s.move(o, onHold, "order_on_hold", nil)
		return nil
	})
}

// Approve leaves an order in a shop in approved, where it should never stay.
func (s *Server) Approve(id string) error {
	return s.orders.Do(id, func(o *order) error {
		if !o.is(statusNew) {
			return errNotOpen
		}
		o.approvedAt = s.Clock.Now()
		s.move(o, approved, "order_approved", nil)
		return nil
	})
}

// RefundFromPortal refunds without the merchant's API call.
func (s *Server) RefundFromPortal(id, amount string) error {
	return s.orders.Do(id, func(o *order) error {
		money, err := paylinks.ParseMoney(amount, o.amount.Currency())
		if err != nil {
			return fmt.Errorf("tamaratest: refund: %w", err)
		}
		if !o.is(fullyCaptured, partiallyCaptured, partiallyRefunded) || o.sum(o.refunds).Add(money).Cmp(o.sum(o.captures)) > 0 {
			return fmt.Errorf("tamaratest: a %s order can't be refunded by %s", o.status, amount)
		}
		s.giveBack(o, entry{amount: money})
		return nil
	})
}

// Webhook is what Tamara would send of an order's latest event: query, header and body. There's none of an order to which nothing has happened.
func (s *Server) Webhook(id string) (query url.Values, header http.Header, body []byte, err error) {
	err = s.orders.Do(id, func(o *order) error {
		if o.latest == "" {
			return fmt.Errorf("tamaratest: nothing has happened to order %q", id)
		}
		message := s.message(o, "https://merchant.invalid/", nil, "event_type", o.latest)
		to, err := url.Parse(message.URL)
		if err != nil {
			return fmt.Errorf("tamaratest: webhook: %w", err)
		}
		query, header, body = to.Query(), message.Header, message.Body
		return nil
	})
	return query, header, body, err
}

var _ http.Handler = (*Server)(nil)
