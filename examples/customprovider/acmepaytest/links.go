package acmepaytest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Link is a link as Acme Pay has it. Amounts are minor units.
type Link struct {
	ID        string            `json:"id"`
	Reference string            `json:"reference"`
	OrderID   string            `json:"order_id"`
	Status    string            `json:"status"`
	Amount    int64             `json:"amount"`
	Currency  string            `json:"currency"`
	Plan      string            `json:"plan"`
	Captures  []Transaction     `json:"captures"`
	Refunds   []Transaction     `json:"refunds"`
	URL       string            `json:"url"`
	ExpiresAt time.Time         `json:"expires_at"`
	Reason    string            `json:"decline_reason,omitempty"`
	Messages  map[string]string `json:"decline_messages,omitempty"`

	notifyURL string
	disputed  bool
	// latest is the last event, as its webhook tells it.
	latest *Event
}

// Transaction is one capture or refund.
type Transaction struct {
	ID        string    `json:"id"`
	Reference string    `json:"reference,omitempty"`
	Amount    int64     `json:"amount"`
	CreatedAt time.Time `json:"created_at"`
}

// Captured is the total of the captures.
func (l *Link) Captured() int64 { return total(l.Captures) }

// Refunded is the total of the refunds.
func (l *Link) Refunded() int64 { return total(l.Refunds) }

func total(list []Transaction) (sum int64) {
	for _, t := range list {
		sum += t.Amount
	}
	return sum
}

func (l *Link) copied() Link {
	c := *l
	c.Captures, c.Refunds = slices.Clone(l.Captures), slices.Clone(l.Refunds)
	return c
}

var (
	currencies = []string{"SAR", "KWD"}
	plans      = []string{"pay_in_3", "pay_in_4"}
	phoneShape = regexp.MustCompile(`^\+[0-9]{8,15}$`)
)

func (s *Server) create(r *http.Request) (any, *apiError) {
	var req struct {
		Reference string `json:"reference"`
		OrderID   string `json:"order_id"`
		Amount    int64  `json:"amount"`
		Currency  string `json:"currency"`
		Plan      string `json:"plan"`
		Buyer     struct {
			Phone string `json:"phone"`
		} `json:"buyer"`
		Items []struct {
			Total int64 `json:"total"`
		} `json:"items"`
		NotifyURL string `json:"notify_url"`
	}
	var sum int64
	err := simulator.ReadJSON(r, &req)
	for _, item := range req.Items {
		sum += item.Total
	}
	switch {
	case err != nil, req.Reference == "", req.OrderID == "", req.Amount <= 0, sum != req.Amount, !slices.Contains(currencies, req.Currency),
		!slices.Contains(plans, req.Plan), req.Buyer.Phone != "" && !phoneShape.MatchString(req.Buyer.Phone):
		return nil, errRequest
	}
	if earlier := s.links.Find(req.Reference); earlier != nil {
		if earlier.Amount != req.Amount || earlier.Currency != req.Currency || earlier.OrderID != req.OrderID {
			return nil, errReferenceTaken
		}
		return earlier, nil
	}
	l := &Link{
		ID: s.id("lnk"), Reference: req.Reference, OrderID: req.OrderID, Status: "open", Amount: req.Amount, Currency: req.Currency, Plan: req.Plan,
		Captures: []Transaction{}, Refunds: []Transaction{}, ExpiresAt: s.Clock.Now().Add(30 * time.Minute), notifyURL: req.NotifyURL,
	}
	l.URL = simulator.BaseURL("", r) + "/pay/" + l.ID
	if req.Buyer.Phone == RejectedPhone {
		l.decline()
	}
	s.links.Add(l, l.ID, l.Reference)
	s.happened(l)
	return l, nil
}

// age lets a link's time run out.
func (s *Server) age(l *Link) {
	if l.Status == "open" && s.Clock.Now().After(l.ExpiresAt) {
		l.Status = "expired"
		s.happened(l)
	}
}

func (l *Link) decline() {
	l.Status, l.Reason, l.URL = "declined", "not_eligible", ""
	l.Messages = map[string]string{"en": "Acme Pay can't offer this purchase.", "ar": "لا يمكن إتمام هذا الشراء عبر أكمي باي."}
}

func (s *Server) find(r *http.Request) (any, *apiError) {
	found := []*Link{}
	reference := r.URL.Query().Get("reference")
	if l := s.links.Find(reference); l != nil && l.Reference == reference {
		found = append(found, l)
	}
	return map[string]any{"links": found}, nil
}

func (s *Server) fetch(*http.Request, *Link) *apiError { return nil }

type movement struct {
	Reference string `json:"reference"`
	Amount    int64  `json:"amount"`
}

// move makes a capture or refund, once for each reference.
func (s *Server) move(r *http.Request, l *Link, list *[]Transaction, state string, left int64) *apiError {
	var req movement
	if err := simulator.ReadJSON(r, &req); err != nil || req.Reference == "" || req.Amount <= 0 {
		return errRequest
	}
	if i := slices.IndexFunc(*list, func(t Transaction) bool { return t.Reference == req.Reference }); i >= 0 {
		if (*list)[i].Amount != req.Amount {
			return errReferenceTaken
		}
		return nil
	}
	switch {
	case l.disputed:
		return errDisputed
	case l.Status != state:
		return errState
	case req.Amount > left:
		return errExceeds
	}
	*list = append(*list, Transaction{ID: s.id("txn"), Reference: req.Reference, Amount: req.Amount, CreatedAt: s.Clock.Now()})
	if state == "authorized" && req.Amount == left {
		l.Status = "captured"
	}
	s.happened(l)
	return nil
}

func (s *Server) capture(r *http.Request, l *Link) *apiError {
	return s.move(r, l, &l.Captures, "authorized", l.Amount-l.Captured())
}

func (s *Server) refund(r *http.Request, l *Link) *apiError {
	return s.move(r, l, &l.Refunds, "captured", l.Captured()-l.Refunded())
}

func (s *Server) cancel(_ *http.Request, l *Link) *apiError { return s.become(l, "open", "cancelled") }

// void gives back what isn't captured. What is captured stays.
func (s *Server) void(_ *http.Request, l *Link) *apiError {
	if l.Captured() > 0 {
		return s.become(l, "authorized", "captured")
	}
	return s.become(l, "authorized", "voided")
}

func (s *Server) send(r *http.Request, l *Link) *apiError {
	var req struct {
		Phone string `json:"phone"`
	}
	switch {
	case simulator.ReadJSON(r, &req) != nil || !phoneShape.MatchString(req.Phone):
		return errRequest
	case l.Status != "open":
		return errState
	}
	return nil
}

// become moves a link from one state to another.
func (s *Server) become(l *Link, from, to string) *apiError {
	if l.Status != from {
		return errState
	}
	l.Status = to
	s.happened(l)
	return nil
}

// id makes a new id. They count up, so that a test fails the same way twice.
func (s *Server) id(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s_%016x", prefix, s.serial)
}
