package tamaratest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// createSMS is POST /checkout/in-store-session: Tamara texts the link.
func (s *Server) createSMS(w http.ResponseWriter, r *http.Request) {
	var req checkout
	if !decode(w, r, &req) {
		return
	}
	amount, wrong := s.amount(req.Total)
	if wrong == nil {
		wrong = broken(slices.Concat([]rule{{req.Reference != "", "order_reference_id_empty"}}, req.common(), req.itemRules(amount.Currency())))
	}
	phone, ok := mobile(req.Phone, amount.Currency())
	if wrong == nil && !ok {
		wrong = &errPhone
	}
	if wrong != nil {
		wrong.write(w)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open(r, &order{request: req, amount: amount, phone: phone, inStore: true}, s.life(req.ExpiryTime, inStoreLife))
	s.texts = append(s.texts, SMS{OrderID: o.id, Phone: "+" + phone, Text: textOf(s.config.MerchantName, o), URL: o.checkoutURL(), At: o.createdAt})
	simulator.WriteJSON(w, http.StatusOK, inStoreAnswer(o))
}

// createQR is POST /checkout/in-store. Its amount is "amount". The platform is required by Tamara's OpenAPI file and not by its pages: it's
// demanded. No phone is known until somebody scans the code.
func (s *Server) createQR(w http.ResponseWriter, r *http.Request) {
	var req checkout
	if !decode(w, r, &req) {
		return
	}
	amount, wrong := s.amount(req.Amount)
	if wrong == nil {
		wrong = broken(append([]rule{
			{r.Header.Get("X-Device-Id") != "", "device_id_empty"}, {req.Platform != "", "platform_empty"},
		}, req.common()...))
	}
	if wrong != nil {
		wrong.write(w)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	simulator.WriteJSON(w, http.StatusOK, inStoreAnswer(s.open(r, &order{request: req, amount: amount, inStore: true}, inStoreLife)))
}

// inStoreAnswer is the answer in a shop: it has no status. That a link can be missing is known of an older form of the SMS session.
func inStoreAnswer(o *order) map[string]string {
	return map[string]string{"checkout_id": o.checkout, "order_id": o.id, "checkout_deeplink": o.checkoutURL()}
}

// createOnline is POST /checkout.
func (s *Server) createOnline(w http.ResponseWriter, r *http.Request) {
	var req checkout
	if !decode(w, r, &req) {
		return
	}
	amount, wrong := s.amount(req.Total)
	if wrong == nil {
		currency := amount.Currency()
		wrong = broken(slices.Concat(req.common(), req.itemRules(currency), req.onlineRules(currency)))
	}
	phone, ok := mobile(req.Consumer.Phone, amount.Currency())
	if wrong == nil && !ok {
		wrong = &errPhone
	}
	if wrong != nil {
		wrong.write(w)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open(r, &order{request: req, amount: amount, phone: phone}, s.life(req.ExpiresIn, onlineLife))
	simulator.WriteJSON(w, http.StatusOK, map[string]string{
		"order_id": o.id, "checkout_id": o.checkout, "checkout_url": o.checkoutURL(), "status": o.status,
	})
}

// amount is the amount of a new session.
func (s *Server) amount(m *money) (paylinks.Money, *apiError) {
	if m == nil {
		e := invalid("total_amount_empty")
		return paylinks.Money{}, &e
	}
	if !slices.Contains(s.config.Currencies, paylinks.Currency(m.Currency)) {
		return paylinks.Money{}, &errCurrency
	}
	amount, err := m.read("")
	if err != nil {
		e := invalid("total_amount_invalid")
		return paylinks.Money{}, &e
	}
	least, leastErr := paylinks.ParseMoney(s.config.MinAmount, amount.Currency())
	most, mostErr := paylinks.ParseMoney(s.config.MaxAmount, amount.Currency())
	tenth, err := paylinks.ParseMoney("0.1", amount.Currency()) // Tamara, create checkout session: amount ≥ 0.1.
	if err != nil || amount.Cmp(tenth) < 0 || (leastErr == nil && amount.Cmp(least) < 0) || (mostErr == nil && amount.Cmp(most) > 0) {
		return paylinks.Money{}, &errLimit
	}
	return amount, nil
}

// life is how long a session lives: what was asked for counts only where Tamara's support has enabled it.
func (s *Server) life(asked *int, usual time.Duration) time.Duration {
	if asked == nil || !s.config.CustomExpiry {
		return usual
	}
	return time.Duration(*asked) * time.Minute
}

// open adds a new order. Each call makes one, whatever its reference: there's no idempotency key. s.mu is held.
func (s *Server) open(r *http.Request, o *order, life time.Duration) *order {
	o.id, o.checkout, o.status, o.base = simulator.NewUUID(), simulator.NewUUID(), statusNew, simulator.BaseURL(s.config.BaseURL, r)
	o.createdAt, o.odd = s.Clock.Now(), s.orders.Len()%2 == 1
	o.expiresAt = o.createdAt.Add(life)
	s.orders.Add(o, o.id, o.checkout)
	return o
}

// void is POST /checkout/{checkout_id}/void: 200 even where nothing was voided. The order's id is read from the query, as documented, and not from
// the body. What the order is called afterwards isn't documented: "expired" is a guess, as after the buyer's own cancellation; so is the answer for a
// declined order, and 404 for a session of the online checkout.
func (s *Server) void(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders.Find(r.PathValue("id"))
	switch {
	case !uuid.MatchString(r.URL.Query().Get("order_id")):
		invalid("order_id_invalid").write(w)
		return
	case o == nil || o.checkout != r.PathValue("id") || o.id != r.URL.Query().Get("order_id") || !o.inStore:
		errNoOrder.write(w)
		return
	}
	voided, message := false, "checkout_already_completed"
	switch o.status {
	case statusNew, onHold:
		s.move(o, expired, "order_expired", nil)
		voided, message = true, "success"
	case expired, declined, canceled:
		message = "checkout_already_expired"
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"order_was_voided": voided, "message": message, "store_code": r.URL.Query().Get("store_code"),
		// Tamara's example of a successful void shows an amount here too, though nothing was captured.
		"captured_amount": answered(o.amount),
	})
}

// eligibility is POST /pre-checkout/v1/eligibility. It was seen to refuse an amount in quotes; sources disagree on the name of the phone's member.
func (s *Server) eligibility(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Order    *money `json:"order"`
		Customer struct {
			Phone       string `json:"phone"`
			PhoneNumber string `json:"phone_number"`
		} `json:"customer"`
	}
	if !decode(w, r, &req) {
		return
	}
	if _, err := req.Order.read(""); err != nil || req.Order.Amount.quoted {
		errJSON.write(w)
		return
	}
	refused := strings.HasSuffix(req.Customer.Phone, DeclinedPhone) || strings.HasSuffix(req.Customer.PhoneNumber, DeclinedPhone)
	simulator.WriteJSON(w, http.StatusOK, map[string]bool{"is_eligible": !refused})
}

// paymentTypes is GET /checkout/payment-types: a list, empty for a country and currency that don't go together.
func (s *Server) paymentTypes(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("country") == "" {
		invalid("country_empty").write(w)
		return
	}
	types := []map[string]any{}
	currency := paylinks.Currency(query.Get("currency"))
	if slices.Contains(s.config.Currencies, currency) && currency.Region() == query.Get("country") {
		least, most := s.limits(currency)
		types = append(types, map[string]any{
			"name": "PAY_BY_INSTALMENTS", "description": "Split into multiple payments. No fees", "description_ar": "قسمها على دفعات بدون رسوم",
			"min_limit": answered(least), "max_limit": answered(most),
			"supported_instalments": []map[string]any{{"instalments": 3, "min_limit": answered(least), "max_limit": answered(most)}},
		})
	}
	simulator.WriteJSON(w, http.StatusOK, types)
}

// limits are the configured ones, or those of Tamara's example.
func (s *Server) limits(currency paylinks.Currency) (least, most paylinks.Money) {
	least, err := paylinks.ParseMoney(s.config.MinAmount, currency)
	if err != nil {
		least, _ = paylinks.ParseMoney("1", currency)
	}
	if most, err = paylinks.ParseMoney(s.config.MaxAmount, currency); err != nil {
		most, _ = paylinks.ParseMoney("2500", currency)
	}
	return least, most
}
