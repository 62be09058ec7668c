// Package api is Tap's wire format and a thin client for it. It knows paths and JSON, and nothing of what they mean.
package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
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
	ID           lenient.Scalar             `json:"id"`
	Status       lenient.Scalar             `json:"status"`
	Amount       lenient.Scalar             `json:"amount"`
	Currency     lenient.Scalar             `json:"currency"`
	Order        lenient.Maybe[Order]       `json:"order"`
	Transaction  lenient.Maybe[Transaction] `json:"transaction"`
	Reference    lenient.Maybe[Reference]   `json:"reference"`
	Response     lenient.Maybe[Response]    `json:"response"`
	Card         lenient.Maybe[Card]        `json:"card"`
	Source       lenient.Maybe[Source]      `json:"source"`
	Activities   lenient.Maybe[[]Activity]  `json:"activities"`
	AutoReversed lenient.Scalar             `json:"auto_reversed"`
}

// Order is a charge's order object.
type Order struct {
	ID lenient.Scalar `json:"id"`
}

// Transaction is a charge's own part.
type Transaction struct {
	// Created is in Unix milliseconds.
	Created lenient.Scalar `json:"created"`
	// URL is the payment page as a JSON literal. There's a session in its query.
	URL    json.RawMessage       `json:"url"`
	Expiry lenient.Maybe[Expiry] `json:"expiry"`
}

// Expiry is how long an unpaid charge can be paid.
type Expiry struct {
	Period lenient.Scalar `json:"period"`
	Type   lenient.Scalar `json:"type"`
}

// Reference has the references of a charge.
type Reference struct {
	Transaction lenient.Scalar `json:"transaction"`
	Order       lenient.Scalar `json:"order"`
	Gateway     lenient.Scalar `json:"gateway"`
	Payment     lenient.Scalar `json:"payment"`
}

// Response is why a charge has its status.
type Response struct {
	Code lenient.Scalar `json:"code"`
}

// Card is the card that was used.
type Card struct {
	Scheme lenient.Scalar `json:"scheme"`
	Brand  lenient.Scalar `json:"brand"`
}

// Source is what the buyer pays with.
type Source struct {
	ID            lenient.Scalar `json:"id"`
	Type          lenient.Scalar `json:"type"`
	PaymentType   lenient.Scalar `json:"payment_type"`
	PaymentMethod lenient.Scalar `json:"payment_method"`
}

// Activity is an entry of a charge's history.
type Activity struct {
	// Created is in Unix milliseconds.
	Created lenient.Scalar `json:"created"`
}

// Refund is a refund.
type Refund struct {
	ID       lenient.Scalar `json:"id"`
	ChargeID lenient.Scalar `json:"charge_id"`
	Status   lenient.Scalar `json:"status"`
	Amount   lenient.Scalar `json:"amount"`
	Currency lenient.Scalar `json:"currency"`
	// Created is in Unix milliseconds.
	Created     lenient.Scalar `json:"created"`
	Transaction lenient.Maybe[struct {
		Date lenient.Maybe[struct {
			Completed lenient.Scalar `json:"completed"`
		}] `json:"date"`
	}] `json:"transaction"`
}

// Delivery is the body of a webhook: the object itself.
type Delivery struct {
	ID        lenient.Scalar           `json:"id"`
	Object    lenient.Scalar           `json:"object"`
	ChargeID  lenient.Scalar           `json:"charge_id"`
	Status    lenient.Scalar           `json:"status"`
	Amount    lenient.Scalar           `json:"amount"`
	Currency  lenient.Scalar           `json:"currency"`
	Created   lenient.Scalar           `json:"created"`
	Updated   lenient.Scalar           `json:"updated"`
	Reference lenient.Maybe[Reference] `json:"reference"`

	Transaction lenient.Maybe[Transaction] `json:"transaction"`
}

// Millis is a time in Unix milliseconds, zero where it's none.
func Millis(text lenient.Scalar) time.Time {
	ms, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || ms <= 0 || ms > maxMillis {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// maxMillis is the end of year 9999, the last that JSON's times can have.
const maxMillis = 253402300799999
