// Package api is MisPay's wire format and a thin client for it. It knows paths, headers, the token and JSON, and nothing of what they mean.
package api

import (
	"encoding/json"
)

// Checkout is the body of a start-checkout in version v1.2.
type Checkout struct {
	OrderID          string       `json:"orderId"`
	InvoiceID        string       `json:"invoiceId,omitempty"`
	TotalPrice       Amount       `json:"totalPrice"`
	ShippingAmount   Amount       `json:"shippingAmount"`
	VAT              Amount       `json:"vat"`
	Discount         Discount     `json:"discount"`
	PurchaseAmount   Amount       `json:"purchaseAmount"`
	PurchaseCurrency string       `json:"purchaseCurrency"`
	Lang             string       `json:"lang"`
	Version          string       `json:"version"`
	CallbackURI      string       `json:"callbackUri,omitempty"`
	CustomerDetails  Customer     `json:"customerDetails"`
	OrderDetails     OrderDetails `json:"orderDetails"`
}

// CheckoutV11 is the body of a start-checkout in version v1.1.
type CheckoutV11 struct {
	Version          string `json:"version"`
	OrderID          string `json:"orderId"`
	PurchaseAmount   Amount `json:"purchaseAmount"`
	CallbackURI      string `json:"callbackUri,omitempty"`
	PurchaseCurrency string `json:"purchaseCurrency"`
	Lang             string `json:"lang"`
}

// Discount is what is taken off the prices.
type Discount struct {
	Amount Amount `json:"amount"`
}

// Customer is the buyer. MisPay's own plugin sends an empty number where it has none that fits.
type Customer struct {
	MobileNumber string `json:"mobileNumber"`
	Email        string `json:"email,omitempty"`
}

// OrderDetails is what is bought.
type OrderDetails struct {
	Items []Item `json:"items"`
}

// Item is a line of the order.
type Item struct {
	Quantity    Amount `json:"quantity"`
	UnitPrice   Amount `json:"unitPrice"`
	NameEnglish string `json:"nameEnglish"`
}

// Refund is the body of a refund.
type Refund struct {
	PurchaseID       string `json:"purchaseId"`
	TotalAmount      Amount `json:"totalAmount"`
	Currency         string `json:"currency"`
	OrderID          string `json:"orderId"`
	Amount           Amount `json:"amount"`
	MerchantRefundID string `json:"merchantRefundId"`
	Comments         string `json:"comments,omitempty"`
}

// Started is the result of a start-checkout.
type Started struct {
	URL     Text `json:"url"`
	TrackID Text `json:"trackId"`
}

// Tracked is the result of a track-checkout. Only Status and OrderID are known; MisPay documents neither that the others come nor
// their names.
type Tracked struct {
	Status     Text `json:"status"`
	OrderID    Text `json:"orderId"`
	CheckoutID Text `json:"checkoutId"`
	Amount     Text `json:"purchaseAmount"`
	Currency   Text `json:"purchaseCurrency"`
}

// Ended is the result of the end of a checkout.
type Ended struct {
	TransactionID Text `json:"transactionId"`
}

// Refunded is the result of a refund, which MisPay doesn't document: whichever id is there.
type Refunded struct {
	ID            Text `json:"id"`
	RefundID      Text `json:"refundId"`
	TransactionID Text `json:"transactionId"`
}

// Outcome is what MisPay pushes: the decrypted query of a callback, or the body of a webhook. AppID and IsFullyRefunded come with a webhook alone.
type Outcome struct {
	OrderID         Text `json:"orderId"`
	CheckoutID      Text `json:"checkoutId"`
	Code            Text `json:"code"`
	AppID           Text `json:"appId"`
	IsFullyRefunded Text `json:"isFullyRefunded"`
}

// Amount is a decimal on its way out: a JSON string, or a number where Number says so.
type Amount struct {
	Decimal string
	Number  bool
}

// MarshalJSON writes the decimal with all its zeros.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.Number {
		return []byte(a.Decimal), nil
	}
	return json.Marshal(a.Decimal)
}

// Text is a string, or the literal text of a number or boolean. Anything else is "": the fields that MisPay's plugins read are certain, their
// types aren't, and an odd one must not make an answer unreadable.
type Text string

// UnmarshalJSON reads the text if there is one.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(t))
	case '{', '[', 'n':
		return nil
	default:
		*t = Text(data)
		return nil
	}
}
