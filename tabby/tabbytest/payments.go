package tabbytest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// payment hands the payment that the path names to next, with s.mu held.
func (s *Server) payment(next func(http.ResponseWriter, *http.Request, *payment)) http.HandlerFunc {
	known := s.payments.On(func(p *payment) string { return p.id }, errNoPayment.write, next)
	return func(w http.ResponseWriter, r *http.Request) {
		if !uuid.MatchString(r.PathValue("id")) {
			errPaymentID.write(w)
			return
		}
		known(w, r)
	}
}

func (s *Server) readPayment(w http.ResponseWriter, _ *http.Request, p *payment) {
	simulator.WriteJSON(w, http.StatusOK, s.paymentAnswer(p))
}

// updatePayment changes the order number, in AUTHORIZED and CLOSED alone; every other field is ignored.
func (s *Server) updatePayment(w http.ResponseWriter, r *http.Request, p *payment) {
	var body struct {
		Order struct {
			ReferenceID string `json:"reference_id"`
		} `json:"order"`
	}
	switch {
	case simulator.ReadJSON(r, &body) != nil:
		errDecode.write(w)
	case body.Order.ReferenceID == "" || !short(body.Order.ReferenceID):
		invalid("$.order.reference_id").write(w)
	case p.status != authorized && p.status != closed:
		errBadRequest.write(w)
	default:
		p.reference = body.Order.ReferenceID
		s.notify(p)
		s.readPayment(w, r, p)
	}
}

// transfer is the body of a capture or refund. The reference is required by Tabby's schema and not enforced: its own
// plug-ins capture without one.
type transfer struct {
	Amount      string `json:"amount"`
	ReferenceID string `json:"reference_id"`
	Reason      string `json:"reason"`
}

// read decodes a transfer and its amount, and answers what is wrong with it.
func (t *transfer) read(w http.ResponseWriter, r *http.Request, currency paylinks.Currency) (paylinks.Money, bool) {
	if simulator.ReadJSON(r, t) != nil {
		errDecode.write(w)
		return paylinks.Money{}, false
	}
	amount, err := paylinks.ParseMoney(t.Amount, currency)
	if err != nil || amount.IsZero() {
		invalid("$.amount").write(w)
		return paylinks.Money{}, false
	}
	if !short(t.ReferenceID) {
		invalid("$.reference_id").write(w)
		return paylinks.Money{}, false
	}
	return amount, true
}

// known tells whether a reference was used on this payment before. Tabby promises no second effect and doesn't say what
// the repetition is answered; neither does it say whether references are per payment or per merchant: guesses both.
func known(entries []entry, reference string) bool {
	return reference != "" && slices.ContainsFunc(entries, func(e entry) bool { return e.reference == reference })
}

// capture is POST /api/v2/payments/{id}/captures. A repetition after the payment was captured in full meets the state
// rule, since the payment is CLOSED by then.
func (s *Server) capture(w http.ResponseWriter, r *http.Request, p *payment) {
	var body transfer
	amount, ok := body.read(w, r, p.amount.Currency())
	switch {
	case !ok:
	case p.status != authorized:
		errNotAuthorized.write(w)
	case known(p.captures, body.ReferenceID):
		s.readPayment(w, r, p)
	case p.captured().Add(amount).Cmp(p.amount) > 0:
		guess(http.StatusBadRequest, "capture amount exceeds payment amount").write(w)
	default:
		s.take(p, entry{amount: amount, reference: body.ReferenceID})
		s.readPayment(w, r, p)
	}
}

// refund is POST /api/v2/payments/{id}/refunds: CLOSED payments with captures alone, up to what was captured.
func (s *Server) refund(w http.ResponseWriter, r *http.Request, p *payment) {
	var body transfer
	amount, ok := body.read(w, r, p.amount.Currency())
	switch {
	case !ok:
	case p.disputed:
		errDisputed.write(w)
	case p.status != closed || len(p.captures) == 0:
		errNoCaptures.write(w)
	case known(p.refunds, body.ReferenceID):
		s.readPayment(w, r, p)
	case s.Clock.Now().After(p.createdAt.Add(refundWindow)):
		guess(http.StatusBadRequest, "refund period is over").write(w)
	case p.refunded().Add(amount).Cmp(p.captured()) > 0:
		guess(http.StatusBadRequest, "refund amount exceeds captured amount").write(w)
	default:
		s.giveBack(p, entry{amount: amount, reference: body.ReferenceID, reason: body.Reason})
		s.readPayment(w, r, p)
	}
}

// close is POST /api/v2/payments/{id}/close: nothing captured makes it a void, a part captured releases the rest. What it
// does to a payment that was never authorized isn't documented; it's refused here.
func (s *Server) close(w http.ResponseWriter, r *http.Request, p *payment) {
	switch p.status {
	case authorized:
		s.shut(p)
		s.readPayment(w, r, p)
	case closed:
		errAlreadyClosed.write(w)
	default:
		guess(http.StatusBadRequest, "could not close not authorized payments").write(w)
	}
}

