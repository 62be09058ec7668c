package paylinks

import "time"

// Paylink is a payment link as stored.
type Paylink struct {
	// ID is ours, time-ordered and opaque.
	ID string `json:"id"`
	// Provider and OrgAppID are where the link was made.
	Provider string `json:"provider"`
	OrgAppID string `json:"org_app_id"`
	// OrderID is the merchant's reference.
	OrderID string `json:"order_id"`
	// OrderRef is the [Order.ID] of the order that the link belongs to, "" for a link of its own.
	OrderRef string `json:"order_ref,omitempty"`

	// Amount is what the buyer pays, Captured and Refunded are running totals of it.
	Amount   Money  `json:"amount"`
	Status   Status `json:"status"`
	Captured Money  `json:"captured"`
	Refunded Money  `json:"refunded"`
	// ProviderStatus is the provider's own word, as last seen.
	ProviderStatus string `json:"provider_status,omitempty"`

	// Ref has the provider's ids.
	Ref         Ref      `json:"ref"`
	CheckoutURL string   `json:"checkout_url,omitempty"`
	QRCodeURL   string   `json:"qr_code_url,omitempty"`
	Delivery    Delivery `json:"delivery,omitempty"`
	// ExpiresAt is until when the buyer can pay.
	ExpiresAt time.Time `json:"expires_at,omitzero"`

	Description string `json:"description,omitempty"`
	Buyer       Buyer  `json:"buyer,omitzero"`
	// SendTo is where an SMS with the link goes.
	SendTo   Phone             `json:"send_to,omitempty"`
	Lang     string            `json:"lang,omitempty"`
	Items    []Item            `json:"items,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	// Options are the provider's own fields of the create request.
	Options map[string]string `json:"options,omitempty"`

	// Reason is why the link was rejected or failed, Messages the provider's wording for the buyer.
	Reason   string    `json:"reason,omitempty"`
	Messages *Messages `json:"messages,omitempty"`
	// CancelledHere: the link was cancelled where the provider couldn't be told, so that it might still be paid.
	CancelledHere bool `json:"cancelled_here,omitempty"`
	// FinalizePending: the buyer has paid, and the provider is still to be told that the merchant knows.
	FinalizePending bool `json:"finalize_pending,omitempty"`
	// RefundsUnknown: the provider says that a part was refunded, and not how much.
	RefundsUnknown bool `json:"refunds_unknown,omitempty"`
	// AmountMismatch: the provider has another amount or currency for this payment, so its facts aren't applied.
	AmountMismatch bool `json:"amount_mismatch,omitempty"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// RefreshedAt is when the provider was last asked and answered.
	RefreshedAt time.Time `json:"refreshed_at,omitzero"`
	// Stale is set by Get where the provider could not be asked.
	Stale bool `json:"-"`

	// NextCheckAt is when the link is to be looked at again by itself, zero for never. Stores index it.
	NextCheckAt time.Time `json:"-"`
	// Version counts the writes of this link, from 1; a [Change] carries the one that it was made from.
	Version int64 `json:"-"`
	// Events is the sequence of the link's latest event.
	Events int64 `json:"events,omitempty"`
}

// Capturable is what is authorized and not captured yet.
func (p *Paylink) Capturable() Money { return p.Amount.Sub(p.Captured) }

// Refundable is what is captured and not refunded yet.
func (p *Paylink) Refundable() Money { return p.Captured.Sub(p.Refunded) }

// Buyer is the customer, as far as the merchant knows.
type Buyer struct {
	// Name is as the buyer writes it; empty fields aren't known.
	Name  string `json:"name,omitempty"`
	Email Email  `json:"email,omitempty"`
	Phone Phone  `json:"phone,omitempty"`
}

// Item is a line of the order. Its total is Quantity × UnitPrice − Discount + Tax, the latter two for the whole line.
type Item struct {
	// Name is what the buyer reads.
	Name string `json:"name"`
	// Quantity is at least 1, UnitPrice the price of one.
	Quantity  int64 `json:"quantity"`
	UnitPrice Money `json:"unit_price"`
	// SKU and Category are the merchant's own, "" for none.
	SKU      string `json:"sku,omitempty"`
	Category string `json:"category,omitempty"`
	// ImageURL and ProductURL are absolute, "" for none.
	ImageURL   string `json:"image_url,omitempty"`
	ProductURL string `json:"product_url,omitempty"`
	// Discount and Tax are for the whole line.
	Discount Money `json:"discount"`
	Tax      Money `json:"tax"`
}

// OperationKind is what an operation does at the provider.
type OperationKind string

// The kinds of operations.
const (
	OperationCreate  OperationKind = "create"
	OperationCapture OperationKind = "capture"
	OperationCancel  OperationKind = "cancel"
	OperationRefund  OperationKind = "refund"
	OperationSend    OperationKind = "send"
)

// Operation is one thing done at a provider, exactly once: it's written before the provider is called, and closed in
// the transaction that writes what came of it. Its ID is the reference that the provider is given.
type Operation struct {
	ID        string        `json:"id"`
	PaylinkID string        `json:"paylink_id"`
	Kind      OperationKind `json:"kind"`
	// Reference is the caller's name for the operation, unique per link and kind: reference_id of the API. Without one it's the ID.
	Reference string `json:"reference"`
	// Key is unique over all operations where it isn't "": the caller's idempotency key of a create.
	Key string `json:"key,omitempty"`
	// Fingerprint is a hash of a create request, to tell a repeated request from another one under the same key.
	Fingerprint string `json:"fingerprint,omitempty"`

	// Amount is what is captured or refunded, Reason the merchant's free text.
	Amount Money  `json:"amount"`
	Reason string `json:"reason,omitempty"`
	// Void: this cancel gives an authorization back.
	Void bool `json:"void,omitempty"`
	// Before is what had been captured or refunded before this operation, Left what could be.
	Before Money `json:"before"`
	Left   Money `json:"left"`

	// Open: the outcome isn't known yet. A link has at most one open operation.
	Open    bool    `json:"open"`
	Outcome Outcome `json:"outcome,omitempty"`
	// Attempts counts the calls to the provider.
	Attempts int `json:"attempts"`
	// Result is what the caller was told of an operation that was applied.
	Result Result `json:"result,omitzero"`

	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	// DueAt is when an open operation is to be settled by recovery: until then it belongs to whoever runs it. Stores index it.
	DueAt time.Time `json:"-"`
}

// Result is what an operation that was applied told its caller, kept so that the same reference gets the same answer.
type Result struct {
	// ProviderStatus and Status are the payment's, Captured and Refunded the totals, right after the operation.
	ProviderStatus string `json:"provider_status,omitempty"`
	Status         Status `json:"status,omitempty"`
	Captured       Money  `json:"captured"`
	Refunded       Money  `json:"refunded"`
	// TransactionID is the provider's id of the capture or refund, "" where it gives none.
	TransactionID string `json:"transaction_id,omitempty"`
	// FinalizePending and AlreadyCaptured are as in [CaptureResult].
	FinalizePending bool `json:"finalize_pending,omitempty"`
	AlreadyCaptured bool `json:"already_captured,omitempty"`
}
