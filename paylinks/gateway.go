package paylinks

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Gateway is a payment provider whose payments are read into one ledger. A Gateway translates, as a [Provider] does: it reads pages, turns each
// row into a [Payment], and keeps no state. It changes nothing at the provider.
//
// It may rely on these: ctx ends when the sync is to stop, From is before To, and Resume is a Checkpoint of its own for the same
// window. Methods are safe for concurrent use.
type Gateway interface {
	// Info describes the gateway. It's constant.
	Info() Info
	// Payments yields every payment of the window, each once, in the order in which the provider gives them. A row that can't be
	// read is yielded as a [*BadRow] error and the walk goes on; any other error, a [*ProviderError], ends it.
	//
	// It waits where the provider says so (Retry-After, rate limits) and renews tokens by itself, holds one page in memory at the
	// most (or what the provider's form of rows needs to be put together), and stops as soon as the loop breaks or ctx ends.
	Payments(ctx context.Context, query PaymentsQuery) iter.Seq2[Payment, error]
}

// PaymentsQuery is a walk through a gateway's payments.
type PaymentsQuery struct {
	// From (inclusive) and To (exclusive) bound the time that the provider filters by: creation or change, as its package says.
	From time.Time
	To   time.Time
	// Resume is the [Payment.Checkpoint] after which to go on, "" for the start.
	Resume string
}

// Payment is a payment as a gateway has it. A value that the provider doesn't give is left out, never guessed.
type Payment struct {
	// ID is the provider's.
	ID string `json:"id"`
	// Reference is the merchant's order reference, "" without one.
	Reference string `json:"reference,omitempty"`

	// Amount is what the payment is for. Captured and Refunded are running totals, zero where nothing was.
	Amount   Money `json:"amount"`
	Captured Money `json:"captured"`
	Refunded Money `json:"refunded"`
	// Fee is what the provider keeps, unset where it doesn't say. Negative fees don't exist: a fee given back isn't a fee.
	Fee Money `json:"fee"`

	Status PaymentStatus `json:"status"`
	// ProviderStatus is the provider's own word, as sent.
	ProviderStatus string        `json:"provider_status"`
	Method         PaymentMethod `json:"method,omitempty"`
	// Brand is the card's in lower case ("visa", "mada"), "" where there's none.
	Brand string `json:"brand,omitempty"`

	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is zero where the provider gives none.
	UpdatedAt time.Time `json:"updated_at,omitzero"`

	// Raw is the provider's row as received.
	Raw json.RawMessage `json:"raw,omitempty"`

	// Checkpoint, where not "", lets a later walk of the same window go on after this payment: typically set on the last row of a page.
	Checkpoint string `json:"-"`
}

// PaymentStatus is the unified state of a gateway's payment.
type PaymentStatus string

// The statuses of payments.
const (
	// PaymentCreated: it exists, and nothing was tried yet.
	PaymentCreated PaymentStatus = "created"
	// PaymentPending: the buyer or the provider has still to do something.
	PaymentPending PaymentStatus = "pending"
	// PaymentAuthorized: the amount is held and not taken.
	PaymentAuthorized PaymentStatus = "authorized"
	// PaymentPartiallyCaptured: a part of it was taken.
	PaymentPartiallyCaptured PaymentStatus = "partially_captured"
	// PaymentCaptured: it was taken.
	PaymentCaptured PaymentStatus = "captured"
	// PaymentPartiallyRefunded: a part of what was taken went back.
	PaymentPartiallyRefunded PaymentStatus = "partially_refunded"
	// PaymentRefunded: all of it went back.
	PaymentRefunded PaymentStatus = "refunded"
	// PaymentCancelled: it was cancelled, or the authorization voided.
	PaymentCancelled PaymentStatus = "cancelled"
	// PaymentFailed: it was declined, or went wrong.
	PaymentFailed PaymentStatus = "failed"
	// PaymentExpired: nobody paid in time, or the authorization lapsed.
	PaymentExpired PaymentStatus = "expired"
	// PaymentDisputed: the buyer's bank has taken it back, or may.
	PaymentDisputed PaymentStatus = "disputed"
	// PaymentUnknown: the provider used a word that no table knows.
	PaymentUnknown PaymentStatus = "unknown"
)

// Valid tells whether s is a status of payments.
func (s PaymentStatus) Valid() bool {
	switch s {
	case PaymentCreated, PaymentPending, PaymentAuthorized, PaymentPartiallyCaptured, PaymentCaptured, PaymentPartiallyRefunded, PaymentRefunded,
		PaymentCancelled, PaymentFailed, PaymentExpired, PaymentDisputed, PaymentUnknown:
		return true
	default:
		return false
	}
}

// PaymentMethod is what a buyer paid with.
type PaymentMethod string

// The methods. A wallet is told apart from the card in it where the provider tells; MethodOther is a word that no table knows.
const (
	MethodCard         PaymentMethod = "card"
	MethodApplePay     PaymentMethod = "apple_pay"
	MethodGooglePay    PaymentMethod = "google_pay"
	MethodSamsungPay   PaymentMethod = "samsung_pay"
	MethodSTCPay       PaymentMethod = "stc_pay"
	MethodPayPal       PaymentMethod = "paypal"
	MethodBankTransfer PaymentMethod = "bank_transfer"
	MethodBNPL         PaymentMethod = "bnpl"
	MethodOther        PaymentMethod = "other"
)

// BadRow is a row of a gateway that can't be read. It's reported and skipped.
type BadRow struct {
	// ID is the payment's where that much can be read, else "".
	ID string
	// Reason says what is wrong, without personal data.
	Reason string
}

// Error is the row's id and what is wrong.
func (b *BadRow) Error() string {
	return fmt.Sprintf("paylinks: row %q can't be read: %s", b.ID, b.Reason)
}
