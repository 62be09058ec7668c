package acmepay

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// createLink is the body of POST /v1/links.
type createLink struct {
	Reference   string `json:"reference"`
	OrderID     string `json:"order_id"`
	Amount      int64  `json:"amount"`
	Currency    string `json:"currency"`
	Description string `json:"description,omitempty"`
	Plan        string `json:"plan"`
	Lang        string `json:"lang,omitempty"`
	Buyer       buyer  `json:"buyer"`
	Items       []item `json:"items"`
	ReturnURL   string `json:"return_url,omitempty"`
	NotifyURL   string `json:"notify_url,omitempty"`
}

type buyer struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

type item struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
	// Total is the line's, after its discount and with its tax.
	Total int64 `json:"total"`
}

// movement is the body of a capture or refund.
type movement struct {
	Reference string `json:"reference"`
	Amount    int64  `json:"amount"`
	Reason    string `json:"reason,omitempty"`
}

type sendLink struct {
	Phone string `json:"phone"`
}

// link is what Acme Pay says of a link. Only what is used is listed.
type link struct {
	ID        string             `json:"id"`
	Reference string             `json:"reference"`
	OrderID   string             `json:"order_id"`
	Status    string             `json:"status"`
	Amount    int64              `json:"amount"`
	Currency  string             `json:"currency"`
	Captures  []transaction      `json:"captures"`
	Refunds   []transaction      `json:"refunds"`
	URL       string             `json:"url"`
	ExpiresAt time.Time          `json:"expires_at"`
	Reason    string             `json:"decline_reason"`
	Messages  *paylinks.Messages `json:"decline_messages"`

	raw json.RawMessage
}

type transaction struct {
	ID        string    `json:"id"`
	Reference string    `json:"reference"`
	Amount    int64     `json:"amount"`
	CreatedAt time.Time `json:"created_at"`
}

// event is the body of a webhook.
type event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Link struct {
		ID        string `json:"id"`
		Reference string `json:"reference"`
	} `json:"link"`
}

// newLink is a link to make, as Acme Pay wants to be asked.
func newLink(in paylinks.CreateInput) (createLink, error) {
	units, err := unitsOf(in.Amount)
	if err != nil {
		return createLink{}, err
	}
	body := createLink{
		Reference: in.Reference, OrderID: in.OrderID, Amount: units, Currency: string(in.Amount.Currency()), Description: in.Description,
		Plan: cmp.Or(in.Options["plan"], "pay_in_4"), Lang: in.Lang, ReturnURL: in.ReturnURL, NotifyURL: in.NotifyURL,
		Buyer: buyer{Name: in.Buyer.Name, Email: string(in.Buyer.Email), Phone: string(in.Buyer.Phone)},
	}
	for _, line := range in.Items {
		total, err := unitsOf(line.UnitPrice.Times(line.Quantity).Add(line.Tax).Sub(line.Discount))
		if err != nil {
			return createLink{}, err
		}
		body.Items = append(body.Items, item{Name: line.Name, Quantity: line.Quantity, Total: total})
	}
	return body, nil
}
