package taptest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

type charge struct {
	Charge
	spoilt, nameless bool
}

type refund struct {
	Refund
	charge string
}

// place is where a row stands in its list.
type place struct {
	at time.Time
	id string
}

func (p place) compare(q place) int { return cmp.Or(p.at.Compare(q.at), cmp.Compare(p.id, q.id)) }

func (c *charge) place() place { return place{c.CreatedAt, c.ID} }
func (r *refund) place() place { return place{r.CreatedAt, r.ID} }

type row interface {
	place() place
	wire(live bool) any
}

func insert[R row](rows []R, added R) []R {
	at, _ := slices.BinarySearchFunc(rows, added.place(), func(r R, p place) int { return r.place().compare(p) })
	return slices.Insert(rows, at, added)
}

// The made-up rows have ids that tell their number, so that none is kept.
const (
	madeUpCharge = "chg_TSH%09d"
	madeUpRefund = "re_TSH%09d"
	// refundEvery is how many charges there are for one that is refunded, and refundDelay how long after it that is.
	refundEvery = 10
	refundDelay = 30 * time.Second
)

// madeUp is the n-th charge of the history.
func (s *Server) madeUp(n int) *charge {
	at := s.config.Start.Add(time.Duration(n) * s.config.Step).UTC().Truncate(time.Millisecond)
	c := &charge{Charge: Charge{
		ID: fmt.Sprintf(madeUpCharge, n), Status: chargeDone, Amount: halalas(int64(10_00 + n%90_000)), Reference: fmt.Sprintf("order-%d", n),
		CreatedAt: at, UpdatedAt: at.Add(20 * time.Second), ExpiryMinutes: 30,
	}}
	switch n % refundEvery {
	case refundEvery - 1:
		c.Status = "ABANDONED"
	case refundEvery - 2:
		c.Status = "DECLINED"
	case refundEvery - 3:
		c.Refunds = []Refund{s.madeUpRefund(n / refundEvery).Refund}
	}
	return c
}

// madeUpRefund is the n-th refund of the history. Every third is of the whole amount.
func (s *Server) madeUpRefund(n int) *refund {
	of := n*refundEvery + refundEvery - 3
	amount := int64(10_00 + of%90_000)
	if n%3 != 0 {
		amount /= 2
	}
	at := s.config.Start.Add(time.Duration(of)*s.config.Step + refundDelay).UTC().Truncate(time.Millisecond)
	return &refund{
		Refund: Refund{ID: fmt.Sprintf(madeUpRefund, n), Status: refundDone, Amount: halalas(amount), CreatedAt: at},
		charge: fmt.Sprintf(madeUpCharge, of),
	}
}

// madeUpRefunds is how many refunds the history has.
func (s *Server) madeUpRefunds() int { return (s.config.History + 2) / refundEvery }

func halalas(n int64) paylinks.Money {
	money, err := paylinks.MoneyFromUnits(n, paylinks.SAR, 2)
	if err != nil {
		return paylinks.Zero(paylinks.SAR) // Can't be: n is positive.
	}
	return money
}

// find is the charge with an id, added or made up. s.mu is held.
func (s *Server) find(id string) (*charge, bool) {
	if c, ok := s.byID[id]; ok {
		return c, true
	}
	if n, ok := number(id, madeUpCharge); ok && n < s.config.History {
		return s.madeUp(n), true
	}
	return nil, false
}

func number(id, format string) (int, bool) {
	digits, ok := strings.CutPrefix(id, strings.TrimSuffix(format, "%09d"))
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0
}

