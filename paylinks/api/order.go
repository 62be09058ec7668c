package api

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// PathOrders is the path of Payments Orders.
const PathOrders = "/api/v1/payments/orders"

// OrderAnswer answers the creation of an order, and the step to its next provider: 201.
type OrderAnswer struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
	Data    Order  `json:"data"`
	// Warnings name what was ignored.
	Warnings []string `json:"warnings,omitempty"`
}

// Order is an order in the answers. It has nothing of the buyer.
type Order struct {
	OrderID string `json:"order_id"`
	// AcceptedGateways are the providers that can be tried, in order.
	AcceptedGateways []string `json:"accepted_gateways"`
	// ActiveGateway is the provider through which the order is paid or to be paid, absent for none.
	ActiveGateway string `json:"active_gateway,omitempty"`
	AppSlug       string `json:"app_slug,omitempty"`
	// ExecuteEndpoint and ExecuteMethod are there while the buyer can pay.
	ExecuteEndpoint string `json:"execute_endpoint,omitempty"`
	ExecuteMethod   string `json:"execute_method,omitempty"`
	// NextAction is "execute_or_send_payment_link", "take_payment_at_gateway", "try_next_provider", "wait" or "none".
	NextAction string               `json:"next_action"`
	Status     paylinks.OrderStatus `json:"status"`
	// Paylink is the active gateway's link, in the form of the answer to a create. Lists have its id alone.
	Paylink  *CreateAnswer  `json:"paylink,omitempty"`
	Attempts []OrderAttempt `json:"attempts"`

	PaylinkID   string            `json:"paylink_id,omitempty"`
	TotalAmount string            `json:"total_amount"`
	Currency    paylinks.Currency `json:"currency"`
	// PaymentID is the gateway's payment that has settled the order.
	PaymentID string    `json:"payment_id,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// Stale: the provider could not be asked for this answer.
	Stale bool `json:"stale,omitempty"`
}

// OrderAttempt is one provider that was tried.
type OrderAttempt struct {
	Provider  string                  `json:"provider"`
	Outcome   paylinks.AttemptOutcome `json:"outcome"`
	OrgAppID  string                  `json:"org_app_id,omitempty"`
	PaylinkID string                  `json:"paylink_id,omitempty"`
	Reason    string                  `json:"reason,omitempty"`
	// DuplicatePayment: this link was paid though another payment of the order counts.
	DuplicatePayment bool `json:"duplicate_payment,omitempty"`
}

// OrderList is a page of orders, newest first.
type OrderList struct {
	Orders []Order `json:"orders"`
	// NextCursor is absent on the last page.
	NextCursor string `json:"next_cursor,omitempty"`
}

// OrderRequest is the body of the call that makes an order. What each field means is at [paylinks.OrderRequest].
type OrderRequest struct {
	Providers  []string          `json:"providers"`
	OrgAppIDs  map[string]string `json:"org_app_ids,omitempty"`
	Order      OrderDetails      `json:"order"`
	BuyerName  string            `json:"buyer_name,omitempty"`
	BuyerEmail string            `json:"buyer_email,omitempty"`
	BuyerPhone string            `json:"buyer_phone,omitempty"`
	Lang       string            `json:"lang,omitempty"`
}

// OrderDetails is what is sold.
type OrderDetails struct {
	// OrderID is made where it's absent.
	OrderID     string     `json:"order_id,omitempty"`
	TotalAmount string     `json:"total_amount"`
	Currency    string     `json:"currency"`
	LineItems   []LineItem `json:"line_items,omitempty"`
}

// LineItem is a line of an order: Quantity × Price − DiscountAmount + TaxAmount.
type LineItem struct {
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name"`
	Quantity int64  `json:"qty"`
	Price    string `json:"price"`

	Category       string `json:"category,omitempty"`
	ImageURL       string `json:"image_url,omitempty"`
	ProductURL     string `json:"product_url,omitempty"`
	DiscountAmount string `json:"discount_amount,omitempty"`
	TaxAmount      string `json:"tax_amount,omitempty"`
}

// NextRequest is the body of the step to the next provider: all of it is optional.
type NextRequest struct {
	// CancelCurrent cancels the open link first.
	CancelCurrent bool `json:"cancel_current,omitempty"`
}
