package paypaltest

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// history is a made-up past: rows that are computed from their number. Each 20th row is a refund (each 400th a chargeback) of the payment
// six rows before; each 100th is the refund of a payment of 40 days before, where the history is long enough, and so of one from
// before the history at its start.
type history struct {
	from  time.Time
	step  time.Duration
	slots int
	// far is how many rows 40 days are, 0 in a history that is shorter than twice that.
	far int
}

const (
	cycle   = 20
	lag     = 6
	farDays = 40
	// Refunds are of so many units of a hundredth.
	nearUnits = 200
	farUnits  = 300

	paymentID = "PAY%014d"
	refundID  = "REF%014d"
	// oldID is a payment from before the history, by how many rows before.
	oldID = "OLD%014d"
)

func newHistory(payments int, from, to time.Time) history {
	if payments <= 0 {
		return history{}
	}
	h := history{from: from, slots: payments + (payments-1)/(cycle-1)}
	h.step = max(to.Sub(from)/time.Duration(h.slots), 1)
	if to.Sub(from) >= 2*farDays*24*time.Hour {
		h.far = int(farDays*24*time.Hour/h.step) / cycle * cycle
	}
	return h
}

func (h history) at(slot int) time.Time {
	return h.from.Add(time.Duration(slot) * h.step).Truncate(time.Second)
}

// between is the range of rows from one time to another, both included.
func (h history) between(from, to time.Time) (low, high int) {
	low = sort.Search(h.slots, func(i int) bool { return !h.at(i).Before(from) })
	high = sort.Search(h.slots, func(i int) bool { return h.at(i).After(to) })
	return low, max(low, high)
}

// entry is the row at a slot. A negative one is a payment from before the history.
func (h history) entry(slot int) *entry {
	e := &entry{at: h.at(slot), updated: h.at(slot)}
	if slot%cycle == cycle-1 {
		e.id, e.code, e.status, e.outgoing = fmt.Sprintf(refundID, slot), "T1107", "S", true
		paid, units := slot-lag, int64(nearUnits)
		switch {
		case slot%400 == 219:
			e.code = "T1201"
		case h.far > 0 && slot%100 == 99:
			paid, units = slot-h.far-lag, farUnits
		}
		e.reference, e.refType, e.amount = h.id(paid), "TXN", usd(units)
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
		if slot < h.slots && slot >= -h.far-lag {
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
	for _, at := range []int{slot + lag, slot + lag + h.far} {
		if at < 0 || at >= h.slots || (at == slot+lag && len(refunds) > 0) {
			continue
		}
		if r := h.entry(at); r.reference == id && r.code == "T1107" {
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