// wire is the charge as Tap's API has it. Tap writes amounts as numbers with the currency's decimals, transaction.created as text, and
// activities[].created as a number (Tap, the charge object).
func (c *charge) wire(live bool) any {
	amount := json.Number(c.Amount.String())
	created := strconv.FormatInt(c.CreatedAt.UnixMilli(), 10)
	activities := []map[string]any{
		{"id": "activity_1", "object": "activity", "created": c.CreatedAt.UnixMilli(), "status": "INITIATED", "amount": amount},
	}
	if c.UpdatedAt.After(c.CreatedAt) {
		activities = append(activities, map[string]any{
			"id": "activity_2", "object": "activity", "created": c.UpdatedAt.UnixMilli(), "status": c.Status, "amount": amount,
		})
	}
	wire := wireCharge{
		ID: c.ID, Object: "charge", LiveMode: live, APIVersion: "V2", Status: c.Status, Amount: amount, Currency: c.Amount.Currency(),
		Transaction: wireTransaction{
			Timezone: "UTC+03:00", Created: created, URL: "https://sandbox.payments.example/?sess=session-of-" + c.ID,
			Expiry: wireExpiry{Period: c.ExpiryMinutes, Type: "MINUTE"}, Amount: amount, Currency: c.Amount.Currency(),
		},
		Response:   map[string]string{"code": responseCode[c.Status], "message": c.Status},
		Source:     map[string]string{"object": "source", "id": "src_all"},
		Activities: activities,
	}
	wire.Reference.Order = c.Reference
	if c.Status == chargeDone {
		wire.Reference.Gateway, wire.Reference.Payment = "gateway-"+c.ID, "payment-"+c.ID
		wire.Card = map[string]string{"first_six": "446404", "scheme": "MADA", "brand": "VISA", "last_four": "0007"}
		wire.Source = map[string]string{"object": "token", "payment_type": "DEBIT", "payment_method": "MADA", "id": "tok_simulated"}
	}
	if c.spoilt {
		wire.Amount = json.RawMessage(`{"spoilt":true}`)
	}
	if c.nameless {
		wire.ID = ""
	}
	return wire
}

// responseCode is the response code that goes with a status (Tap, response codes).
var responseCode = map[string]string{
	"CAPTURED": "000", "AUTHORIZED": "001", "INITIATED": "100", "IN_PROGRESS": "200", "ABANDONED": "301", "CANCELLED": "302", "FAILED": "401",
	"DECLINED": "501", "VOID": "601", "RESTRICTED": "701", "TIMEDOUT": "801", "UNKNOWN": "901",
}

type wireCharge struct {
	ID          string            `json:"id,omitempty"`
	Object      string            `json:"object"`
	LiveMode    bool              `json:"live_mode"`
	APIVersion  string            `json:"api_version"`
	Status      string            `json:"status"`
	Amount      any               `json:"amount"`
	Currency    paylinks.Currency `json:"currency"`
	Transaction wireTransaction   `json:"transaction"`
	Reference   wireReference     `json:"reference"`
	Response    map[string]string `json:"response"`
	Card        map[string]string `json:"card,omitempty"`
	Source      map[string]string `json:"source"`
	Activities  []map[string]any  `json:"activities"`
}

type wireTransaction struct {
	Timezone string            `json:"timezone"`
	Created  string            `json:"created"`
	URL      string            `json:"url"`
	Expiry   wireExpiry        `json:"expiry"`
	Amount   json.Number       `json:"amount"`
	Currency paylinks.Currency `json:"currency"`
}

type wireExpiry struct {
	Period int    `json:"period"`
	Type   string `json:"type"`
}

type wireReference struct {
	Order   string `json:"order,omitempty"`
	Gateway string `json:"gateway,omitempty"`
	Payment string `json:"payment,omitempty"`
}

// wire is the refund as Tap's API has it.
func (r *refund) wire(live bool) any {
	created := r.CreatedAt.UnixMilli()
	return map[string]any{
		"id": r.ID, "object": "refund", "live_mode": live, "api_version": "V2", "status": r.Status, "charge_id": r.charge,
		"amount": json.Number(r.Amount.String()), "currency": r.Amount.Currency(), "created": strconv.FormatInt(created, 10),
		"transaction": map[string]any{"date": map[string]any{"created": created, "completed": created}},
	}
}
