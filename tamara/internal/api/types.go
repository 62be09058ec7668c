// Package api is Tamara's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// Money is an amount as we send it: a number with the currency's decimals.
type Money struct {
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"`
}

// SMSCheckout is the body of POST /checkout/in-store-session.
type SMSCheckout struct {
	Total       Money       `json:"total_amount"`
	Phone       string      `json:"phone_number"`
	Email       string      `json:"email,omitempty"`
	Reference   string      `json:"order_reference_id"`
	Number      string      `json:"order_number,omitempty"`
	Items       []Item      `json:"items"`
	Locale      string      `json:"locale"`
	PaymentType string      `json:"payment_type,omitempty"`
	ExpiryTime  int         `json:"expiry_time,omitempty"`
	Additional  *Additional `json:"additional_data,omitempty"`
}

// QRCheckout is the body of POST /checkout/in-store. Its amount has another name than everywhere else.
type QRCheckout struct {
	Amount     Money       `json:"amount"`
	Platform   string      `json:"platform"`
	Reference  string      `json:"order_reference_id"`
	Number     string      `json:"order_number,omitempty"`
	Locale     string      `json:"locale"`
	Additional *Additional `json:"additional_data,omitempty"`
}

// OnlineCheckout is the body of POST /checkout.
type OnlineCheckout struct {
	Total           Money       `json:"total_amount"`
	Shipping        Money       `json:"shipping_amount"`
	Tax             Money       `json:"tax_amount"`
	Reference       string      `json:"order_reference_id"`
	Number          string      `json:"order_number,omitempty"`
	Items           []Item      `json:"items"`
	Consumer        Consumer    `json:"consumer"`
	CountryCode     string      `json:"country_code"`
	Description     string      `json:"description"`
	MerchantURL     MerchantURL `json:"merchant_url"`
	PaymentType     string      `json:"payment_type,omitempty"`
	ShippingAddress Address     `json:"shipping_address"`
	Platform        string      `json:"platform"`
	Locale          string      `json:"locale"`
	ExpiresIn       int         `json:"expires_in_minutes,omitempty"`
	Additional      *Additional `json:"additional_data,omitempty"`
}

// Item is a line of an order.
type Item struct {
	Reference string `json:"reference_id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	SKU       string `json:"sku"`
	Quantity  int64  `json:"quantity"`
	UnitPrice Money  `json:"unit_price"`
	Discount  *Money `json:"discount_amount,omitempty"`
	Tax       *Money `json:"tax_amount,omitempty"`
	Total     Money  `json:"total_amount"`
	ItemURL   string `json:"item_url,omitempty"`
	ImageURL  string `json:"image_url,omitempty"`
}

// Consumer is the buyer.
type Consumer struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Phone     string `json:"phone_number"`
	Email     string `json:"email"`
}

// Address is a postal address.
type Address struct {
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	Line1       string `json:"line1"`
	City        string `json:"city"`
	CountryCode string `json:"country_code"`
	Phone       string `json:"phone_number,omitempty"`
}

// MerchantURL is where the buyer's browser goes afterwards, and where Tamara tells the server of the approval.
type MerchantURL struct {
	Success      string `json:"success"`
	Failure      string `json:"failure"`
	Cancel       string `json:"cancel"`
	Notification string `json:"notification,omitempty"`
}

// Additional is additional_data.
type Additional struct {
	StoreCode string `json:"store_code"`
}

// Void is what voids an unpaid session.
type Void struct {
	OrderID   string `json:"order_id"`
	StoreCode string `json:"store_code,omitempty"`
}

// Cancel is the body of POST /orders/{id}/cancel: the amount to give back.
type Cancel struct {
	Total Money `json:"total_amount"`
}

// Capture is the body of POST /payments/capture.
type Capture struct {
	OrderID  string       `json:"order_id"`
	Total    Money        `json:"total_amount"`
	Shipping ShippingInfo `json:"shipping_info"`
}

// ShippingInfo is how the goods were sent.
type ShippingInfo struct {
	ShippedAt string `json:"shipped_at"`
	Company   string `json:"shipping_company"`
}

// Refund is the body of POST /payments/simplified-refund/{id}.
type Refund struct {
	Total            Money  `json:"total_amount"`
	Comment          string `json:"comment"`
	MerchantRefundID string `json:"merchant_refund_id,omitempty"`
}

// Eligibility is the body of POST /pre-checkout/v1/eligibility.
type Eligibility struct {
	Order    Money               `json:"order"`
	Customer EligibilityCustomer `json:"customer"`
}

// EligibilityCustomer has the phone twice: sources disagree on the member's name.
type EligibilityCustomer struct {
	Phone       string `json:"phone,omitempty"`
	PhoneNumber string `json:"phone_number,omitempty"`
	Email       string `json:"email,omitempty"`
}

// Webhook is the body of POST and PUT /webhooks.
type Webhook struct {
	Type   string   `json:"type,omitempty"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
}

