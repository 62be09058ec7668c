package wire

import (
	"net/url"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// FromCreated is the answer to a create. publicURL is the base under which the API is reachable, "" where that isn't known: see [QRCodeURL].
func FromCreated(p *paylinks.Paylink, publicURL string, warnings []string) api.CreateAnswer {
	return api.CreateAnswer{
		Success:        true,
		Provider:       p.Provider,
		PaylinkID:      p.ID,
		SessionID:      p.Ref.SessionID,
		PaymentID:      p.Ref.PaymentID,
		CheckoutURL:    p.CheckoutURL,
		QRCodeURL:      QRCodeURL(p, publicURL),
		Status:         p.Status,
		OrderID:        p.OrderID,
		Delivery:       p.Delivery,
		Amount:         p.Amount.String(),
		Currency:       p.Amount.Currency(),
		ExpiresAt:      utc(p.ExpiresAt),
		ProviderStatus: p.ProviderStatus,
		CapturedAmount: total(p.Captured, p.Amount),
		RefundedAmount: total(p.Refunded, p.Amount),
		Metadata:       p.Metadata,
		Warnings:       warnings,
	}
}

// FromPaylink is a link as get and list show it. For publicURL see [QRCodeURL].
func FromPaylink(p *paylinks.Paylink, publicURL string) api.Paylink {
	return api.Paylink{
		ID:              p.ID,
		Provider:        p.Provider,
		OrgAppID:        p.OrgAppID,
		OrderID:         p.OrderID,
		Status:          p.Status,
		Amount:          p.Amount.String(),
		Currency:        p.Amount.Currency(),
		CheckoutURL:     p.CheckoutURL,
		QRCodeURL:       QRCodeURL(p, publicURL),
		SessionID:       p.Ref.SessionID,
		PaymentID:       p.Ref.PaymentID,
		Delivery:        p.Delivery,
		ExpiresAt:       utc(p.ExpiresAt),
		ProviderStatus:  p.ProviderStatus,
		CapturedAmount:  total(p.Captured, p.Amount),
		RefundedAmount:  total(p.Refunded, p.Amount),
		Description:     p.Description,
		Metadata:        p.Metadata,
		Reason:          p.Reason,
		Messages:        p.Messages,
		AmountMismatch:  p.AmountMismatch,
		FinalizePending: p.FinalizePending,
		CreatedAt:       utc(p.CreatedAt),
		UpdatedAt:       utc(p.UpdatedAt),
		RefreshedAt:     utc(p.RefreshedAt),
		Stale:           p.Stale,
	}
}

// FromPage is a page of links. For publicURL see [QRCodeURL].
func FromPage(page paylinks.Page, publicURL string) api.PaylinkList {
	list := api.PaylinkList{Paylinks: make([]api.Paylink, 0, len(page.Paylinks)), NextCursor: page.NextCursor}
	for _, p := range page.Paylinks {
		list.Paylinks = append(list.Paylinks, FromPaylink(p, publicURL))
	}
	return list
}

// QRCodeURL is where the link's QR code is: the picture that the provider draws, or else ours under publicURL. It's "" where there
// is nothing to draw, or where our own public address isn't known.
func QRCodeURL(p *paylinks.Paylink, publicURL string) string {
	if p.QRCodeURL != "" || p.CheckoutURL == "" || publicURL == "" {
		return p.QRCodeURL
	}
	return strings.TrimRight(publicURL, "/") + api.PathPaylinks + "/" + url.PathEscape(p.ID) + "/qr"
}

// total is a running total: "0.00" where nothing has happened yet.
func total(m, of paylinks.Money) string {
	if !m.IsSet() {
		m = paylinks.Zero(of.Currency())
	}
	return m.String()
}

// utc keeps the zero time zero.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}
