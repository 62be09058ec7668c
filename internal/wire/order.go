package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// DecodeOrder reads an order request. For types and warnings see [DecodeCreate].
func DecodeOrder(body Body) (req paylinks.OrderRequest, warnings []string, err error) {
	o := newObject(body)
	order := o.object("order")
	req = paylinks.OrderRequest{
		Providers:  o.list("providers"),
		OrgAppIDs:  o.texts("org_app_ids"),
		OrderID:    order.text("order_id"),
		Amount:     order.money("total_amount"),
		Currency:   order.text("currency"),
		BuyerName:  o.text("buyer_name"),
		BuyerEmail: o.text("buyer_email"),
		BuyerPhone: o.text("buyer_phone"),
		Lang:       o.text("lang"),
	}
	for _, line := range order.objects("line_items") {
		req.Items = append(req.Items, paylinks.ItemRequest{
			SKU: line.text("sku"), Name: line.text("name"), Quantity: line.count("qty"), UnitPrice: line.money("price"),
			Category: line.text("category"), ImageURL: line.text("image_url"), ProductURL: line.text("product_url"),
			DiscountAmount: line.money("discount_amount"), TaxAmount: line.money("tax_amount"),
		})
	}
	if err := o.err(); err != nil {
		return paylinks.OrderRequest{}, nil, err
	}
	warnings = o.warnings()
	for _, name := range slices.Sorted(maps.Keys(req.OrgAppIDs)) {
		if !slices.Contains(req.Providers, name) {
			warnings = append(warnings, fmt.Sprintf("org_app_ids has %q, which isn't among the providers", shorten(name)))
		}
	}
	return req, warnings, nil
}

// DecodeNext reads the body of the call for the next provider. For warnings see [DecodeCreate].
func DecodeNext(body Body) (req paylinks.NextRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.NextRequest{CancelCurrent: o.flag("cancel_current")}
	return req, o.warnings(), o.err()
}

// object reads an object in an object. What isn't there reads as empty.
func (o object) object(name string) object {
	inner := object{at: o.at + name + ".", known: map[string]bool{}, wrong: o.wrong}
	if raw := o.take(name); raw != nil && json.Unmarshal(raw, &inner.fields) != nil {
		o.fail(name, "invalid_type", "must be an object")
	}
	return inner
}

// list reads an array of strings.
func (o object) list(name string) []string {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil {
		o.fail(name, "invalid_type", "must be an array of strings")
		return nil
	}
	var texts []string
	for i, element := range elements {
		at := fmt.Sprintf("%s[%d]", name, i)
		inner := object{fields: map[string]json.RawMessage{at: element}, at: o.at, known: map[string]bool{}, wrong: o.wrong}
		if string(element) == "null" {
			o.fail(at, "invalid_type", "must be a string")
		}
		texts = append(texts, inner.text(at))
	}
	return texts
}

// flag reads a boolean.
func (o object) flag(name string) bool {
	raw := o.take(name)
	if raw == nil {
		return false
	}
	var set bool
	if json.Unmarshal(raw, &set) != nil {
		o.fail(name, "invalid_type", "must be true or false")
	}
	return set
}

// What the caller of an order does next.
const (
	actionPay  = "execute_or_send_payment_link"
	actionSync = "take_payment_at_gateway"
	actionNext = "try_next_provider"
	actionWait = "wait"
	actionNone = "none"
)

// The call by which a POS executes an active gateway's checkout.
const (
	executeEndpoint = "/api/v2/checkout"
	executeMethod   = "POST"
)

// FromOrdered is the answer to a call that has made or moved an order. For publicURL see [QRCodeURL].
func FromOrdered(r *paylinks.OrderResult, publicURL string, warnings []string) api.OrderAnswer {
	return api.OrderAnswer{Success: true, Message: orderMessage(r.Order), Data: FromOrder(r, publicURL), Warnings: append(warnings, r.Warnings...)}
}

// FromOrder is an order as get shows it. For publicURL see [QRCodeURL].
func FromOrder(r *paylinks.OrderResult, publicURL string) api.Order {
	order := fromOrder(r.Order)
	if r.Paylink != nil {
		link := FromCreated(r.Paylink, publicURL, nil)
		order.Paylink, order.Stale = &link, r.Paylink.Stale
	}
	return order
}

func fromOrder(o *paylinks.Order) api.Order {
	order := api.Order{
		OrderID:          o.OrderID,
		AcceptedGateways: make([]string, 0, len(o.Providers)),
		ActiveGateway:    o.ActiveGateway,
		AppSlug:          o.AppSlug(),
		NextAction:       nextAction(o),
		Status:           o.Status,
		Attempts:         fromAttempts(o.Attempts),
		PaylinkID:        o.PaylinkID,
		TotalAmount:      o.Amount.String(),
		Currency:         o.Amount.Currency(),
		CreatedAt:        utc(o.CreatedAt),
		UpdatedAt:        utc(o.UpdatedAt),
	}
	for _, p := range o.Providers {
		order.AcceptedGateways = append(order.AcceptedGateways, p.Provider)
	}
	if order.NextAction == actionPay || order.NextAction == actionSync {
		order.ExecuteEndpoint, order.ExecuteMethod = executeEndpoint, executeMethod
	}
	if o.Payment != nil {
		order.PaymentID = o.Payment.ID
	}
	return order
}

func fromAttempts(attempts []paylinks.OrderAttempt) []api.OrderAttempt {
	list := make([]api.OrderAttempt, 0, len(attempts))
	for _, a := range attempts {
		list = append(list, api.OrderAttempt{
			Provider: a.Provider, Outcome: a.Outcome, OrgAppID: a.OrgAppID, PaylinkID: a.PaylinkID, Reason: a.Reason, DuplicatePayment: a.Duplicate,
		})
	}
	return list
}

// toAttempts reads what fromAttempts has written.
func toAttempts(list []api.OrderAttempt) []paylinks.OrderAttempt {
	var attempts []paylinks.OrderAttempt
	for _, a := range list {
		attempts = append(attempts, paylinks.OrderAttempt{
			Provider: a.Provider, Outcome: a.Outcome, OrgAppID: a.OrgAppID, PaylinkID: a.PaylinkID, Reason: a.Reason, Duplicate: a.DuplicatePayment,
		})
	}
	return attempts
}

func nextAction(o *paylinks.Order) string {
	switch {
	case o.Status == paylinks.OrderPaid || o.Status == paylinks.OrderFailed:
		return actionNone
	case o.Status == paylinks.OrderPendingSync:
		return actionSync
	case o.Status == paylinks.OrderUnknown:
		return actionWait
	case o.OpenPaylink:
		return actionPay
	case o.CanTryNext():
		return actionNext
	default:
		return actionNone
	}
}

func orderMessage(o *paylinks.Order) string {
	switch nextAction(o) {
	case actionPay:
		return "The payment link is ready at " + o.ActiveGateway
	case actionSync:
		return "Take the payment at " + o.ActiveGateway + " under this order_id: a sync will find it"
	case actionNext:
		return "No link of this order is open: the next provider can be tried"
	case actionWait:
		return "Whether a link was made isn't known yet: it settles itself"
	default:
		return "The order is " + string(o.Status)
	}
}

// FromOrdersPage is a page of orders.
func FromOrdersPage(page paylinks.OrdersPage) api.OrderList {
	list := api.OrderList{Orders: make([]api.Order, 0, len(page.Orders)), NextCursor: page.NextCursor}
	for _, o := range page.Orders {
		list.Orders = append(list.Orders, fromOrder(o))
	}
	return list
}
