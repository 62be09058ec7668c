package paypaltest

import (
	"fmt"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/madeup"
	"github.com/paylinks/paylinks-go/paylinks"
)

// history is a made-up past of rows.
type history struct{ madeup.Past }

const (
	// Refunds are of so many units of a hundredth.
	nearUnits = 200
	farUnits  = 300

	paymentID = "PAY%014d"
	refundID  = "REF%014d"
	// oldID is a payment from before the history, by how many rows before.
	oldID = "OLD%014d"
)

func newHistory(payments int, from, to time.Time) history {
	return history{madeup.New(payments, from, to, time.Second)}
}

// entry is the row at a slot. A negative one is a payment from before the history.
func (h history) entry(slot int) *entry {
	e := &entry{at: h.At(slot), updated: h.At(slot)}
	kind, paid := h.Row(slot)
	if kind != madeup.Payment {
		units := int64(nearUnits)
		if kind == madeup.LateRefund {
			units = farUnits
		}
		e.id, e.code, e.status, e.outgoing = fmt.Sprintf(refundID, slot), "T1107", "S", true
		e.reference, e.refType, e.amount = h.id(paid), "TXN", usd(units)
		if kind == madeup.Chargeback {
			e.code = "T1201"
		}
		return e
	}
	e.id, e.code, e.status = h.id(slot), "T0006", "S"
	switch slot % 50 {
	case 7:
		e.status = "P"
	case 11:
		e.status = "D"
	case 17:
		e.status = "V"
	}
	number := slot
	if number < 0 {
		number = -number
	}
	e.amount, e.fee = usd(1000+10*int64(number%5000)), usd(59)
	e.invoice = fmt.Sprintf("ORDER-%d", slot)
	return e
}

func (h history) id(slot int) string {
	if slot < 0 {
		return fmt.Sprintf(oldID, -slot)
	}
	return fmt.Sprintf(paymentID, slot)
}

// find is the row with an id, nil where there's none.
func (h history) find(id string) *entry {
	for format, sign := range map[string]int{paymentID: 1, refundID: 1, oldID: -1} {
		digits, ok := strings.CutPrefix(id, format[:3])
		var slot int
		if _, err := fmt.Sscanf(digits, "%d", &slot); !ok || err != nil {
			continue
		}
		slot *= sign
		if h.Has(slot) {
			if e := h.entry(slot); e.id == id {
				return e
			}
		}
	}
	return nil
}

// refunds are the refunds of the payment with that id.
func (h history) refunds(id string) []*entry {
	e := h.find(id)
	if e == nil {
		return nil
	}
	slot := 0
	if _, err := fmt.Sscanf(id[3:], "%d", &slot); err != nil {
		return nil
	}
	if strings.HasPrefix(id, oldID[:3]) {
		slot = -slot
	}
	var refunds []*entry
	for _, row := range h.About(slot) {
		if r := h.entry(row); r.code == "T1107" {
			refunds = append(refunds, r)
		}
	}
	return refunds
}

func usd(cents int64) paylinks.Money {
	m, err := paylinks.MoneyFromUnits(cents, paylinks.USD, 2)
	if err != nil {
		return paylinks.Zero(paylinks.USD) // Can't be: cents are never negative here.
	}
	return m
}
