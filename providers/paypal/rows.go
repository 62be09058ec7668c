package paypal

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

// The types of paypal_reference_id that matter here.
const (
	typeTransaction = "TXN"
	typeOrder       = "ODR"
)

// row is a row of the ledger.
type row struct {
	api.Transaction
	kind kind
	// amount has no sign: kind tells the direction.
	amount             paylinks.Money
	initiated, updated time.Time
	raw                json.RawMessage
}

// key is equal for the same row in two answers. An id alone isn't: PayPal says that it's not unique.
func (r row) key() string {
	direction := "+"
	if r.Amount != nil && strings.HasPrefix(r.Amount.Value, "-") {
		direction = "-"
	}
	return r.ID + " " + r.Code + " " + r.Status + " " + direction
}

// readRow reads a row. One that can't be read is a bad row; what is known of it is in the row all the same.
func readRow(raw json.RawMessage) (row, *paylinks.BadRow) {
	var detail api.Detail
	err := json.Unmarshal(raw, &detail) // what fits is filled in, whatever doesn't
	r := row{Transaction: detail.Info, raw: raw}
	bad := func(reason string) (row, *paylinks.BadRow) {
		return r, &paylinks.BadRow{ID: r.ID, Reason: reason}
	}
	if err != nil {
		return bad("it's not the JSON of a transaction")
	}
	var problem string
	if r.initiated, err = api.ParseTime(r.Initiated); err != nil {
		problem = "its time of initiation can't be read"
	}
	if r.updated, err = api.ParseTime(r.Updated); err != nil {
		problem = "its time of update can't be read"
	}
	switch {
	case r.ID == "":
		return bad("it has no transaction_id")
	case r.Code == "":
		return bad("it has no transaction_event_code")
	}
	wanted := strings.HasPrefix(r.Code, "T00") || r.Code == codeAuthorized || followers[r.Code]
	if !wanted {
		return r, nil
	}
	if problem != "" {
		return bad(problem)
	}
	amount, incoming, err := readMoney(r.Amount)
	needed := !followers[r.Code] || r.Code == codeRefund
	if err != nil && needed {
		return bad("its transaction_amount can't be read")
	}
	r.amount = amount
	r.kind = kindOf(r.Code, incoming, r.ReferenceType == typeTransaction && r.ReferenceID != "")
	if r.initiated.IsZero() && r.kind != other {
		return bad("it has no transaction_initiation_date")
	}
	return r, nil
}

// readMoney is an amount without its sign, and whether it's money that comes in.
func readMoney(m *api.Money) (amount paylinks.Money, incoming bool, err error) {
	if m == nil {
		return paylinks.Money{}, false, &paylinks.FieldError{Field: "amount", Code: "required", Message: "is missing"}
	}
	currency, err := paylinks.ParseCurrency(m.Currency)
	if err != nil {
		return paylinks.Money{}, false, err
	}
	digits, outgoing := strings.CutPrefix(strings.TrimSpace(m.Value), "-")
	amount, err = paylinks.ParseProviderMoney(digits, currency)
	return amount, !outgoing && !amount.IsZero(), err
}

// reference is the merchant's own: the invoice id, else the custom field, else the order that it's a part of.
func (r row) reference() string {
	switch {
	case r.InvoiceID != "":
		return r.InvoiceID
	case r.Custom != "":
		return r.Custom
	case r.ReferenceType == typeOrder:
		return r.ReferenceID
	default:
		return ""
	}
}

// fee is what PayPal keeps of the payment, unset where it doesn't say. PayPal writes it negative, as money that goes out: a positive one was given
// back and is no fee.
func (r row) fee() paylinks.Money {
	fee, givenBack, err := readMoney(r.Fee)
	if err != nil || givenBack || fee.Currency() != r.amount.Currency() {
		return paylinks.Money{}
	}
	return fee
}
