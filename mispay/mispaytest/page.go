package mispaytest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// showPage is the hosted checkout page. MisPay's own is on another host; its URL is opaque to merchants.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request, p *payment) {
	if p.status == pending {
		p.status = inProgress
	}
	simulator.Page{
		Provider: "MisPay", Lang: p.request.Lang, Merchant: s.config.MerchantName,
		Amount: p.amount.String(), Currency: string(paylinks.SAR), Order: p.request.OrderID,
		Open: p.open(), State: p.status, Good: p.status == paid,
	}.Serve(w, r)
}

// decide does what the person tapped and sends the browser back to the merchant, {callbackUrl}/?_=… (MisPay, redirect callback). Tapping on a checkout that is over
// changes nothing.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, p *payment) {
	do, ok := map[simulator.Decision]func(*payment) error{
		simulator.Pay: s.pay, simulator.Decline: s.decline, simulator.Cancel: s.cancel,
	}[simulator.ReadDecision(r)]
	if !ok {
		http.Error(w, "unknown decision", http.StatusBadRequest)
		return
	}
	to := cmp.Or(p.request.CallbackURI, s.config.CallbackURL)
	if do(p) != nil || to == "" {
		simulator.Return(w, r, "", nil)
		return
	}
	query, err := s.callbackQuery(p)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	simulator.Return(w, r, strings.TrimRight(to, "/")+"/", query)
}

// index lists all payments, newest first.
func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	index := simulator.Index{Provider: "MisPay"}
	for _, p := range slices.Backward(s.payments.All()) {
		index.Payments = append(index.Payments, simulator.IndexRow{
			Link: "pay/" + p.trackID, ID: p.checkoutID, Order: p.request.OrderID,
			Amount: p.amount.String(), Currency: string(paylinks.SAR), State: p.status,
		})
	}
	index.Serve(w)
}
