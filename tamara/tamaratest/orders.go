package tamaratest

import (
	"net/http"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

type object = map[string]any

// order hands the order that the path names to next, with s.mu held.
func (s *Server) order(next func(http.ResponseWriter, *http.Request, *order)) http.HandlerFunc {
	return s.orders.On(func(o *order) string { return o.id }, errNoOrder.write, next)
}

func (s *Server) readOrder(w http.ResponseWriter, _ *http.Request, o *order) {
	simulator.WriteJSON(w, http.StatusOK, orderAnswer(o))
}

// byReference is GET /merchants/orders/reference-id/{reference}. What it answers where several orders share one isn't documented: the newest is a guess.
func (s *Server) byReference(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range slices.Backward(s.orders.All()) {
		if o.request.Reference == r.PathValue("reference") {
			simulator.WriteJSON(w, http.StatusOK, orderAnswer(o))
			return
		}
	}
	errNoOrder.write(w)
}

// authorise is POST /orders/{id}/authorise: from approved alone.
func (s *Server) authorise(w http.ResponseWriter, _ *http.Request, o *order) {
	if !o.is(approved) {
		notAllowed(o, authorised).write(w)
		return
	}
	o.authorisedAt = s.Clock.Now()
	s.move(o, authorised, "order_authorised", nil)
	capture := ""
	if s.config.AutoCapture {
		capture = s.take(o, o.left()).id
	}
	simulator.WriteJSON(w, http.StatusOK, object{
		"order_id": o.id, "status": o.status, "order_expiry_time": o.authorisedAt.Add(captureTime).Format(wireTime), "payment_type": paymentTypeOf(o),
		"auto_captured": capture != "", "authorized_amount": answered(o.amount), "capture_id": capture,
	})
}

// cancelOrder is POST /orders/{id}/cancel: from authorised, and from updated since that is authorised in part. total_amount is what is given back.
func (s *Server) cancelOrder(w http.ResponseWriter, r *http.Request, o *order) {
	var body struct {
		Total *money `json:"total_amount"`
	}
	if !decode(w, r, &body) {
		return
	}
	amount, err := body.Total.positive(o.amount.Currency())
	switch {
	case err != nil:
		invalid("total_amount_invalid").write(w)
	case !o.is(authorised, updated):
		notAllowed(o, canceled).write(w)
	case amount.Cmp(o.left()) > 0:
		invalid("total_amount_exceeded").write(w) // A guess.
	default:
		e := entry{id: simulator.NewUUID(), amount: amount, at: s.Clock.Now()}
		o.cancels = append(o.cancels, e)
		data := object{"cancel_id": e.id, "canceled_amount": answered(amount)}
		if o.left().IsZero() {
			s.move(o, canceled, "order_canceled", data)
		} else {
			s.move(o, updated, "order_updated", data) // Its data isn't documented: as order_canceled's.
		}
		simulator.WriteJSON(w, http.StatusOK, object{
			"order_id": o.id, "cancel_id": e.id, "status": o.status, "canceled_amount": answered(amount),
		})
	}
}

// capture is POST /payments/capture. Whether its captured_amount is this capture or all of them isn't documented: odd orders say the former.
func (s *Server) capture(w http.ResponseWriter, r *http.Request) {
	var body struct {
		OrderID  string `json:"order_id"`
		Total    *money `json:"total_amount"`
		Shipping *struct {
			At      time.Time `json:"shipped_at"`
			Company string    `json:"shipping_company"`
		} `json:"shipping_info"`
	}
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders.Find(body.OrderID)
	if o == nil || o.id != body.OrderID {
		errNoOrder.write(w)
		return
	}
	amount, err := body.Total.positive(o.amount.Currency())
	switch {
	case err != nil:
		invalid("total_amount_invalid").write(w)
	case body.Shipping == nil || body.Shipping.At.IsZero() || body.Shipping.Company == "":
		invalid("shipping_info_invalid").write(w)
	case !o.is(authorised, updated, partiallyCaptured):
		notAllowed(o, fullyCaptured).write(w)
	case amount.Cmp(o.left()) > 0:
		invalid("total_amount_exceeded").write(w) // A guess.
	default:
		e := s.take(o, amount)
		simulator.WriteJSON(w, http.StatusOK, object{
			"capture_id": e.id, "order_id": o.id, "status": o.status, "captured_amount": answered(o.either(amount, o.sum(o.captures))),
		})
	}
}

// refund is POST /payments/simplified-refund/{id}. Each call refunds.
func (s *Server) refund(w http.ResponseWriter, r *http.Request, o *order) {
	var body struct {
		Total     *money `json:"total_amount"`
		Comment   string `json:"comment"`
		Reference string `json:"merchant_refund_id"`
	}
	if !decode(w, r, &body) {
		return
	}
	amount, err := body.Total.positive(o.amount.Currency())
	switch {
	case err != nil:
		invalid("total_amount_invalid").write(w)
	case body.Comment == "":
		invalid("comment_empty").write(w)
	case !o.is(fullyCaptured, partiallyCaptured, partiallyRefunded):
		notAllowed(o, fullyRefunded).write(w)
	case amount.Cmp(o.sum(o.captures).Sub(o.sum(o.refunds))) > 0:
		invalid("total_amount_exceeded").write(w) // A guess.
	default:
		e := s.giveBack(o, entry{amount: amount, reference: body.Reference, comment: body.Comment})
		simulator.WriteJSON(w, http.StatusOK, object{
			"order_id": o.id, "comment": e.comment, "refund_id": e.id, "capture_id": e.capture, "status": o.status,
			"refunded_amount": answered(o.either(amount, o.sum(o.refunds))),
		})
	}
}

// either is one of two readings of an ambiguous amount, by turns.
func (o *order) either(this, total paylinks.Money) paylinks.Money {
	if o.odd {
		return this
	}
	return total
}

// wireTime is one of the two forms that Tamara was seen to write; the other one has "+00:00" and no fraction.
const wireTime = "2006-01-02T15:04:05.000Z"

func (o *order) time(t time.Time) string {
	if o.odd {
		return t.UTC().Format("2006-01-02T15:04:05+00:00")
	}
	return t.UTC().Format(wireTime)
}

func paymentTypeOf(o *order) string {
	if o.request.PaymentType == "" {
		return "PAY_BY_INSTALMENTS"
	}
	return o.request.PaymentType
}

// orNothing is an object, or [] where it has nothing in it: so PHP writes it.
func orNothing(o object) any {
	if len(o) == 0 {
		return []any{}
	}
	return o
}

// orderAnswer is an order as Tamara answers it. It has no checkout id and no link. What isn't sent in a shop is empty here: a guess.
func orderAnswer(o *order) object {
	zero := answered(paylinks.Zero(o.amount.Currency()))
	req := &o.request
	number := req.Number
	if number == "" {
		number = req.Reference // Tamara, create checkout session: the default.
	}
	store := ""
	if req.Additional != nil {
		store = req.Additional.StoreCode
	}
	consumer, shipping := object{}, object{}
	if o.phone != "" {
		consumer = object{
			"first_name": req.Consumer.FirstName, "last_name": req.Consumer.LastName, "email": req.Email + req.Consumer.Email, "phone_number": o.phone,
			"national_id": "", "is_first_order": nil,
		}
	}
	if !o.inStore {
		a := req.ShippingAddress
		shipping = object{"first_name": a.FirstName, "last_name": a.LastName, "line1": a.Line1, "city": a.City, "country_code": a.CountryCode}
	}
	return object{
		"order_id": o.id, "order_reference_id": req.Reference, "order_number": number, "description": req.Description,
		"status": o.status, "payment_type": paymentTypeOf(o), "instalments": 3,
		"consumer": orNothing(consumer), "shipping_address": orNothing(shipping), "billing_address": nil, "items": []any{},
		"total_amount": answered(o.amount), "shipping_amount": zero, "tax_amount": zero,
		// In an order it's the discount, not money; in its transactions it's money.
		"discount_amount": orNothing(nil),
		"captured_amount": answered(o.sum(o.captures)), "refunded_amount": answered(o.sum(o.refunds)), "canceled_amount": answered(o.sum(o.cancels)),
		"paid_amount": answered(o.sum(o.captures)), "wallet_prepaid_amount": zero, "settlement_status": "", "settlement_date": nil,
		"created_at": o.time(o.createdAt), "processing": false, "store_code": store,
		"additional_data": object{"single_checkout": true, "from_in_store_payment_link": o.inStore},
		"transactions": object{
			"captures": o.list(o.captures, "capture_id", func(_ entry, one object) {
				one["order_id"], one["refunded_amount"] = o.id, zero
				one["shipping_info"] = object{"shipping_company": "N/A", "tracking_number": nil, "tracking_url": nil}
			}),
			"refunds": o.list(o.refunds, "refund_id", func(e entry, one object) {
				one["capture_id"], one["comment"], one["updated_at"], one["ext_data"], one["refund_status"] = e.capture, e.comment, o.time(e.at), []any{}, "success"
				one["merchant_refund_id"] = nil
				if e.reference != "" {
					one["merchant_refund_id"] = e.reference
				}
			}),
			"cancels": o.list(o.cancels, "cancel_id", func(_ entry, one object) { one["order_id"] = o.id }),
		},
	}
}

func (o *order) list(entries []entry, id string, more func(entry, object)) []object {
	list := make([]object, 0, len(entries))
	for _, e := range entries {
		one := object{id: e.id, "total_amount": answered(e.amount), "items": []any{}, "created_at": o.time(e.at)}
		more(e, one)
		list = append(list, one)
	}
	return list
}
