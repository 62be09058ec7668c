package tamaratest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
)

// money is an amount of a request: a number, or a string where Tamara takes both (Tamara, OpenAPI: its types and examples mix them).
type money struct {
	Amount   literal `json:"amount"`
	Currency string  `json:"currency"`
}

// literal is a decimal as it was sent.
type literal struct {
	text   string
	quoted bool
}

// UnmarshalJSON reads a number or a string.
func (l *literal) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		l.quoted = true
		return json.Unmarshal(data, &l.text)
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	l.text = number.String()
	return nil
}

var errAmount = errors.New("not an amount")

// read is the amount, in currency where that isn't "". One with more decimals than its currency has is refused: a guess, since Tamara only says
// how many there are.
func (m *money) read(currency paylinks.Currency) (paylinks.Money, error) {
	if m == nil {
		return paylinks.Money{}, errAmount
	}
	c, err := paylinks.ParseCurrency(m.Currency)
	if err != nil || string(c) != m.Currency || (currency != "" && c != currency) {
		return paylinks.Money{}, errAmount
	}
	return paylinks.ParseMoney(m.Amount.text, c)
}

// positive is read for an amount that is captured, refunded or cancelled.
func (m *money) positive(currency paylinks.Currency) (paylinks.Money, error) {
	amount, err := m.read(currency)
	if err == nil && amount.IsZero() {
		err = errAmount
	}
	return amount, err
}

// checkout is the body of all three ways of creating a session.
type checkout struct {
	Total       *money `json:"total_amount"`
	Amount      *money `json:"amount"` // Of the QR session alone.
	Shipping    *money `json:"shipping_amount"`
	Tax         *money `json:"tax_amount"`
	Phone       string `json:"phone_number"`
	Email       string `json:"email"`
	Reference   string `json:"order_reference_id"`
	Number      string `json:"order_number"`
	Items       []item `json:"items"`
	Locale      string `json:"locale"`
	PaymentType string `json:"payment_type"`
	ExpiryTime  *int   `json:"expiry_time"`
	ExpiresIn   *int   `json:"expires_in_minutes"`
	Platform    string `json:"platform"`
	Description string `json:"description"`
	CountryCode string `json:"country_code"`
	Consumer    struct {
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Phone     string `json:"phone_number"`
		Email     string `json:"email"`
	} `json:"consumer"`
	MerchantURL struct {
		Success      string `json:"success"`
		Failure      string `json:"failure"`
		Cancel       string `json:"cancel"`
		Notification string `json:"notification"`
	} `json:"merchant_url"`
	ShippingAddress struct {
		FirstName   string `json:"first_name"`
		LastName    string `json:"last_name"`
		Line1       string `json:"line1"`
		City        string `json:"city"`
		CountryCode string `json:"country_code"`
	} `json:"shipping_address"`
	Additional *struct {
		StoreCode string `json:"store_code"`
	} `json:"additional_data"`
}

