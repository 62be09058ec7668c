package tabby

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

const (
	// maxText is how many characters Tabby takes in a text: one more, and it refuses the whole request.
	maxText = 255
	// defaultLang is the hosted page's language where the merchant doesn't say: lang is mandatory at Tabby, and most buyers read Arabic.
	defaultLang = "ar"
	// defaultCategory stands where an item has none: Tabby wants one for each.
	defaultCategory = "General"
)

// checkout is the request for a new link.
//
// Tabby's API reference also marks shipping_address and buyer_history as required; its pages on points of sale make links without
// them. A till has no shipping address and no customer account, so neither is sent: an invented one would count in Tabby's scoring.
// The same goes for each detail of the buyer that the merchant doesn't know. order_history is sent empty, as Tabby allows.
func (p *Provider) checkout(in paylinks.CreateInput) api.Checkout {
	tax := paylinks.Zero(in.Amount.Currency())
	items := make([]api.Item, 0, len(in.Items))
	for _, item := range in.Items {
		tax = tax.Add(item.Tax)
		items = append(items, api.Item{
			ReferenceID:    unlessTooLong(item.SKU),
			Title:          truncated(item.Name),
			Quantity:       item.Quantity,
			UnitPrice:      item.UnitPrice.String(),
			DiscountAmount: amount(item.Discount),
			ImageURL:       unlessTooLong(item.ImageURL),
			ProductURL:     unlessTooLong(item.ProductURL),
			Category:       truncated(cmp.Or(item.Category, defaultCategory)),
		})
	}
	return api.Checkout{
		Payment: api.NewPayment{
			Amount:      in.Amount.String(),
			Currency:    string(in.Amount.Currency()),
			Description: truncated(in.Description),
			Buyer:       buyer(in.Buyer),
			Order: api.Order{
				ReferenceID: in.OrderID,
				TaxAmount:   amount(tax),
				Items:       items,
			},
			OrderHistory: []struct{}{},
			Meta:         api.Meta{PaylinkID: in.PaylinkID, Reference: in.Reference},
		},
		Lang:         cmp.Or(in.Lang, defaultLang),
		MerchantCode: p.config.MerchantCode,
		MerchantURLs: merchantURLs(in.ReturnURL),
	}
}

func buyer(b paylinks.Buyer) *api.Buyer {
	known := api.Buyer{Name: truncated(b.Name), Email: unlessTooLong(string(b.Email)), Phone: string(b.Phone)}
	if known == (api.Buyer{}) {
		return nil
	}
	return &known
}

// merchantURLs are three faces of one page, so that the three results can be told apart. Tabby adds payment_id to the query.
func merchantURLs(page string) *api.MerchantURLs {
	if page == "" {
		return nil
	}
	separator := "?"
	if strings.Contains(page, "?") {
		separator = "&"
	}
	page += separator + resultParameter + "="
	return &api.MerchantURLs{Success: page + "success", Cancel: page + "cancel", Failure: page + "failure"}
}

// amount is an amount on the wire, "" for one that isn't there.
func amount(m paylinks.Money) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

// truncated is s cut to what Tabby takes, counted in characters.
func truncated(s string) string {
	if utf8.RuneCountInString(s) <= maxText {
		return s
	}
	return string([]rune(s)[:maxText])
}

// unlessTooLong is s, or "" where s is too long: a part of a URL or an id would name something else.
func unlessTooLong(s string) string {
	if utf8.RuneCountInString(s) > maxText {
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
