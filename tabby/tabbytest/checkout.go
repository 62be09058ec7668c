package tabbytest

import (
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// createSession is POST /api/v2/checkout. Each call makes a session and a payment: there's no idempotency key.
func (s *Server) createSession(w http.ResponseWriter, r *http.Request) {
	var req checkoutRequest
	if simulator.ReadJSON(r, &req) != nil {
		errDecode.write(w)
		return
	}
	amount, wrong := s.check(&req)
	if wrong != nil {
		wrong.write(w)
		return
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock.Now()
	p := &payment{
		id: simulator.NewUUID(), session: simulator.NewUUID(), sessionStatus: "created", status: created,
		request: req, reference: req.Payment.Order.ReferenceID, amount: amount, base: simulator.BaseURL(s.config.BaseURL, r),
		createdAt: now, expiresAt: now.Add(sessionLife), sparse: s.payments.Len()%2 == 1,
	}
	if reason := s.rejection(&req, amount); reason != "" {
		// What payment.status is then isn't known. CREATED is a guess, as is that the payment expires like any other.
		p.sessionStatus, p.rejection = "rejected", reason
	}
	s.payments.Add(p, p.id, p.session)
	simulator.WriteJSON(w, http.StatusOK, s.sessionAnswer(p))
}

// session hands the session that the path names to next, with s.mu held.
func (s *Server) session(next func(http.ResponseWriter, *http.Request, *payment)) http.HandlerFunc {
	return s.payments.On(sessionID, errNoSession.write, next)
}

func sessionID(p *payment) string { return p.session }

func (s *Server) readSession(w http.ResponseWriter, _ *http.Request, p *payment) {
	simulator.WriteJSON(w, http.StatusOK, s.sessionAnswer(p))
}

// sendLink is POST /api/v2/checkout/{id}/send_hpp_link: Tabby texts the link to the buyer. No body is documented, so any
// is taken; the answer's form is a guess, and so is the refusal where the session is over or has no phone.
func (s *Server) sendLink(w http.ResponseWriter, _ *http.Request, p *payment) {
	switch phone := p.request.Payment.Buyer.Phone; {
	case !p.open():
		errFinalized.write(w)
	case phone == "":
		invalid("$.payment.buyer.phone").write(w)
	default:
		s.texts = append(s.texts, SMS{PaymentID: p.id, Phone: phone, URL: p.checkoutURL(), At: s.Clock.Now()})
		simulator.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	}
}

// cancelSession is POST /api/v2/checkout/{id}/cancel: the payment of an unpaid session becomes EXPIRED. One that is paid,
// declined or expired gets 400 "session is finalized".
func (s *Server) cancelSession(w http.ResponseWriter, _ *http.Request, p *payment) {
	if err := s.cancel(p); err != nil {
		errFinalized.write(w)
		return
	}
	simulator.WriteJSON(w, http.StatusOK, s.sessionAnswer(p))
}

// sessionAnswer is a session as Tabby answers it: the documented fields and some of the undocumented ones that have
// been seen beside them.
func (s *Server) sessionAnswer(p *payment) any {
	type object = map[string]any
	available := any(object{})
	if p.rejection == "" {
		available = object{"installments": []object{{
			"web_url": p.checkoutURL(),
			"qr_code": p.base + "/api/v2/checkout/" + p.session + "/hpp_link_qr?gis=u&product_type=installments",
		}}}
	} else if p.sparse {
		available = nil
	}
	product := object{"type": "installments", "is_available": p.rejection == "", "rejection_reason": nil}
	if p.rejection != "" {
		product["rejection_reason"] = p.rejection
	}
	lang := "eng"
	if p.request.Lang == "ar" {
		lang = "ara"
	}
	return object{
		"id":       p.session,
		"status":   p.sessionStatus,
		"warnings": nil,
		"configuration": object{
			"currency":           p.amount.Currency(),
			"expires_at":         p.createdAt.Add(sessionLife).Format(time.RFC3339),
			"available_products": available,
			"products":           object{"installments": product},
		},
		"payment":       s.paymentAnswer(p),
		"token":         p.request.Token,
		"lang":          lang,
		"merchant_code": p.request.MerchantCode,
		"merchant_urls": p.request.MerchantURLs,
	}
}
