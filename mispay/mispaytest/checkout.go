package mispaytest

import (
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// startCheckout is POST /start-checkout. Each call makes a checkout: what a repeated orderId does isn't documented.
func (s *Server) startCheckout(w http.ResponseWriter, r *http.Request) {
	var request checkoutRequest
	if simulator.ReadJSON(r, &request) != nil { // fields that aren't known are let through: MisPay's objects have more
		errInvalid.write(w)
		return
	}
	amount, ok := request.check()
	if !ok {
		errInvalid.write(w)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &payment{
		trackID: newID(), checkoutID: newID(), status: pending, request: request, amount: amount,
		base: simulator.BaseURL(s.config.BaseURL, r), createdAt: s.Clock.Now(),
	}
	s.payments.Add(p, p.trackID, p.checkoutID)
	succeed(w, http.StatusCreated, map[string]string{"url": p.checkoutURL(), "trackId": p.trackID})
}

// trackCheckout is GET /track-checkout/{trackId}. status and orderId are certain. The checkoutId, from the payment on, is a guess that can be turned off, and so
// are the amounts, which are off. After a refund it says what it said before: nothing else is known.
func (s *Server) trackCheckout(w http.ResponseWriter, _ *http.Request, p *payment) {
	result := map[string]string{"status": p.status, "orderId": p.request.OrderID}
	if p.status == paid && !s.hideCheckoutID {
		result["checkoutId"] = p.checkoutID
	}
	if s.config.ShowAmounts {
		result["purchaseAmount"], result["purchaseCurrency"] = p.amount.String(), string(paylinks.SAR)
	}
	succeed(w, http.StatusOK, result)
}

// endCheckout is PUT /checkout/{checkoutId}/end. That an unpaid checkout can't be ended is a guess.
func (s *Server) endCheckout(w http.ResponseWriter, _ *http.Request, p *payment) {
	switch {
	case p.status != paid:
		errState.write(w)
		return
	case p.ends > 0 && s.config.RefuseSecondEnd:
		p.ends++
		apiError{http.StatusBadRequest, "ME04: checkout already ended"}.write(w)
		return
	}
	p.ends++
	if p.transactionID == "" {
		p.transactionID = newID()
	}
	succeed(w, http.StatusOK, map[string]string{"transactionId": p.transactionID})
}

// refund is POST /refund. Every call refunds, also one with a merchantRefundId that was used before: it isn't known to be an idempotency key. The empty result is an
// assumption, and so is that totalAmount and orderId have to be those of the checkout.
func (s *Server) refund(w http.ResponseWriter, r *http.Request) {
	var request refundRequest
	if simulator.ReadJSON(r, &request) != nil {
		errInvalid.write(w)
		return
	}
	total, amount, ok := request.check()
	if !ok {
		errInvalid.write(w)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.payments.Find(request.PurchaseID)
	switch {
	case p == nil || p.checkoutID != request.PurchaseID:
		errNotFound.write(w)
	case p.status != paid:
		errState.write(w)
	case !total.Equal(p.amount) || request.OrderID != p.request.OrderID:
		errInvalid.write(w)
	case s.giveBack(p, Refund{Reference: request.MerchantRefundID, Amount: amount, Comments: request.Comments}) != nil:
		errInvalid.write(w)
	default:
		succeed(w, http.StatusCreated, struct{}{})
	}
}
