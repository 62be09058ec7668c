package hyperpay

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/internal/api"
)

// The types of operations that a payment's state depends on. Credits without original, rebills, receipts and the steps of 3-D Secure don't matter to it.
const (
	typeAuthorization = "PA"
	typeDebit         = "DB"
	typeCapture       = "CP"
	typeReversal      = "RV"
	typeRefund        = "RF"
	typeChargeback    = "CB"
	typeReversedBack  = "CR"
)

// record is one operation.
type record struct {
	api.Record
	class  class
	amount paylinks.Money
	at     time.Time
	raw    json.RawMessage
}

// root tells whether r is a payment, and follower whether it belongs to one. A record can be neither.
func (r record) root() bool {
	return (r.Type == typeAuthorization || r.Type == typeDebit) && r.ReferencedID == ""
}

func (r record) follower() bool {
	switch r.Type {
	case typeCapture, typeReversal, typeRefund, typeChargeback, typeReversedBack:
		return r.ReferencedID != ""
	default:
		return false
	}
}

// succeeded tells whether the operation took place.
func (r record) succeeded() bool { return r.class.effect == success || r.class.effect == review }

// readRecord reads a record. One that can't be read is a bad row; what is known of it is in the record all the same.
func (g *Gateway) readRecord(raw json.RawMessage) (record, *paylinks.BadRow) {
	var r record
	err := json.Unmarshal(raw, &r.Record) // what fits is filled in, whatever doesn't
	bad := func(reason string) (record, *paylinks.BadRow) {
		return r, &paylinks.BadRow{ID: r.ID, Reason: reason}
	}
	switch {
	case err != nil:
		return bad("it's not the JSON of an operation")
	case r.ID == "":
		return bad("it has no id")
	case r.Type == "":
		return bad("it has no paymentType")
	case !r.root() && !r.follower():
		return r, nil
	case r.Result.Code == "":
		return bad("it has no result code")
	}
	if r.at, err = api.ParseTime(r.Timestamp); err != nil {
		return bad("its timestamp can't be read")
	}
	r.class = g.classOf(r.Result.Code)
	if r.amount, err = readMoney(string(r.Amount), r.Currency); err != nil && (r.root() || r.Type == typeCapture || r.Type == typeRefund) {
		return bad("its amount can't be read")
	}
	r.raw = g.redacted(raw)
	return r, nil
}

// classOf is the class of a record's code. At the live host a test connector's success is none.
func (g *Gateway) classOf(code string) class {
	if g.config.live() && testCodes[code] {
		return class{name: "success of a test connector", effect: unknown}
	}
	c := classOf(code)
	if c.effect == unknown {
		g.config.Logger.Warn("hyperpay: a result code that no pattern knows", "code", code)
	}
	return c
}

// readMoney reads an amount with any number of decimals: whether those of KWD or BHD come with two or three isn't known.
func readMoney(amount, currency string) (paylinks.Money, error) {
	c, err := paylinks.ParseCurrency(currency)
	if err != nil {
		return paylinks.Money{}, err
	}
	return paylinks.ParseProviderMoney(amount, c)
}

// reference is the merchant's own.
func (g *Gateway) reference(r record) string {
	switch {
	case r.TransactionID != "":
		return r.TransactionID
	case r.InvoiceID != "":
		return r.InvoiceID
	case g.config.ReferenceParameter == "":
		return ""
	}
	var parameters map[string]any
	if json.Unmarshal(r.Custom, &parameters) != nil {
		return ""
	}
	reference, _ := parameters[g.config.ReferenceParameter].(string)
	return reference
}

// personal are the parts of a record that speak of a person.
var personal = [...]string{"customer", "billing", "shipping"}

// redacted is a record without what it says of its buyer, unless that is wanted.
func (g *Gateway) redacted(raw json.RawMessage) json.RawMessage {
	var parts map[string]json.RawMessage
	if g.config.PersonalData || !mentions(raw) || json.Unmarshal(raw, &parts) != nil {
		return raw
	}
	for _, name := range personal {
		delete(parts, name)
	}
	var card map[string]json.RawMessage
	if json.Unmarshal(parts["card"], &card) == nil && card != nil {
		delete(card, "holder")
		parts["card"] = encode(card)
	}
	return encode(parts)
}

func mentions(raw []byte) bool {
	for _, name := range append(personal[:], "holder") {
		if bytes.Contains(raw, []byte(`"`+name+`"`)) {
			return true
		}
	}
	return false
}

// encode writes JSON without escaping <, > and &.
func encode(parts map[string]json.RawMessage) json.RawMessage {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(parts) != nil {
		return json.RawMessage("{}") // Can't be: the parts were JSON.
	}
	return bytes.TrimSpace(buffer.Bytes())
}

// brandsOfCards are the platform's words for brands that have another name elsewhere. Any other is passed through in lower case.
var brandsOfCards = map[string]string{"MASTER": "mastercard"}

// wallets are the brands that aren't cards.
var wallets = map[string]paylinks.PaymentMethod{
	"STC_PAY":     paylinks.MethodSTCPay,
	"APPLEPAY":    paylinks.MethodApplePay,
	"APPLEPAYTKN": paylinks.MethodApplePay,
	"GOOGLEPAY":   paylinks.MethodGooglePay,
	"SAMSUNGPAY":  paylinks.MethodSamsungPay,
	"PAYPAL":      paylinks.MethodPayPal,
}

// methodOf is what the buyer paid with, and the brand of the card where it's one.
func methodOf(r record) (paylinks.PaymentMethod, string) {
	brand := strings.ToUpper(r.Brand)
	if method, ok := wallets[brand]; ok {
		return method, ""
	}
	if brand == "" && r.Method != "CC" && r.Method != "DC" { // a credit or debit card
		return "", ""
	}
	if name, ok := brandsOfCards[brand]; ok {
		return paylinks.MethodCard, name
	}
	return paylinks.MethodCard, strings.ToLower(brand)
}
