package paypaltest

import (
	"net/http"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// find is the row with an id, made by hand or made up. s.mu is held.
func (s *Server) find(id string) *entry {
	if e := s.byID[id]; e != nil {
		return e
	}
	return s.history.find(id)
}

// refunds are the completed refunds of a payment, by time. s.mu is held.
func (s *Server) refunds(id string) []*entry {
	refunds := s.history.refunds(id)
	for _, e := range s.entries {
		if e.reference == id && e.code == "T1107" && e.status == "S" {
			refunds = append(refunds, e)
		}
	}
	return refunds
}

func sum(entries []*entry, until time.Time, currency paylinks.Currency) paylinks.Money {
	total := paylinks.Zero(currency)
	for _, e := range entries {
		if !e.at.After(until) {
			total = total.Add(e.amount)
		}
	}
	return total
}

// readCapture answers a payment as the Payments API has it: its status by its letter and its refunds. There it shows at once, not hours late.
func (s *Server) readCapture(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(r.PathValue("id"))
	if e == nil || !strings.HasPrefix(e.code, "T00") {
		failure(http.StatusNotFound).write(w)
		return
	}
	refunded := sum(s.refunds(e.id), s.Clock.Now(), e.amount.Currency())
	status := map[string]string{"S": "COMPLETED", "P": "PENDING", "D": "DECLINED", "V": "REFUNDED", "F": "PARTIALLY_REFUNDED"}[e.status]
	switch {
	case refunded.IsZero():
	case refunded.Cmp(e.amount) < 0:
		status = "PARTIALLY_REFUNDED"
	default:
		status = "REFUNDED"
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"id": e.id, "status": status, "amount": money(e.amount, false), "invoice_id": e.invoice, "custom_id": e.custom, "final_capture": true,
		"seller_receivable_breakdown": map[string]any{"gross_amount": money(e.amount, false), "paypal_fee": money(e.fee, false)},
		"create_time":                 e.at.Format(time.RFC3339), "update_time": e.updated.Format(time.RFC3339),
	})
}

func (s *Server) readAuthorization(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(r.PathValue("id"))
	if e == nil || e.code != "T1300" {
		failure(http.StatusNotFound).write(w)
		return
	}
	status := "CREATED"
	for _, other := range s.entries {
		switch {
		case other.reference != e.id:
		case other.code == "T1302":
			status = "VOIDED"
		case strings.HasPrefix(other.code, "T00"):
			status = "CAPTURED"
		}
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"id": e.id, "status": status, "amount": money(e.amount, false), "invoice_id": e.invoice, "custom_id": e.custom,
		"expiration_time": e.at.Add(29 * 24 * time.Hour).Format(time.RFC3339),
		"create_time":     e.at.Format(time.RFC3339), "update_time": e.updated.Format(time.RFC3339),
	})
}

func (s *Server) readRefund(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(r.PathValue("id"))
	if e == nil || e.code != "T1107" {
		failure(http.StatusNotFound).write(w)
		return
	}
	total := sum(s.refunds(e.reference), e.at, e.amount.Currency())
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"id": e.id, "status": "COMPLETED", "amount": money(e.amount, false),
		"seller_payable_breakdown": map[string]any{"gross_amount": money(e.amount, false), "total_refunded_amount": money(total, false)},
		"create_time":              e.at.Format(time.RFC3339), "update_time": e.updated.Format(time.RFC3339),
	})
}
