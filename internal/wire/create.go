package wire

import (
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/internal/rule"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// options are the provider-own fields of the published create request.
var options = [...]string{"payment_type", "store_code", "locale"}

// DecodeCreate reads a create request. Types are checked here and every wrong one is named; whether the values make sense is for
// the Service to say. moreOptions are names of provider-own fields beyond the published payment_type, store_code and locale; like
// those they are strings. Fields that nobody knows are ignored and named in warnings.
func DecodeCreate(body Body, moreOptions ...string) (req paylinks.CreateRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.CreateRequest{
		Provider:    o.text("provider"),
		OrgAppID:    o.text("org_app_id"),
		OrderID:     o.text("order_id"),
		Amount:      o.money("amount"),
		Currency:    o.text("currency"),
		Description: o.text("description"),
		BuyerName:   o.text("buyer_name"),
		BuyerEmail:  o.text("buyer_email"),
		BuyerPhone:  o.text("buyer_phone"),
		PhoneNumber: o.text("phone_number"),
		Lang:        o.text("lang"),
		Metadata:    o.texts("metadata"),
	}
	for _, item := range o.objects("items") {
		req.Items = append(req.Items, paylinks.ItemRequest{
			Name:           item.text("name"),
			Quantity:       item.count("quantity"),
			UnitPrice:      item.money("unit_price"),
			SKU:            item.text("sku"),
			Category:       item.text("category"),
			ImageURL:       item.text("image_url"),
			ProductURL:     item.text("product_url"),
			DiscountAmount: item.money("discount_amount"),
			TaxAmount:      item.money("tax_amount"),
		})
	}
	for _, name := range append(options[:], moreOptions...) {
		if o.known[name] {
			continue
		}
		if value := o.text(name); value != "" {
			if req.Options == nil {
				req.Options = map[string]string{}
			}
			req.Options[name] = value
		}
	}
	if err := o.err(); err != nil {
		return paylinks.CreateRequest{}, nil, err
	}
	return req, o.warnings(), nil
}

// EncodeCreate writes the body that [DecodeCreate] reads. The idempotency key isn't part of it: it travels in a header. An option that has the name of one
// of the request's own fields is refused as the Service refuses it.
func EncodeCreate(req paylinks.CreateRequest) ([]byte, error) {
	body := map[string]any{}
	var wrong []paylinks.FieldError
	for _, name := range slices.Sorted(maps.Keys(req.Options)) {
		_, own := rule.CreateField(name)
		switch {
		case !utf8.ValidString(name):
			wrong = append(wrong, problem("options", rule.IllegibleKey))
		case own: // it would be read as that field
			wrong = append(wrong, problem(name, rule.Taken))
		}
	}
	if err := refused(wrong); err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			body[name] = value
		}
	}
	for name, value := range req.Options {
		set(name, value)
	}
	set("provider", req.Provider)
	set("org_app_id", req.OrgAppID)
	set("order_id", req.OrderID)
	set("amount", req.Amount)
	set("currency", req.Currency)
	set("description", req.Description)
	set("buyer_name", req.BuyerName)
	set("buyer_email", req.BuyerEmail)
	set("buyer_phone", req.BuyerPhone)
	set("phone_number", req.PhoneNumber)
	set("lang", req.Lang)
	if len(req.Metadata) > 0 {
		body["metadata"] = req.Metadata
	}
	if len(req.Items) > 0 {
		items := make([]api.Item, 0, len(req.Items))
		for _, item := range req.Items {
			items = append(items, api.Item(item))
		}
		body["items"] = items
	}
	return encode(body)
}
