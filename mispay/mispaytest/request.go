package mispaytest

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"

	"github.com/paylinks/paylinks-go/paylinks"
)

// checkoutRequest is the body of a start-checkout, in either version. Amounts are strings in v1.2 and a number in v1.1.
type checkoutRequest struct {
	Version          string          `json:"version"`
	OrderID          string          `json:"orderId"`
	InvoiceID        string          `json:"invoiceId"`
	TotalPrice       *string         `json:"totalPrice"`
	ShippingAmount   *string         `json:"shippingAmount"`
	VAT              *string         `json:"vat"`
	Discount         *discount       `json:"discount"`
	PurchaseAmount   json.RawMessage `json:"purchaseAmount"`
	PurchaseCurrency string          `json:"purchaseCurrency"`
	Lang             string          `json:"lang"`
	CallbackURI      string          `json:"callbackUri"`
	CustomerDetails  *customer       `json:"customerDetails"`
	OrderDetails     *orderDetails   `json:"orderDetails"`
}

type discount struct {
	Amount string `json:"amount"`
}

type customer struct {
	MobileNumber string `json:"mobileNumber"`
	Email        string `json:"email"`
}

type orderDetails struct {
	Items []item `json:"items"`
}

type item struct {
	Quantity    string `json:"quantity"`
	UnitPrice   string `json:"unitPrice"`
	NameEnglish string `json:"nameEnglish"`
}

// refundRequest is the body of a refund (MisPay, refund).
type refundRequest struct {
	PurchaseID       string `json:"purchaseId"`
	TotalAmount      string `json:"totalAmount"`
	Currency         string `json:"currency"`
	OrderID          string `json:"orderId"`
	Amount           string `json:"amount"`
	MerchantRefundID string `json:"merchantRefundId"`
	Comments         string `json:"comments"`
}

var (
	// orderIDShape is the simulator's own: MisPay documents no rule.
	orderIDShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// phoneShape is what one of MisPay's plugins takes, in its international form; it sends "" for any other.
	phoneShape = regexp.MustCompile(`^(9665[0-9]{8})?$`)
)

// check is the amount of a request that is well formed. Stricter than known: whether MisPay refuses sums that don't add up isn't documented.
func (q *checkoutRequest) check() (paylinks.Money, bool) {
	if !orderIDShape.MatchString(q.OrderID) || q.PurchaseCurrency != string(paylinks.SAR) || !webAddress(q.CallbackURI) {
		return paylinks.Money{}, false
	}
	switch q.Version {
	case "v1.1":
		amount, ok := numberOf(q.PurchaseAmount)
		return amount, ok && !amount.IsZero() && (q.Lang == "" || knownLang(q.Lang))
	case "v1.2":
		amount, ok := stringOf(q.PurchaseAmount)
		return amount, ok && !amount.IsZero() && knownLang(q.Lang) && q.complete() && q.addsUp(amount)
	default:
		return paylinks.Money{}, false
	}
}

func knownLang(lang string) bool { return lang == "ar" || lang == "en" }

// complete tells whether the required fields of v1.2 are there (MisPay, start checkout).
func (q *checkoutRequest) complete() bool {
	if q.TotalPrice == nil || q.ShippingAmount == nil || q.VAT == nil || q.CustomerDetails == nil || q.OrderDetails == nil {
		return false
	}
	for _, item := range q.OrderDetails.Items {
		if quantity, err := strconv.ParseInt(item.Quantity, 10, 64); err != nil || quantity < 1 || item.NameEnglish == "" {
			return false
		}
	}
	return len(q.OrderDetails.Items) > 0 && phoneShape.MatchString(q.CustomerDetails.MobileNumber)
}

// addsUp tells whether purchaseAmount = totalPrice + shippingAmount + vat - discount (one of MisPay's plugins), and totalPrice the sum of the items.
func (q *checkoutRequest) addsUp(amount paylinks.Money) bool {
	due, items, off := paylinks.Zero(paylinks.SAR), paylinks.Zero(paylinks.SAR), paylinks.Zero(paylinks.SAR)
	for _, text := range []string{*q.TotalPrice, *q.ShippingAmount, *q.VAT} {
		part, ok := money(text)
		if !ok {
			return false
		}
		due = due.Add(part)
	}
	for _, item := range q.OrderDetails.Items {
		price, ok := money(item.UnitPrice)
		quantity, err := strconv.ParseInt(item.Quantity, 10, 64)
		if !ok || err != nil {
			return false
		}
		items = items.Add(price.Times(quantity))
	}
	if q.Discount != nil {
		part, ok := money(q.Discount.Amount)
		if !ok {
			return false
		}
		off = part
	}
	total, ok := money(*q.TotalPrice)
	return ok && total.Equal(items) && due.Equal(amount.Add(off))
}

// check is the amounts of a refund's request: of the purchase, and to refund.
func (q *refundRequest) check() (total, amount paylinks.Money, ok bool) {
	total, okTotal := money(q.TotalAmount)
	amount, okAmount := money(q.Amount)
	return total, amount, okTotal && okAmount && !amount.IsZero() && q.Currency == string(paylinks.SAR) && q.PurchaseID != "" && q.OrderID != ""
}

var twoDecimals = regexp.MustCompile(`^[0-9]+\.[0-9]{2}$`)

// money reads an amount of exactly two decimals. Stricter than known: MisPay documents no rule, and one of its plugins sends a single one.
func money(text string) (paylinks.Money, bool) {
	amount, err := paylinks.ParseMoney(text, paylinks.SAR)
	return amount, err == nil && twoDecimals.MatchString(text)
}

func stringOf(raw json.RawMessage) (paylinks.Money, bool) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return paylinks.Money{}, false
	}
	return money(text)
}

func numberOf(raw json.RawMessage) (paylinks.Money, bool) {
	amount, err := paylinks.ParseMoney(string(raw), paylinks.SAR)
	return amount, err == nil
}

func webAddress(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
