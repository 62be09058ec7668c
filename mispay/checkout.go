package mispay

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/mispay/internal/api"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	// maxText is how many characters of a text are sent. MisPay documents no limit.
	maxText = 255
	// maxOrderID is how long an orderId may be, and maxPrefix how much of that is the merchant's own number. MisPay documents no limit; 64 safe
	// characters are what any system takes.
	maxOrderID = 64
	maxPrefix  = 27
	// orderIDSeparator stands between the two. The part before it has none.
	orderIDSeparator = "_"
)

// checkout is the request for a new link, in the configured version.
func (p *Provider) checkout(in paylinks.CreateInput) (any, error) {
	id, err := orderID(in.OrderID, in.Reference)
	if err != nil {
		return nil, err
	}
	if err := p.acceptable(in.Amount); err != nil {
		return nil, err
	}
	lang := cmp.Or(in.Lang, p.config.Lang)
	callbackURI := ""
	if p.config.SendCallbackURI {
		callbackURI = in.ReturnURL
	}
	if p.config.Version == V11 {
		return api.CheckoutV11{
			Version: string(V11), OrderID: id, PurchaseAmount: api.Amount{Decimal: in.Amount.String(), Number: true},
			CallbackURI: callbackURI, PurchaseCurrency: string(in.Amount.Currency()), Lang: lang,
		}, nil
	}

	phone, err := p.phone(in.Buyer.Phone)
	if err != nil {
		return nil, err
	}
	total, discount, tax := paylinks.Zero(in.Amount.Currency()), paylinks.Zero(in.Amount.Currency()), paylinks.Zero(in.Amount.Currency())
	items := make([]api.Item, 0, len(in.Items))
	for _, item := range in.Items {
		total = total.Add(item.UnitPrice.Times(item.Quantity))
		discount = discount.Add(item.Discount)
		tax = tax.Add(item.Tax)
		items = append(items, api.Item{
			Quantity:    p.decimal(strconv.FormatInt(item.Quantity, 10)),
			UnitPrice:   p.decimal(item.UnitPrice.String()),
			NameEnglish: truncated(item.Name),
		})
	}
	// What is to be paid is prices + shipping + VAT − discount, to the halala: the items add up to the amount, so these do.
	return api.Checkout{
		OrderID:          id,
		InvoiceID:        unlessTooLong(in.OrderID),
		TotalPrice:       p.decimal(total.String()),
		ShippingAmount:   p.decimal(paylinks.Zero(in.Amount.Currency()).String()),
		VAT:              p.decimal(tax.String()),
		Discount:         api.Discount{Amount: p.decimal(discount.String())},
		PurchaseAmount:   p.decimal(in.Amount.String()),
		PurchaseCurrency: string(in.Amount.Currency()),
		Lang:             lang,
		Version:          string(V12),
		CallbackURI:      callbackURI,
		CustomerDetails:  api.Customer{MobileNumber: phone, Email: string(in.Buyer.Email)},
		OrderDetails:     api.OrderDetails{Items: items},
	}, nil
}

// refund is the request for a refund.
func (p *Provider) refund(ref paylinks.Ref, purchaseID string, in paylinks.RefundInput) (api.Refund, error) {
	id, err := orderID(ref.OrderID, ref.Reference)
	if err != nil {
		return api.Refund{}, err
	}
	return api.Refund{
		PurchaseID:       purchaseID,
		TotalAmount:      p.decimal(ref.Amount.String()),
		Currency:         string(ref.Amount.Currency()),
		OrderID:          id,
		Amount:           p.decimal(in.Amount.String()),
		MerchantRefundID: in.Reference,
		Comments:         truncated(in.Reason),
	}, nil
}

// acceptable refuses an amount outside the configured limits.
func (p *Provider) acceptable(amount paylinks.Money) error {
	switch {
	case p.config.MinAmount.IsSet() && amount.Cmp(p.config.MinAmount) < 0:
		return refusedHere(paylinks.RefusedBuyer, "order_amount_too_low", "the amount is below MinAmount")
	case p.config.MaxAmount.IsSet() && amount.Cmp(p.config.MaxAmount) > 0:
		return refusedHere(paylinks.RefusedBuyer, "order_amount_too_high", "the amount is above MaxAmount")
	default:
		return nil
	}
}

var saudiMobile = regexp.MustCompile(`^\+9665[0-9]{8}$`)

// phone is a Saudi mobile number as MisPay takes it, 9665XXXXXXXX, and "" for none.
func (p *Provider) phone(phone paylinks.Phone) (string, error) {
	switch {
	case saudiMobile.MatchString(string(phone)):
		return strings.TrimPrefix(string(phone), "+"), nil
	case phone == "" || p.config.AllowEmptyPhone:
		return "", nil
	default:
		return "", refusedHere(paylinks.RefusedBuyer, "phone_not_saudi", "MisPay takes Saudi mobile numbers alone (+9665XXXXXXXX)")
	}
}

// decimal is an amount or a count on the wire.
func (p *Provider) decimal(text string) api.Amount {
	return api.Amount{Decimal: text, Number: p.config.AmountsAsNumbers}
}

var unsafeCharacters = regexp.MustCompile(`[^A-Za-z0-9]+`)

// orderID is the id under which MisPay knows an attempt to have an order paid: fresh for each attempt, since what a repeated one does isn't documented.
// It's the beginning of the merchant's own order id, for people, and our reference. It's computed again for a refund, so it must never be made
// in another way.
func orderID(merchants, reference string) (string, error) {
	if !isID(reference) || len(reference)+len(orderIDSeparator) >= maxOrderID {
		return "", notACall("the reference isn't one that fits into an orderId of MisPay")
	}
	prefix := strings.Trim(unsafeCharacters.ReplaceAllString(merchants, "-"), "-")
	if most := min(maxPrefix, maxOrderID-len(orderIDSeparator)-len(reference)); len(prefix) > most {
		prefix = prefix[:most]
	}
	return prefix + orderIDSeparator + reference, nil
}

// referenceOf is our reference in an orderId, "" where it isn't one that we made.
func referenceOf(orderID string) string {
	_, reference, _ := strings.Cut(orderID, orderIDSeparator)
	if !isID(reference) {
		return ""
	}
	return reference
}

// truncated is s cut to what is sent, counted in characters.
func truncated(s string) string {
	if utf8.RuneCountInString(s) <= maxText {
		return s
	}
	return string([]rune(s)[:maxText])
}

// unlessTooLong is s, or "" where it's longer than an orderId: a part of it would name another invoice.
func unlessTooLong(s string) string {
	if utf8.RuneCountInString(s) > maxOrderID {
		return ""
	}
	return s
}
