// Package api is Tabby's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"encoding/json"
	"time"
)

// Checkout is the body of POST /api/v2/checkout.
type Checkout struct {
	Payment      NewPayment    `json:"payment"`
	Lang         string        `json:"lang"`
	MerchantCode string        `json:"merchant_code"`
	MerchantURLs *MerchantURLs `json:"merchant_urls,omitempty"`
}

// NewPayment is the payment of a checkout.
type NewPayment struct {
	Amount      string `json:"amount"`
	Currency    string `json:"currency"`
	Description string `json:"description,omitempty"`
	Buyer       *Buyer `json:"buyer,omitempty"`
	Order       Order  `json:"order"`
	// OrderHistory is required and may be empty.
	OrderHistory []struct{} `json:"order_history"`
	Meta         Meta       `json:"meta"`
}

// Buyer is the customer.
type Buyer struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Order is what is bought.
type Order struct {
	ReferenceID string `json:"reference_id"`
	TaxAmount   string `json:"tax_amount,omitempty"`
	Items       []Item `json:"items"`
}

// Item is a line of the order.
type Item struct {
	ReferenceID    string `json:"reference_id,omitempty"`
	Title          string `json:"title"`
	Quantity       int64  `json:"quantity"`
	UnitPrice      string `json:"unit_price"`
	DiscountAmount string `json:"discount_amount,omitempty"`
	ImageURL       string `json:"image_url,omitempty"`
	ProductURL     string `json:"product_url,omitempty"`
	Category       string `json:"category"`
}

// Meta is the merchant's own data. Tabby returns whatever keys it's given.
type Meta struct {
	PaylinkID string `json:"paylink_id,omitempty"`
	Reference string `json:"reference,omitempty"`
}

// MerchantURLs are where the buyer's browser goes afterwards.
type MerchantURLs struct {
	Success string `json:"success"`
	Cancel  string `json:"cancel"`
	Failure string `json:"failure"`
}

// Movement is the body of a capture or refund.
type Movement struct {
	Amount      string `json:"amount"`
	ReferenceID string `json:"reference_id"`
	Reason      string `json:"reason,omitempty"`
}

// SendLink is the optional body of send_hpp_link.
type SendLink struct {
	Phone   string `json:"phone"`
	Product string `json:"product"`
}

// Session is a checkout session.
type Session struct {
	ID                  string        `json:"id"`
	Status              string        `json:"status"`
	Configuration       Configuration `json:"configuration"`
	Payment             Payment       `json:"payment"`
	RejectionReasonCode Maybe[string] `json:"rejection_reason_code"`
}

// Configuration is what a session offers.
type Configuration struct {
	ExpiresAt Maybe[time.Time] `json:"expires_at"`
	// AvailableProducts is null, or an object without "installments", where Tabby offers nothing.
	AvailableProducts Maybe[struct {
		Installments []struct {
			WebURL string `json:"web_url"`
			QRCode string `json:"qr_code"`
		} `json:"installments"`
	}] `json:"available_products"`
	Products Maybe[struct {
		Installments struct {
			RejectionReason string `json:"rejection_reason"`
		} `json:"installments"`
	}] `json:"products"`
}

// Payment is a payment. What isn't listed here isn't used.
type Payment struct {
	ID        string           `json:"id"`
	Status    string           `json:"status"`
	IsTest    *bool            `json:"is_test"`
	Amount    Amount           `json:"amount"`
	Currency  string           `json:"currency"`
	CreatedAt Maybe[time.Time] `json:"created_at"`
	ExpiresAt Maybe[time.Time] `json:"expires_at"`
	Order     Maybe[OrderRef]  `json:"order"`
	Captures  []Entry          `json:"captures"`
	Refunds   []Entry          `json:"refunds"`
	Meta      Maybe[Meta]      `json:"meta"`
}

// OrderRef is the part of an order that is read back.
type OrderRef struct {
	ReferenceID string `json:"reference_id"`
}

// Entry is one capture or refund of a payment. Tabby doesn't promise their order.
type Entry struct {
	ID          string           `json:"id"`
	ReferenceID string           `json:"reference_id"`
	Amount      Amount           `json:"amount"`
	CreatedAt   Maybe[time.Time] `json:"created_at"`
}

// PaymentList is a page of payments. Each is decoded by itself, so that one odd payment doesn't hide the others.
type PaymentList struct {
	Payments []json.RawMessage `json:"payments"`
}

// Webhook is a registered webhook endpoint.
type Webhook struct {
	ID     string         `json:"id,omitempty"`
	URL    string         `json:"url"`
	IsTest *bool          `json:"is_test,omitempty"`
	Header *WebhookHeader `json:"header,omitempty"`
}

// WebhookHeader is the header that Tabby sends with each delivery.
type WebhookHeader struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

// Delivery is the body of a webhook: of a payment, or of a dispute where DisputeID is set.
type Delivery struct {
	ID       string          `json:"id"`
	Status   string          `json:"status"`
	Order    Maybe[OrderRef] `json:"order"`
	Captures Maybe[[]Entry]  `json:"captures"`
	Refunds  Maybe[[]Entry]  `json:"refunds"`
	Meta     Maybe[Meta]     `json:"meta"`

	DisputeID string `json:"dispute_id"`
	PaymentID string `json:"payment_id"`
}

// Amount is a decimal as Tabby wrote it. Tabby writes strings; a number is read as its literal text.
type Amount string

// UnmarshalJSON reads a string, a number or null.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(a))
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*a = Amount(number)
	return nil
}

// Maybe is a value that may be absent, null or of an unexpected shape, and is zero then: no field that carries no money may
// make an answer unreadable.
type Maybe[T any] struct{ Value T }

// UnmarshalJSON reads the value if it can.
func (m *Maybe[T]) UnmarshalJSON(data []byte) error {
	var value T
	if json.Unmarshal(data, &value) == nil {
		m.Value = value
	}
	return nil
}
