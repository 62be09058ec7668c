package tabbytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
)

// checkoutRequest is the body of a session's creation (Tabby, API reference: Create a session). Amounts are strings: a
// JSON number can't be decoded.
type checkoutRequest struct {
	Payment struct {
		Amount          string          `json:"amount"`
		Currency        string          `json:"currency"`
		Description     string          `json:"description"`
		Buyer           buyer           `json:"buyer"`
		ShippingAddress json.RawMessage `json:"shipping_address"`
		Order           order           `json:"order"`
		BuyerHistory    json.RawMessage `json:"buyer_history"`
		OrderHistory    json.RawMessage `json:"order_history"`
		Meta            map[string]any  `json:"meta"`
		Attachment      json.RawMessage `json:"attachment"`
	} `json:"payment"`
	Lang         string       `json:"lang"`
	MerchantCode string       `json:"merchant_code"`
	MerchantURLs merchantURLs `json:"merchant_urls"`
	Token        *string      `json:"token"`
}

type buyer struct {
	ID    *string `json:"id"`
	Name  string  `json:"name"`
	Email string  `json:"email"`
	Phone string  `json:"phone"`
	DOB   *string `json:"dob"`
}

type order struct {
	ReferenceID    string  `json:"reference_id"`
	UpdatedAt      *string `json:"updated_at"`
	TaxAmount      string  `json:"tax_amount"`
	ShippingAmount string  `json:"shipping_amount"`
	DiscountAmount string  `json:"discount_amount"`
	Items          []item  `json:"items"`
}

type item struct {
	Title          string  `json:"title"`
	Description    *string `json:"description"`
	Quantity       int     `json:"quantity"`
	UnitPrice      string  `json:"unit_price"`
	DiscountAmount string  `json:"discount_amount,omitempty"`
	ReferenceID    string  `json:"reference_id"`
	ImageURL       *string `json:"image_url"`
	ProductURL     *string `json:"product_url"`
	Category       string  `json:"category"`
}

type merchantURLs struct {
	Success string `json:"success"`
	Cancel  string `json:"cancel"`
	Failure string `json:"failure"`
}

// maxText is the longest string that Tabby takes (Tabby, technical requirements).
const maxText = 255

// phoneMask covers the documented ways to write a number: national with or without zero, international with or without
// plus. What Tabby does with others isn't documented; the simulator refuses them.
var phoneMask = regexp.MustCompile(`^\+?[0-9]{8,15}$`)

// check is what is wrong with the request, and its amount where nothing is. Required is what Tabby's offline pages demand of
// links and tills: amount, currency, merchant code and order reference; the phone is needed only to send the link.
func (s *Server) check(req *checkoutRequest) (paylinks.Money, *apiError) {
	fail := func(e apiError) (paylinks.Money, *apiError) { return paylinks.Money{}, &e }

	takes, ok := s.config.MerchantCodes[req.MerchantCode]
	if !ok {
		// A guess: the reference has the text among this call's 401s and doesn't say when it comes.
		return fail(apiError{status: http.StatusUnauthorized, text: "merchant is null"})
	}
	currency, err := paylinks.ParseCurrency(req.Payment.Currency)
	if err != nil || string(currency) != req.Payment.Currency {
		return fail(invalid("$.payment.currency"))
	}
	if s.config.Currencies != nil && !slices.Contains(s.config.Currencies, currency) {
		return fail(errWrongRegion)
	}
	if currency != takes {
		return fail(apiError{status: http.StatusBadRequest, text: fmt.Sprintf("could not create payment: only '%s' is supported, but got '%s'", takes, currency)})
	}
	amount, err := paylinks.ParseMoney(req.Payment.Amount, currency)
	if err != nil {
		return fail(invalid("$.payment.amount"))
	}
	if amount.IsZero() {
		// The words "should be positive" are Tabby's, the rest of the text is a guess.
		return fail(guess(http.StatusBadRequest, "could not create payment: amount should be positive"))
	}
	if field := wrongField(req, currency); field != "" {
		return fail(invalid(field))
	}
	return amount, nil
}

// wrongField is the path of the first field that can't be, "" where all is well.
func wrongField(req *checkoutRequest, currency paylinks.Currency) string {
	p := &req.Payment
	for _, rule := range []struct {
		field string
		ok    bool
	}{
		{"$.lang", req.Lang == "" || req.Lang == "en" || req.Lang == "ar"},
		{"$.merchant_urls.success", absoluteURL(req.MerchantURLs.Success)},
		{"$.merchant_urls.cancel", absoluteURL(req.MerchantURLs.Cancel)},
		{"$.merchant_urls.failure", absoluteURL(req.MerchantURLs.Failure)},
		{"$.payment.description", short(p.Description)},
		{"$.payment.buyer.name", short(p.Buyer.Name)},
		{"$.payment.buyer.email", short(p.Buyer.Email)},
		{"$.payment.buyer.phone", p.Buyer.Phone == "" || phoneMask.MatchString(p.Buyer.Phone)},
		{"$.payment.order.reference_id", p.Order.ReferenceID != "" && short(p.Order.ReferenceID)},
		{"$.payment.order.tax_amount", optionalAmount(p.Order.TaxAmount, currency)},
		{"$.payment.order.shipping_amount", optionalAmount(p.Order.ShippingAmount, currency)},
		{"$.payment.order.discount_amount", optionalAmount(p.Order.DiscountAmount, currency)},
	} {
		if !rule.ok {
			return rule.field
		}
	}
	for i, item := range p.Order.Items {
		for _, rule := range []struct {
			field string
			ok    bool
		}{
			{"title", item.Title != "" && short(item.Title)},
			{"description", item.Description == nil || short(*item.Description)},
			{"quantity", item.Quantity >= 1},
			{"unit_price", item.UnitPrice != "" && optionalAmount(item.UnitPrice, currency)},
			{"discount_amount", optionalAmount(item.DiscountAmount, currency)},
			{"reference_id", short(item.ReferenceID)},
			{"category", item.Category != "" && short(item.Category)},
		} {
			if !rule.ok {
				return fmt.Sprintf("$.payment.order.items[%d].%s", i, rule.field)
			}
		}
	}
	for key, value := range p.Meta {
		if text, ok := value.(string); ok && !short(text) {
			return "$.payment.meta." + key
		}
	}
	return ""
}

func short(s string) bool { return utf8.RuneCountInString(s) <= maxText }

func optionalAmount(s string, currency paylinks.Currency) bool {
	if s == "" {
		return true
	}
	_, err := paylinks.ParseMoney(s, currency)
	return err == nil
}

func absoluteURL(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// rejection is why a session is refused at once, "" where it isn't. The phone numbers are the sandbox's (Tabby, testing
// credentials); the amounts are the simulator's own.
func (s *Server) rejection(req *checkoutRequest, amount paylinks.Money) string {
	if least, err := paylinks.ParseMoney(s.config.MinAmount, amount.Currency()); err == nil && amount.Cmp(least) < 0 {
		return "order_amount_too_low"
	}
	if most, err := paylinks.ParseMoney(s.config.MaxAmount, amount.Currency()); err == nil && amount.Cmp(most) > 0 {
		return "order_amount_too_high"
	}
	switch req.Payment.Buyer.Phone {
	case "+971500000002", "+966500000002", "+96590000002":
		return "not_available"
	}
	return ""
}
