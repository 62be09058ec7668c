package hyperpaytest

import (
	"encoding/json"
	"time"
)

// timeForm is how records tell times.
const timeForm = "2006-01-02 15:04:05.000-0700"

// record is one operation.
type record struct {
	entity               string
	id, referenced, kind string
	brand, method        string
	amount, currency     string
	reference            string
	code                 string
	at                   time.Time
	spoilt, spoiltWholly bool
}

type resultJSON struct {
	Code        string `json:"code"`
	Description string `json:"description"`
}

type cardJSON struct {
	BIN    string `json:"bin"`
	Last4  string `json:"last4Digits"`
	Holder string `json:"holder"`
}

type recordJSON struct {
	ID         string            `json:"id,omitempty"`
	Referenced string            `json:"referencedId,omitempty"`
	Kind       string            `json:"paymentType"`
	Brand      string            `json:"paymentBrand,omitempty"`
	Method     string            `json:"paymentMethod,omitempty"`
	Amount     string            `json:"amount"`
	Currency   string            `json:"currency"`
	Reference  string            `json:"merchantTransactionId,omitempty"`
	Result     resultJSON        `json:"result"`
	Card       *cardJSON         `json:"card,omitempty"`
	Customer   map[string]string `json:"customer,omitempty"`
	Timestamp  string            `json:"timestamp"`
	NDC        string            `json:"ndc"`
}

// The buyer of every record, by which a test can see whether personal data is kept.
const (
	Holder = "Simulated Holder"
	Email  = "simulated.buyer@example.com"
)

// json is the record as queries show it.
func (r *record) json() json.RawMessage {
	shown := recordJSON{
		ID: r.id, Referenced: r.referenced, Kind: r.kind, Brand: r.brand, Method: r.method, Amount: r.amount, Currency: r.currency,
		Reference: r.reference, Result: resultJSON{r.code, "simulated"}, Timestamp: r.at.UTC().Format(timeForm), NDC: "simulated",
	}
	if r.referenced == "" {
		shown.Card = &cardJSON{BIN: "411111", Last4: "1111", Holder: Holder}
		shown.Customer = map[string]string{"email": Email}
	}
	if r.spoilt {
		shown.Amount = "12,34"
	}
	if r.spoiltWholly {
		shown.ID = ""
	}
	text, err := json.Marshal(shown)
	if err != nil {
		return json.RawMessage("null") // Can't be: it's all strings.
	}
	return text
}