// Session is the answer to the three ways of checkout. The link has one of two names, and can be missing.
type Session struct {
	OrderID    string        `json:"order_id"`
	CheckoutID string        `json:"checkout_id"`
	Deeplink   Maybe[string] `json:"checkout_deeplink"`
	URL        Maybe[string] `json:"checkout_url"`
	Status     Maybe[string] `json:"status"`
}

// Order is an order as it's read. What isn't listed here isn't used.
type Order struct {
	ID           string               `json:"order_id"`
	Reference    Maybe[string]        `json:"order_reference_id"`
	Number       Maybe[string]        `json:"order_number"`
	Status       string               `json:"status"`
	Total        Sum                  `json:"total_amount"`
	Captured     Sum                  `json:"captured_amount"`
	Refunded     Sum                  `json:"refunded_amount"`
	Canceled     Sum                  `json:"canceled_amount"`
	CreatedAt    Maybe[time.Time]     `json:"created_at"`
	Transactions Object[Transactions] `json:"transactions"`
	Additional   Maybe[struct {
		InStore bool `json:"from_in_store_payment_link"`
	}] `json:"additional_data"`
}

// Transactions are what was done with an order's money.
type Transactions struct {
	Captures []struct {
		ID        string           `json:"capture_id"`
		Total     Sum              `json:"total_amount"`
		CreatedAt Maybe[time.Time] `json:"created_at"`
	} `json:"captures"`
	Refunds []struct {
		ID               string           `json:"refund_id"`
		MerchantRefundID Maybe[string]    `json:"merchant_refund_id"`
		Status           Maybe[string]    `json:"refund_status"`
		Total            Sum              `json:"total_amount"`
		CreatedAt        Maybe[time.Time] `json:"created_at"`
	} `json:"refunds"`
}

// Authorised is the answer to an authorisation. The z in its amount's name is Tamara's.
type Authorised struct {
	OrderID      string `json:"order_id"`
	Status       string `json:"status"`
	AutoCaptured bool   `json:"auto_captured"`
	Amount       Sum    `json:"authorized_amount"`
	CaptureID    string `json:"capture_id"`
}

// Captured is the answer to a capture.
type Captured struct {
	CaptureID string `json:"capture_id"`
	Status    string `json:"status"`
}

// Canceled is the answer to the cancellation of an order.
type Canceled struct {
	Status string `json:"status"`
}

// Refunded is the answer to a refund.
type Refunded struct {
	RefundID string `json:"refund_id"`
	Status   string `json:"status"`
}

// Voided is the answer to a void. Its captured_amount isn't read: it's there even if nothing was.
type Voided struct {
	Voided  bool   `json:"order_was_voided"`
	Message string `json:"message"`
}

// Eligible is the answer on a buyer.
type Eligible struct {
	Eligible *bool `json:"is_eligible"`
}

// PaymentType is a way of payment that a merchant offers.
type PaymentType struct {
	Name          string `json:"name"`
	Description   string `json:"description"`
	DescriptionAR string `json:"description_ar"`
	Min           Sum    `json:"min_limit"`
	Max           Sum    `json:"max_limit"`
	Instalments   []struct {
		Count int `json:"instalments"`
		Min   Sum `json:"min_limit"`
		Max   Sum `json:"max_limit"`
	} `json:"supported_instalments"`
}

// Delivery is the body of a webhook, or of the older notification of one order, which has a status in place of the event.
type Delivery struct {
	OrderID     string        `json:"order_id"`
	Reference   Maybe[string] `json:"order_reference_id"`
	EventType   Maybe[string] `json:"event_type"`
	OrderStatus Maybe[string] `json:"order_status"`
	// Data is [] where it's empty.
	Data json.RawMessage `json:"data"`
}

// Sum is money in an answer. Its declared types and its examples differ: an object or a list of one, a number or a string in it. It's zero
// where there's nothing: null or [].
type Sum struct {
	Amount   string
	Currency string
}

// UnmarshalJSON reads every known form.
func (s *Sum) UnmarshalJSON(data []byte) error {
	*s = Sum{}
	if bytes.HasPrefix(data, []byte("[")) {
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			return err
		}
		switch len(list) {
		case 0:
			return nil
		case 1:
			data = list[0]
		default:
			return errors.New("several amounts where one belongs")
		}
	}
	var object struct {
		Amount   amount `json:"amount"`
		Currency string `json:"currency"`
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	s.Amount, s.Currency = string(object.Amount), object.Currency
	return nil
}

// amount is a decimal as Tamara wrote it.
type amount string

// UnmarshalJSON reads a string, a number or null.
func (a *amount) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, (*string)(a))
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*a = amount(number)
	return nil
}

// Object is an object that is written [] when it's empty, as PHP does.
type Object[T any] struct{ Value T }

// UnmarshalJSON reads an object, [] or null.
func (o *Object[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "[]" {
		return nil
	}
	return json.Unmarshal(data, &o.Value)
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
