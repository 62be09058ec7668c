package paylinks

import "time"

// CreateRequest asks for a payment link. Amounts are plain decimal strings in major units, as in [ParseMoney].
type CreateRequest struct {
	// Provider is the id of a BNPL provider: "tabby", "tamara", "mispay". It must be the one that OrgAppID is an app of.
	Provider string
	// OrgAppID names the app: the account to use.
	OrgAppID string
	// OrderID is the merchant's order reference, up to 255 characters.
	OrderID string
	// Amount is what the buyer pays, in Currency.
	Amount   string
	Currency string

	// Description is shown to the buyer by some providers, up to 1,000 characters.
	Description string
	BuyerName   string
	BuyerEmail  string
	// BuyerPhone is in international form, or in the national form of the currency's country.
	BuyerPhone string
	// PhoneNumber is where an SMS goes; BuyerPhone when empty.
	PhoneNumber string
	// Lang is "ar" or "en", the language of the checkout.
	Lang string
	// Items add up to Amount, up to 200 of them. Without any, the whole amount is one item.
	Items []ItemRequest
	// Metadata comes back in every answer and event: up to 50 keys of up to 40 characters, values up to 500.
	Metadata map[string]string
	// Options are the provider's own fields, by the names in its [Info]. Those of the request's other fields, such as "description", are refused.
	Options map[string]string

	// IdempotencyKey makes the call repeatable: the same key (per caller) gets the link of the first call, and an error with
	// [CodeIdempotencyMismatch] where the request differs. Up to 255 visible ASCII characters, not "" in quotes. Empty for none.
	IdempotencyKey string
}

// ItemRequest is a line of an order: Quantity × UnitPrice − DiscountAmount + TaxAmount.
type ItemRequest struct {
	// Name is what the buyer reads, up to 255 characters.
	Name string
	// Quantity is at least 1, and at most a million.
	Quantity int64
	// UnitPrice is of one, in the currency of the request; zero will do.
	UnitPrice string
	// SKU and Category are your own, empty for none.
	SKU      string
	Category string
	// ImageURL and ProductURL are absolute, empty for none.
	ImageURL   string
	ProductURL string
	// DiscountAmount and TaxAmount are for the whole line, empty for none.
	DiscountAmount string
	TaxAmount      string
}

// CaptureRequest asks for the money of an authorized link.
type CaptureRequest struct {
	// Amount is all that is left when empty.
	Amount string
	// ReferenceID names this capture, for ever: the same one gets the first answer again and captures nothing. Up to 255 visible
	// ASCII characters. When empty, the call is an operation of its own.
	ReferenceID string
	// IdempotencyKey does the job of a ReferenceID that is empty.
	IdempotencyKey string
}

// CaptureResult is what a capture came to.
type CaptureResult struct {
	PaylinkID string
	Provider  string
	// PaymentID is the provider's id of the payment.
	PaymentID string
	// ProviderStatus is the provider's own word: "CLOSED" at Tabby.
	ProviderStatus string
	Status         Status
	// Amount is what this capture took, or all that is captured where AlreadyCaptured. Captured and Refunded are the totals.
	Amount   Money
	Captured Money
	Refunded Money
	// ReferenceID is the caller's, or the id under which the provider knows the capture.
	ReferenceID string
	// AlreadyCaptured: the provider had captured by itself, or somebody else did; this call took nothing.
	AlreadyCaptured bool
	// FinalizePending: the money is taken, and the provider is still to be told that the merchant knows. That's done in the background.
	FinalizePending bool
	// Metadata is the link's.
	Metadata map[string]string
	// Replayed: it's the first answer again, under the same ReferenceID or IdempotencyKey.
	Replayed bool
}

// CancelResult is what a cancellation came to.
type CancelResult struct {
	PaylinkID string
	Provider  string
	// ProviderStatus is the provider's own word, as last seen.
	ProviderStatus string
	Status         Status
	// Captured and Refunded are the totals.
	Captured Money
	Refunded Money
	// CancelledHere: the provider could not be told, so that the link might still be paid.
	CancelledHere bool
	Metadata      map[string]string
}

// RefundRequest asks to give captured money back.
type RefundRequest struct {
	// Amount is all that is left when empty.
	Amount string
	// ReferenceID names this refund, as in [CaptureRequest].
	ReferenceID string
	// IdempotencyKey does the job of a ReferenceID that is empty.
	IdempotencyKey string
	// Reason is free text, up to 255 characters.
	Reason string
}

// RefundResult is what a refund came to.
type RefundResult struct {
	PaylinkID string
	Provider  string
	// PaymentID is the provider's id of the payment.
	PaymentID string
	// RefundID is the provider's, "" where it gives none.
	RefundID       string
	ProviderStatus string
	Status         Status
	// Amount is what this refund gave back, Captured and Refunded the totals.
	Amount      Money
	Captured    Money
	Refunded    Money
	ReferenceID string
	Metadata    map[string]string
	// Replayed: it's the first answer again, under the same ReferenceID or IdempotencyKey.
	Replayed bool
}

// SendRequest asks the provider to send a link again.
type SendRequest struct {
	// IdempotencyKey makes the call repeatable: the same key gets the first answer and sends nothing. Empty for none.
	IdempotencyKey string
}

// SendResult says where a link was sent.
type SendResult struct {
	PaylinkID string
	Provider  string
	Delivery  Delivery
	// SentTo is the phone number, masked.
	SentTo string
}

// ListRequest selects links, newest first. Empty fields don't filter.
type ListRequest struct {
	// Provider and OrgAppID are a provider's id and an app's.
	Provider string
	OrgAppID string
	Status   Status
	// OrderID is the merchant's reference.
	OrderID string
	// CreatedFrom is inclusive, CreatedTo exclusive.
	CreatedFrom time.Time
	CreatedTo   time.Time
	// Limit is 1 to 200, 0 for 50.
	Limit int
	// Cursor is the NextCursor of the page before.
	Cursor string
}

// Page is a page of links.
type Page struct {
	Paylinks []*Paylink
	// NextCursor is "" on the last page.
	NextCursor string
}

// CallbackResult is what to show a buyer whose browser comes back.
type CallbackResult struct {
	// Result is the provider's claim ("success", "cancel", "failure" or ""), never proof of payment.
	Result string
	// Paylink is the link it's about as stored, nil where the query names none that is known.
	Paylink *Paylink
}
