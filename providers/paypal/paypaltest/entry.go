package paypaltest

import (
	"encoding/json"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// timeForm is how the ledger writes times: RFC 3339 with a zone that has no colon (PayPal, Transaction Search: samples).
const timeForm = "2006-01-02T15:04:05-0700"

// entry is a row of the account.
type entry struct {
	id, code, status     string
	reference, refType   string
	at, updated          time.Time
	amount, fee          paylinks.Money
	outgoing             bool
	invoice, custom      string
	instrument           string
	unsettled            bool // doesn't touch the balance
	spoilt, spoiltWholly bool
}

type moneyJSON struct {
	Currency paylinks.Currency `json:"currency_code"`
	Value    string            `json:"value"`
}

func money(m paylinks.Money, outgoing bool) *moneyJSON {
	if !m.IsSet() {
		return nil
	}
	value := m.String()
	if outgoing {
		value = "-" + value
	}
	return &moneyJSON{m.Currency(), value}
}

// infoJSON is transaction_info.
type infoJSON struct {
	AccountID  string     `json:"paypal_account_id,omitempty"`
	ID         string     `json:"transaction_id,omitempty"`
	Reference  string     `json:"paypal_reference_id,omitempty"`
	RefType    string     `json:"paypal_reference_id_type,omitempty"`
	Code       string     `json:"transaction_event_code"`
	Initiated  string     `json:"transaction_initiation_date"`
	Updated    string     `json:"transaction_updated_date"`
	Amount     *moneyJSON `json:"transaction_amount,omitempty"`
	Fee        *moneyJSON `json:"fee_amount,omitempty"`
	Status     string     `json:"transaction_status"`
	Invoice    string     `json:"invoice_id,omitempty"`
	Custom     string     `json:"custom_field,omitempty"`
	Instrument string     `json:"instrument_type,omitempty"`
	Protection string     `json:"protection_eligibility"`
}

// row is the entry as Transaction Search shows it.
func (e *entry) row() json.RawMessage {
	info := infoJSON{
		AccountID: "SIMULATEDPAYER", ID: e.id, Reference: e.reference, RefType: e.refType, Code: e.code,
		Initiated: e.at.UTC().Format(timeForm), Updated: e.updated.UTC().Format(timeForm),
		Amount: money(e.amount, e.outgoing), Fee: money(e.fee, true), Status: e.status,
		Invoice: e.invoice, Custom: e.custom, Instrument: e.instrument, Protection: "01",
	}
	if e.spoilt && info.Amount != nil {
		info.Amount.Value = "12,34"
	}
	if e.spoiltWholly {
		info.ID = ""
	}
	row, err := json.Marshal(map[string]infoJSON{"transaction_info": info})
	if err != nil {
		return json.RawMessage("null") // Can't be: it's all strings.
	}
	return row
}
