package tamara

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

// What Tamara takes in a text, in characters.
const (
	maxName        = 255
	maxSKU         = 128
	maxDescription = 256
	maxItemURL     = 1024
)

const (
	platform = "PAYLINKS_GO"
	// defaultType stands where an item has no category: Tamara wants a type, a free text.
	defaultType = "General"
	// notAvailable stands where Tamara demands what a till doesn't have. Its own plugins send the same.
	notAvailable = "N/A"
	// defaultComment stands where the merchant gives no reason for a refund: Tamara wants one.
	defaultComment = "Refund"

	localeArabic  = "ar_SA"
	localeEnglish = "en_US"
)

// createSession makes the session of the configured flow.
func (p *Provider) createSession(ctx context.Context, in paylinks.CreateInput) (api.Session, json.RawMessage, error) {
	switch p.config.Flow {
	case FlowQR:
		return p.api.CreateQR(ctx, p.config.DeviceID, p.qrCheckout(in))
	case FlowOnline:
		if err := canCheckOut(in); err != nil {
			return api.Session{}, nil, err
		}
		return p.api.CreateOnline(ctx, p.onlineCheckout(in))
	default:
		return p.api.CreateSMS(ctx, p.smsCheckout(in))
	}
}

// smsCheckout is the request for a link that Tamara texts to the buyer.
func (p *Provider) smsCheckout(in paylinks.CreateInput) api.SMSCheckout {
	return api.SMSCheckout{
		Total:       money(in.Amount),
		Phone:       digits(cmp.Or(in.SendTo, in.Buyer.Phone)),
		Email:       string(in.Buyer.Email),
		Reference:   in.Reference,
		Number:      in.OrderID,
		Items:       items(in.Items),
		Locale:      locale(in),
		PaymentType: paymentType(in),
		ExpiryTime:  p.config.ExpiryMinutes,
		Additional:  p.additional(in),
	}
}

// qrCheckout is the request for a link that Tamara's app scans.
func (p *Provider) qrCheckout(in paylinks.CreateInput) api.QRCheckout {
	return api.QRCheckout{
		Amount: money(in.Amount), Platform: platform, Reference: in.Reference, Number: in.OrderID, Locale: locale(in), Additional: p.additional(in),
	}
}

// onlineCheckout is the request for a link of the online checkout.
//
// Tamara demands a shipping address. A link has none, so that only what is known of the buyer is sent, and "N/A" for the rest. Items have their
// tax in their totals, hence the order's own tax is zero: it would be added.
func (p *Provider) onlineCheckout(in paylinks.CreateInput) api.OnlineCheckout {
	first, last := names(in.Buyer.Name)
	phone, country := digits(cmp.Or(in.Buyer.Phone, in.SendTo)), in.Amount.Currency().Region()
	zero := money(paylinks.Zero(in.Amount.Currency()))
	return api.OnlineCheckout{
		Total:       money(in.Amount),
		Shipping:    zero,
		Tax:         zero,
		Reference:   in.Reference,
		Number:      in.OrderID,
		Items:       items(in.Items),
		Consumer:    api.Consumer{FirstName: first, LastName: last, Phone: phone, Email: string(in.Buyer.Email)},
		CountryCode: country,
		Description: truncated(cmp.Or(in.Description, in.OrderID), maxDescription),
		MerchantURL: api.MerchantURL{
			Success: in.ReturnURL, Failure: in.ReturnURL, Cancel: in.ReturnURL, Notification: in.NotifyURL,
		},
		PaymentType: paymentType(in),
		ShippingAddress: api.Address{
			FirstName: first, LastName: last, Line1: notAvailable, City: notAvailable, CountryCode: country, Phone: phone,
		},
		Platform:   platform,
		Locale:     locale(in),
		ExpiresIn:  p.config.ExpiryMinutes,
		Additional: p.additional(in),
	}
}

// canCheckOut tells what Tamara's online checkout demands and a link lacks.
func canCheckOut(in paylinks.CreateInput) error {
	for _, demand := range []struct{ name, value string }{
		{"buyer_name", strings.TrimSpace(in.Buyer.Name)},
		{"buyer_email", string(in.Buyer.Email)},
		{"buyer_phone", string(cmp.Or(in.Buyer.Phone, in.SendTo))},
		{"the URL to return to (configure the public URL)", in.ReturnURL},
	} {
		if demand.value == "" {
			return notACall("Tamara's online checkout demands " + demand.name)
		}
	}
	return nil
}

