// Package api is Tap's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// PageSize is how many rows Tap gives at the most: asking for more is error 1162.
const PageSize = 50

// List is the body of a list call. Tap takes numbers and times as text.
type List struct {
	Period        Period `json:"period"`
	Limit         string `json:"limit"`
	Order         string `json:"order"`
	OrderBy       string `json:"order_by"`
	StartingAfter string `json:"starting_after,omitempty"`
}

// Period is the time that a list call is about.
type Period struct {
	Date Range  `json:"date"`
	Type string `json:"type"`
}

// Range is a period in Unix milliseconds.
type Range struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// NewList asks for the rows of a period by transaction date, oldest first, after the row with an id, "" for the first page.
func NewList(start, end time.Time, after string) List {
	return List{
		Period: Period{
			// Rounded outwards, to whole milliseconds.
			Date: Range{From: millis(start), To: millis(end.Add(time.Millisecond - time.Nanosecond))},
			Type: "1",
		},
		Limit: strconv.Itoa(PageSize), Order: "chronological", OrderBy: "date", StartingAfter: after,
	}
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// Page is a page of a list. Each row is decoded by itself, so that one odd row doesn't hide the others.
type Page struct {
	Rows []json.RawMessage
	// More tells whether there are further rows. Where Tap doesn't say, a full page has some.
	More bool
}

// UnmarshalJSON reads the envelope of a list. The array's name is documented for charges alone, and likely for refunds; else it's the one
// array that there is.
func (p *Page) UnmarshalJSON(data []byte) error {
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(data, &envelope); err != nil {
		return err
	}
	list, known := envelope["charges"]
	if !known {
		list, known = envelope["refunds"]
	}
	for _, value := range envelope {
		if !known && bytes.HasPrefix(value, []byte("[")) {
			list = value
		}
	}
	if list == nil {
		return errNoList
	}
	*p = Page{}
	if err := json.Unmarshal(list, &p.Rows); err != nil {
		return err
	}
	// Documented as a boolean, seen as a number.
	switch more := bytes.Trim(envelope["has_more"], `"`); string(more) {
	case "true", "1":
		p.More = true
	case "false", "0":
	default:
		p.More = len(p.Rows) >= PageSize
	}
	return nil
}

// Row is a JSON object as it was received.
type Row json.RawMessage

// UnmarshalJSON keeps an object and refuses anything else.
func (r *Row) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("{")) {
		return errNoObject
	}
	*r = append((*r)[:0], data...)
	return nil
}

// Charge is a charge, or an authorization in its likeness. What isn't listed here isn't used; most of it is optional.
type Charge struct {
	ID           Text               `json:"id"`
	Status       Text               `json:"status"`
	Amount       Text               `json:"amount"`
	Currency     Text               `json:"currency"`
	Order        Maybe[Order]       `json:"order"`
	Transaction  Maybe[Transaction] `json:"transaction"`
	Reference    Maybe[Reference]   `json:"reference"`
	Response     Maybe[Response]    `json:"response"`
	Card         Maybe[Card]        `json:"card"`
	Source       Maybe[Source]      `json:"source"`
	Activities   Maybe[[]Activity]  `json:"activities"`
	AutoReversed Text               `json:"auto_reversed"`
}

// Order is a charge's order object.
type Order struct {
	ID Text `json:"id"`
}

// Transaction is a charge's own part.
type Transaction struct {
	// Created is in Unix milliseconds.
	Created Text `json:"created"`
	// URL is the payment page as a JSON literal. There's a session in its query.
	URL    json.RawMessage `json:"url"`
	Expiry Maybe[Expiry]   `json:"expiry"`
}

// Expiry is how long an unpaid charge can be paid.
type Expiry struct {
	Period Text `json:"period"`
	Type   Text `json:"type"`
}

// Reference has the references of a charge.
type Reference struct {
	Transaction Text `json:"transaction"`
	Order       Text `json:"order"`
	Gateway     Text `json:"gateway"`
	Payment     Text `json:"payment"`
}

// Response is why a charge has its status.
type Response struct {
	Code Text `json:"code"`
}

// Card is the card that was used.
type Card struct {
	Scheme Text `json:"scheme"`
	Brand  Text `json:"brand"`
}

// Source is what the buyer pays with.
type Source struct {
	ID            Text `json:"id"`
	Type          Text `json:"type"`
	PaymentType   Text `json:"payment_type"`
	PaymentMethod Text `json:"payment_method"`
}

// Activity is an entry of a charge's history.
type Activity struct {
	// Created is in Unix milliseconds.
	Created Text `json:"created"`
}

// Refund is a refund.
type Refund struct {
	ID       Text `json:"id"`
	ChargeID Text `json:"charge_id"`
	Status   Text `json:"status"`
	Amount   Text `json:"amount"`
	Currency Text `json:"currency"`
	// Created is in Unix milliseconds.
	Created     Text `json:"created"`
	Transaction Maybe[struct {
		Date Maybe[struct {
			Completed Text `json:"completed"`
		}] `json:"date"`
	}] `json:"transaction"`
}

// Delivery is the body of a webhook: the object itself.
type Delivery struct {
	ID        Text             `json:"id"`
	Object    Text             `json:"object"`
	ChargeID  Text             `json:"charge_id"`
	Status    Text             `json:"status"`
	Amount    Text             `json:"amount"`
	Currency  Text             `json:"currency"`
	Created   Text             `json:"created"`
	Updated   Text             `json:"updated"`
	Reference Maybe[Reference] `json:"reference"`

	Transaction Maybe[Transaction] `json:"transaction"`
}

// Text is a scalar as Tap wrote it: the content of a string, or the literal of a number or boolean. Anything else is "".
type Text string

// UnmarshalJSON never fails: no single field may make a row unreadable.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[' || data[0] == 'n':
		return nil
	case data[0] != '"':
		*t = Text(data)
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// Millis is t as a time in Unix milliseconds, zero where it's none.
func (t Text) Millis() time.Time {
	ms, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || ms <= 0 || ms > maxMillis {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// maxMillis is the end of year 9999, the last that JSON's times can have.
const maxMillis = 253402300799999

// Maybe is a value that may be absent, null or of an unexpected shape, and is zero then.
type Maybe[T any] struct{ Value T }

// UnmarshalJSON never fails.
func (m *Maybe[T]) UnmarshalJSON(data []byte) error {
	var value T
	if json.Unmarshal(data, &value) == nil {
		m.Value = value
	}
	return nil
}