type item struct {
	Reference string `json:"reference_id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	SKU       string `json:"sku"`
	Quantity  int    `json:"quantity"`
	UnitPrice *money `json:"unit_price"`
	Discount  *money `json:"discount_amount"`
	Tax       *money `json:"tax_amount"`
	Total     *money `json:"total_amount"`
	ItemURL   string `json:"item_url"`
	ImageURL  string `json:"image_url"`
}

// rule is one demand, and the code of the error where it isn't met.
type rule struct {
	ok   bool
	code string
}

// broken is the first rule that isn't met, nil where all are.
func broken(rules []rule) *apiError {
	for _, rule := range rules {
		if !rule.ok {
			e := invalid(rule.code)
			return &e
		}
	}
	return nil
}

// The limits of the documented fields.
const (
	maxName, maxSKU, maxURL, maxDescription = 255, 128, 1024, 256
	minExpiry, maxExpiry                    = 5, 1440
)

// paymentTypes are the documented types and older ones that Tamara's plugins still know.
var paymentTypes = []string{"", "PAY_BY_INSTALMENTS", "PAY_NOW", "PAY_BY_LATER", "PAY_NEXT_MONTH"}

// common are the rules of all sessions.
func (c *checkout) common() []rule {
	return []rule{
		{slices.Contains([]string{"", "ar_SA", "en_US"}, c.Locale), "locale_invalid"},
		{slices.Contains(paymentTypes, c.PaymentType), "payment_type_invalid"},
		{c.Additional == nil || c.Additional.StoreCode != "", "additional_data_invalid"},
		{minutes(c.ExpiryTime) && minutes(c.ExpiresIn), "expiry_time_invalid"},
	}
}

func minutes(n *int) bool { return n == nil || (*n >= minExpiry && *n <= maxExpiry) }

// itemRules are the rules of the items. That they add up isn't demanded: Tamara's own examples don't.
func (c *checkout) itemRules(currency paylinks.Currency) []rule {
	rules := []rule{{len(c.Items) > 0, "items_invalid"}}
	for _, i := range c.Items {
		_, totalErr := i.Total.read(currency)
		rules = append(
			rules,
			rule{i.Reference != "" && i.Type != "", "items_invalid"},
			rule{i.Name != "" && short(i.Name, maxName), "items_name_invalid"},
			rule{i.SKU != "" && short(i.SKU, maxSKU), "items_sku_invalid"},
			rule{i.Quantity > 0, "items_quantity_invalid"},
			rule{totalErr == nil, "items_total_amount_invalid"},
			rule{optional(i.UnitPrice, currency) && optional(i.Discount, currency) && optional(i.Tax, currency), "items_amount_invalid"},
			rule{address(i.ItemURL, true) && address(i.ImageURL, true), "items_url_invalid"},
		)
	}
	return rules
}

// onlineRules are those of the online checkout alone. The e-mail is documented as optional, but has a code for when it's empty.
func (c *checkout) onlineRules(currency paylinks.Currency) []rule {
	_, shippingErr := c.Shipping.read(currency)
	_, taxErr := c.Tax.read(currency)
	a, urls := c.ShippingAddress, c.MerchantURL
	return []rule{
		{c.Reference != "", "order_reference_id_empty"},
		{shippingErr == nil, "shipping_amount_invalid"},
		{taxErr == nil, "tax_amount_invalid"},
		{c.Consumer.FirstName != "" && c.Consumer.LastName != "", "consumer_empty_name"},
		{c.Consumer.Email != "", "consumer_empty_email"},
		{strings.Contains(c.Consumer.Email, "@"), "consumer_invalid_email"},
		{c.CountryCode == currency.Region(), "total_amount_invalid_currency"},
		{c.Description != "" && short(c.Description, maxDescription), "description_invalid"},
		{address(urls.Success, false) && address(urls.Failure, false) && address(urls.Cancel, false), "merchant_url_invalid"},
		{address(urls.Notification, true), "merchant_url_invalid"},
		{a.FirstName != "" && a.LastName != "" && a.Line1 != "" && a.City != "" && a.CountryCode != "", "shipping_address_invalid"},
	}
}

func short(s string, limit int) bool { return utf8.RuneCountInString(s) <= limit }

func optional(m *money, currency paylinks.Currency) bool {
	if m == nil {
		return true
	}
	_, err := m.read(currency)
	return err == nil
}

func address(s string, mayBeEmpty bool) bool {
	if s == "" {
		return mayBeEmpty
	}
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && len(s) <= maxURL
}

// mobiles are the countries' mobile numbers: the dial code, and the national form (Tamara, testing guides; Kuwait and Oman are general
// knowledge).
var mobiles = map[string]struct {
	dial     string
	national *regexp.Regexp
}{
	"SA": {"966", regexp.MustCompile(`^5[0-9]{8}$`)},
	"AE": {"971", regexp.MustCompile(`^5[0-9]{8}$`)},
	"BH": {"973", regexp.MustCompile(`^3[0-9]{7}$`)},
	"KW": {"965", regexp.MustCompile(`^[569][0-9]{7}$`)},
	"OM": {"968", regexp.MustCompile(`^[79][0-9]{7}$`)},
}

// mobile is a phone number as Tamara keeps it, international digits, and whether it is one. Both documented forms are taken: national without the
// zero, and international without the plus. Others are refused here, a guess.
func mobile(phone string, currency paylinks.Currency) (string, bool) {
	country := mobiles[currency.Region()]
	if country.national == nil {
		return "", false
	}
	national := strings.TrimPrefix(phone, country.dial)
	return country.dial + national, country.national.MatchString(national)
}