func items(list []paylinks.Item) []api.Item {
	sent := make([]api.Item, 0, len(list))
	for i, item := range list {
		// Tamara wants a reference and an SKU for each item. The line's number is at least unique in its order.
		line := fmt.Sprintf("item-%d", i+1)
		sent = append(sent, api.Item{
			Reference: cmp.Or(unlessTooLong(item.SKU, maxSKU), line),
			Type:      truncated(cmp.Or(item.Category, defaultType), maxName),
			Name:      truncated(item.Name, maxName),
			SKU:       cmp.Or(unlessTooLong(item.SKU, maxSKU), line),
			Quantity:  item.Quantity,
			UnitPrice: money(item.UnitPrice),
			Discount:  someMoney(item.Discount),
			Tax:       someMoney(item.Tax),
			Total:     money(item.UnitPrice.Times(item.Quantity).Add(item.Tax).Sub(item.Discount)),
			ItemURL:   unlessTooLong(item.ProductURL, maxItemURL),
			ImageURL:  unlessTooLong(item.ImageURL, maxItemURL),
		})
	}
	return sent
}

// money is an amount on the wire: a JSON number with exactly the currency's decimals. Tamara takes strings here and there, and refuses them elsewhere.
func money(m paylinks.Money) api.Money {
	return api.Money{Amount: json.Number(m.String()), Currency: string(m.Currency())}
}

// someMoney is money, or nil where there's none.
func someMoney(m paylinks.Money) *api.Money {
	if m.IsZero() {
		return nil
	}
	sent := money(m)
	return &sent
}

// digits is a phone number as Tamara takes it without a country beside it: international, without the plus.
func digits(phone paylinks.Phone) string { return strings.TrimPrefix(string(phone), "+") }

// names are the first name and the rest. Tamara demands both: a single name is sent as both.
func names(name string) (first, last string) {
	words := strings.Fields(name)
	switch len(words) {
	case 0:
		return "", ""
	case 1:
		return truncated(words[0], maxName), truncated(words[0], maxName)
	default:
		return truncated(words[0], maxName), truncated(strings.Join(words[1:], " "), maxName)
	}
}

// locale is the language of Tamara's page and SMS: it has two.
func locale(in paylinks.CreateInput) string {
	if strings.HasPrefix(strings.ToLower(cmp.Or(strings.TrimSpace(in.Options["locale"]), in.Lang)), "en") {
		return localeEnglish
	}
	return localeArabic
}

// paymentType is what the merchant asked for in Tamara's capitals, "" for Tamara's own default, which is PAY_BY_INSTALMENTS. Tamara knows more
// types than it documents and decides itself on those it doesn't.
func paymentType(in paylinks.CreateInput) string {
	return strings.ToUpper(strings.TrimSpace(in.Options["payment_type"]))
}

// additional names the branch. Tamara wants the store's code inside, or no object.
func (p *Provider) additional(in paylinks.CreateInput) *api.Additional {
	code := cmp.Or(strings.TrimSpace(in.Options["store_code"]), p.config.StoreCode)
	if code == "" {
		return nil
	}
	return &api.Additional{StoreCode: code}
}

// capture is the request for a capture. Tamara demands shipping_info.
func (p *Provider) capture(ref paylinks.Ref, in paylinks.CaptureInput) api.Capture {
	at := in.At
	if at.IsZero() {
		at = p.config.Now()
	}
	return api.Capture{
		OrderID: ref.PaymentID, Total: money(in.Amount),
		Shipping: api.ShippingInfo{ShippedAt: at.UTC().Format(time.RFC3339), Company: notAvailable},
	}
}

// truncated is s cut to a number of characters.
func truncated(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}

// unlessTooLong is s, or "" where s is too long: a part of a URL or an id would name something else.
func unlessTooLong(s string, limit int) string {
	if utf8.RuneCountInString(s) > limit {
		return ""
	}
	return s
}

var uuidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// isUUID guards every id that becomes a part of a path: it may have come from a browser.
func isUUID(s string) bool { return uuidShape.MatchString(s) }

// webURL is s where it's an absolute web address, else "". It's opaque otherwise.
func webURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	return s
}
