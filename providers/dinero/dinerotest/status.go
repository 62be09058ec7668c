package dinerotest

import (
	"crypto/md5"  //nolint:gosec // Dinero Pay's own recipe
	"crypto/sha1" //nolint:gosec // likewise
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// The texts of a refusal are documented by example (Dinero Pay, errors).
const invalid = "Request data is invalid."

// refuse answers with an error of the API. Problems are "field: what".
func refuse(w http.ResponseWriter, status int, code, message string, problems ...string) {
	errors := make([]map[string]any, 0, len(problems))
	for _, problem := range problems {
		errors = append(errors, map[string]any{"error_code": 100000, "error_message": problem})
	}
	simulator.WriteJSON(w, status, map[string]any{"error_code": json.Number(code), "error_message": message, "errors": errors})
}

// status answers for a payment, or for the last one of an order.
func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body struct {
		MerchantKey string `json:"merchant_key"`
		PaymentID   string `json:"payment_id"`
		OrderID     string `json:"order_id"`
		Hash        string `json:"hash"`
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	raw, readErr := io.ReadAll(r.Body)
	if err != nil || kind != "application/json" || readErr != nil || json.Unmarshal(raw, &body) != nil {
		refuse(w, http.StatusBadRequest, "0", invalid)
		return
	}
	var problems []string
	if body.MerchantKey != s.config.MerchantKey || s.revoked {
		problems = append(problems, "merchant_key: This value is not valid.")
	}
	if (body.PaymentID == "") == (body.OrderID == "") || len(body.PaymentID)+len(body.OrderID) > 255 {
		problems = append(problems, "payment_id: This value should not be blank.")
	}
	if len(problems) == 0 && body.Hash != s.hash(body.PaymentID+body.OrderID) {
		problems = append(problems, "hash: Hash is not valid.")
	}
	if len(problems) > 0 {
		refuse(w, http.StatusBadRequest, "0", invalid, problems...)
		return
	}
	p, ok := s.find(body.PaymentID, body.OrderID)
	if !ok {
		refuse(w, http.StatusBadRequest, "208001", "Payment not found") // The code is another protocol's, the status a guess.
		return
	}
	simulator.WriteJSON(w, http.StatusOK, p.wire(s.config.Location))
}

// find is the payment with an id, or the newest of an order.
func (s *Server) find(id, order string) (*payment, bool) {
	var found *payment
	for _, p := range s.payments {
		if (id != "" && p.ID == id) || (id == "" && p.Order == order) {
			found = p
		}
	}
	if found == nil && id != "" {
		return s.madeUp(id)
	}
	return found, found != nil
}

// wire is the answer: no refunded amount, no card, no time of change (Dinero Pay, payment status).
func (p *payment) wire(location *time.Location) any {
	var amount any = p.Amount.String()
	if p.spoilt {
		amount = []string{"spoilt"}
	}
	wire := map[string]any{
		"payment_id": p.ID, "date": p.CreatedAt.In(location).Format(time.DateTime), "status": p.Status,
		"order":    map[string]any{"number": p.Order, "amount": amount, "currency": p.Amount.Currency(), "description": p.Description},
		"customer": map[string]string{"name": "Sara Example", "email": "sara@example.com"},
	}
	if p.latest != "" {
		wire["payment_id"] = p.latest
	}
	if p.Reason != "" {
		wire["reason"] = p.Reason
	}
	if p.RecurringToken != "" {
		wire["recurring_token"] = p.RecurringToken
	}
	return wire
}

// notify queues a callback. s.mu is held.
func (s *Server) notify(p *payment, operation, result string) {
	s.Callbacks.Queue(Message{
		URL: s.config.CallbackURL, Key: p.ID, Body: []byte(s.callback(p, operation, result).Encode()),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	})
}

// callback is the form of a callback. Its hash covers the payment and the order alone, and order_amount is the order's even where the
// operation is a refund (the platform's example).
func (s *Server) callback(p *payment, operation, result string) url.Values {
	amount, currency := p.Amount.String(), string(p.Amount.Currency())
	return url.Values{
		"id": {p.ID}, "order_number": {p.Order}, "order_amount": {amount}, "order_currency": {currency}, "order_description": {p.Description},
		"order_status": {p.Status}, "type": {operation}, "status": {result},
		"date": {p.CreatedAt.In(s.config.Location).Format(time.DateTime)}, "customer_name": {"Sara Example"},
		"hash": {s.hash(p.ID + p.Order + amount + currency + p.Description)},
	}
}

// hash is Dinero Pay's double hash (Dinero Pay, hash).
func (s *Server) hash(text string) string {
	inner := md5.Sum([]byte(strings.ToUpper(text + s.config.Password))) //nolint:gosec // Dinero Pay's own recipe
	outer := sha1.Sum([]byte(hex.EncodeToString(inner[:])))             //nolint:gosec // likewise
	return hex.EncodeToString(outer[:])
}