// listFilters are the words that the list's status takes: API states, and those of the dashboard.
var listFilters = map[string]func(*payment) bool{
	"":           func(p *payment) bool { return p.status == authorized || p.status == closed },
	"authorized": func(p *payment) bool { return p.status == authorized },
	"new":        func(p *payment) bool { return p.status == authorized },
	"closed":     func(p *payment) bool { return p.status == closed },
	"rejected":   func(p *payment) bool { return p.status == rejected },
	"captured":   func(p *payment) bool { return p.status == closed && len(p.captures) > 0 && len(p.refunds) == 0 },
	"refunded":   func(p *payment) bool { return len(p.refunds) > 0 },
	"cancelled":  func(p *payment) bool { return p.status == closed && len(p.captures) == 0 },
}

// maxPage is the list's largest page.
const maxPage = 20

// listPayments is GET /api/v2/payments, newest first. Unpaid payments can't be listed. Both dates are taken as midnight
// UTC, so that the last one excludes its own day.
func (s *Server) listPayments(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	filter, ok := listFilters[strings.ToLower(query.Get("status"))]
	limit, limitOK := number(query.Get("limit"), maxPage)
	offset, offsetOK := number(query.Get("offset"), 0)
	from, fromOK := day(query.Get("created_at__gte"), time.Time{})
	to, toOK := day(query.Get("created_at__lte"), time.Unix(1<<40, 0))
	if !ok || !limitOK || !offsetOK || !fromOK || !toOK || limit > maxPage {
		errBadRequest.write(w)
		return
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	var found []any
	for _, p := range slices.Backward(s.payments.All()) {
		if filter(p) && !p.createdAt.Before(from) && !p.createdAt.After(to) {
			found = append(found, s.paymentAnswer(p))
		}
	}
	total := len(found)
	found = found[min(offset, total):min(offset+limit, total)]
	if len(found) == 0 {
		found = nil // Tabby, API reference: payments is null where there are none.
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"payments":   found,
		"pagination": map[string]int{"limit": limit, "offset": offset, "total_count": total},
	})
}

func number(s string, otherwise int) (int, bool) {
	if s == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

func day(s string, otherwise time.Time) (time.Time, bool) {
	if s == "" {
		return otherwise, true
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// paymentAnswer is a payment as Tabby answers it.
func (s *Server) paymentAnswer(p *payment) any {
	req, currency := &p.request.Payment, p.amount.Currency()
	type object = map[string]any
	items := make([]item, 0, len(req.Order.Items))
	for _, item := range req.Order.Items {
		item.UnitPrice = trimmedText(item.UnitPrice, currency)
		items = append(items, item)
	}
	product := object{"type": "", "installments_count": 0, "installment_period": "P0D"}
	if p.status == authorized || p.status == closed {
		product = object{"type": "installments", "installments_count": 3, "installment_period": "P1M"}
	}
	return object{
		"id":               p.id,
		"created_at":       p.createdAt.Format(time.RFC3339),
		"expires_at":       p.expiresAt.Format(time.RFC3339),
		"status":           p.status,
		"is_test":          s.isTest(),
		"product":          product,
		"amount":           trimmed(p.amount),
		"currency":         currency,
		"description":      req.Description,
		"buyer":            req.Buyer,
		"shipping_address": orNull(req.ShippingAddress),
		"order": object{
			"reference_id":    p.reference,
			"updated_at":      req.Order.UpdatedAt,
			"tax_amount":      trimmedText(req.Order.TaxAmount, currency),
			"shipping_amount": trimmedText(req.Order.ShippingAmount, currency),
			"discount_amount": trimmedText(req.Order.DiscountAmount, currency),
			"items":           items,
		},
		"captures":      p.list(p.captures, false),
		"refunds":       p.list(p.refunds, true),
		"buyer_history": orNull(req.BuyerHistory),
		"order_history": orNull(req.OrderHistory),
		"meta":          req.Meta,
		"attachment":    orNull(req.Attachment),
		"cancelable":    false,
	}
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// list writes captures or refunds. Their order isn't to be relied on, and so the newest comes first here.
func (p *payment) list(entries []entry, refunds bool) any {
	if len(entries) == 0 && p.sparse {
		return nil
	}
	list := make([]map[string]any, 0, len(entries))
	for _, e := range slices.Backward(entries) {
		one := map[string]any{
			"id": e.id, "created_at": e.at.Format(time.RFC3339), "amount": trimmed(e.amount), "items": []any{}, "reference_id": e.reference,
		}
		if refunds {
			one["reason"] = e.reason
		} else {
			one["tax_amount"], one["shipping_amount"], one["discount_amount"] = "0", "0", "0"
		}
		list = append(list, one)
	}
	return list
}

func (s *Server) isTest() bool { return strings.HasPrefix(s.config.SecretKey, "sk_test_") }
