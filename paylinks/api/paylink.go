package api

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Paths of the API, relative to where its handler is mounted.
const (
	PathRoot      = "/api/v1"
	PathProviders = "/api/v1/providers"
	PathConfig    = "/api/v1/providers/config"
	PathPaylinks  = "/api/v1/providers/paylinks"
	PathWebhooks  = "/api/v1/providers/webhooks"
	PathCallbacks = "/api/v1/providers/callbacks"
)

// CreateAnswer answers a create: 201.
type CreateAnswer struct {
	Success     bool            `json:"success"`
	Provider    string          `json:"provider"`
	PaylinkID   string          `json:"paylink_id"`
	SessionID   string          `json:"session_id,omitempty"`
	PaymentID   string          `json:"payment_id,omitempty"`
	CheckoutURL string          `json:"checkout_url,omitempty"`
	QRCodeURL   string          `json:"qr_code_url,omitempty"`
	Status      paylinks.Status `json:"status"`
	OrderID     string          `json:"order_id"`

	// Delivery is "qr" where the merchant shows the link, "sms" where the provider has sent it.
	Delivery       paylinks.Delivery `json:"delivery,omitempty"`
	Amount         string            `json:"amount"`
	Currency       paylinks.Currency `json:"currency"`
	ExpiresAt      time.Time         `json:"expires_at,omitzero"`
	ProviderStatus string            `json:"provider_status,omitempty"`
	CapturedAmount string            `json:"captured_amount"`
	RefundedAmount string            `json:"refunded_amount"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	// Warnings name what was ignored.
	Warnings []string `json:"warnings,omitempty"`
}

// Paylink is a link in the answers to get and list. It has nothing of the buyer.
type Paylink struct {
	ID          string            `json:"id"`
	Provider    string            `json:"provider"`
	OrgAppID    string            `json:"org_app_id"`
	OrderID     string            `json:"order_id"`
	Status      paylinks.Status   `json:"status"`
	Amount      string            `json:"amount"`
	Currency    paylinks.Currency `json:"currency"`
	CheckoutURL string            `json:"checkout_url,omitempty"`
	QRCodeURL   string            `json:"qr_code_url,omitempty"`

	SessionID      string            `json:"session_id,omitempty"`
	PaymentID      string            `json:"payment_id,omitempty"`
	Delivery       paylinks.Delivery `json:"delivery,omitempty"`
	ExpiresAt      time.Time         `json:"expires_at,omitzero"`
	ProviderStatus string            `json:"provider_status,omitempty"`
	CapturedAmount string            `json:"captured_amount"`
	RefundedAmount string            `json:"refunded_amount"`
	Description    string            `json:"description,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	// Reason and Messages say why the link was rejected or failed, the latter in the provider's wording for the buyer.
	Reason   string             `json:"reason,omitempty"`
	Messages *paylinks.Messages `json:"messages,omitempty"`
	// AmountMismatch: the provider has another amount or currency for this payment. A person must look.
	AmountMismatch bool `json:"amount_mismatch,omitempty"`
	// FinalizePending: paid, and the provider is still to be told that the merchant knows. It happens by itself.
	FinalizePending bool      `json:"finalize_pending,omitempty"`
	CreatedAt       time.Time `json:"created_at,omitzero"`
	UpdatedAt       time.Time `json:"updated_at,omitzero"`
	// RefreshedAt is when the provider last answered; Stale says that it did not do so for this answer.
	RefreshedAt time.Time `json:"refreshed_at,omitzero"`
	Stale       bool      `json:"stale,omitempty"`
}

// PaylinkList is a page of links, newest first.
type PaylinkList struct {
	Paylinks []Paylink `json:"paylinks"`
	// NextCursor is absent on the last page.
	NextCursor string `json:"next_cursor,omitempty"`
}
