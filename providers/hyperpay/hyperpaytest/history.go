package hyperpaytest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/madeup"
	"github.com/paylinks/paylinks-go/paylinks"
)

// history is a made-up past of records.
type history struct {
	madeup.Past
	entity   string
	currency paylinks.Currency
}

const (
	// Refunds are of so many whole units of the currency.
	nearUnits = 2
	farUnits  = 3

	recordPrefix = "8ac7a4a1"
	olderPrefix  = "8ac7a4a2"
)

func newHistory(config Config) history {
	return history{
		Past:   madeup.New(config.History, config.HistoryFrom, config.HistoryTo, time.Millisecond),
		entity: config.EntityIDs[0], currency: config.Currency,
	}
}

func (h history) id(slot int) string {
	if slot < 0 {
		return fmt.Sprintf("%s%024x", olderPrefix, -slot)
	}
	return fmt.Sprintf("%s%024x", recordPrefix, slot)
}

// record is the record at a slot. A negative one is a payment from before the history.
func (h history) record(slot int) *record {
	r := &record{entity: h.entity, id: h.id(slot), currency: string(h.currency), at: h.At(slot), code: "000.000.000", brand: "MADA"}
	kind, paid := h.Row(slot)
	if kind != madeup.Payment {
		units := nearUnits
		if kind == madeup.LateRefund {
			units = farUnits
		}
		r.kind, r.referenced, r.amount = "RF", h.id(paid), h.amount(units)
		if kind == madeup.Chargeback {
			r.kind = "CB"
		}
		return r
	}
	r.kind = "DB"
	switch slot % 50 {
	case 7:
		r.code = "800.400.500"
	case 11:
		r.code = "800.100.155"
	}
	number := slot
	if number < 0 {
		number = -number
	}
	r.amount, r.reference = h.amount(10+number%500), fmt.Sprintf("order-%d", slot)
	return r
}

// amount is so many whole units, with the two places that HyperPay's own plugin sends for every currency.
func (h history) amount(units int) string { return strconv.Itoa(units) + ".00" }

// slot is the slot of an id.
func (h history) slot(id string) (int, bool) {
	for prefix, sign := range map[string]int64{recordPrefix: 1, olderPrefix: -1} {
		digits, ok := strings.CutPrefix(id, prefix)
		if number, err := strconv.ParseInt(digits, 16, 64); ok && err == nil {
			slot := int(sign * number)
			return slot, h.Has(slot) && h.id(slot) == id
		}
	}
	return 0, false
}

// find is the record with an id, nil where there's none.
func (h history) find(id string) *record {
	if slot, ok := h.slot(id); ok {
		return h.record(slot)
	}
	return nil
}

// followers are the records that refer to the one with that id.
func (h history) followers(id string) []*record {
	slot, ok := h.slot(id)
	if !ok {
		return nil
	}
	var followers []*record
	for _, row := range h.About(slot) {
		followers = append(followers, h.record(row))
	}
	return followers
}
