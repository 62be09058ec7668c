package hyperpaytest

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// history is a made-up past: records that are computed from their number. Each 20th is a refund (each 400th a chargeback) of the
// payment six records before; each 100th is the refund of a payment of 40 days before, where the history is long enough, and so of one from
// before the history at its start.
type history struct {
	entity   string
	currency paylinks.Currency
	from     time.Time
	step     time.Duration
	slots    int
	// far is how many records 40 days are, 0 in a history that is shorter than twice that.
	far int
}

const (
	cycle   = 20
	lag     = 6
	farDays = 40
	// Refunds are of so many whole units of the currency.
	nearUnits = 2
	farUnits  = 3

	recordPrefix = "8ac7a4a1"
	olderPrefix  = "8ac7a4a2"
)

func newHistory(config Config) history {
	if config.History <= 0 {
		return history{}
	}
	from, span := config.HistoryFrom.UTC(), config.HistoryTo.Sub(config.HistoryFrom)
	h := history{entity: config.EntityIDs[0], currency: config.Currency, from: from, slots: config.History + (config.History-1)/(cycle-1)}
	h.step = max(span/time.Duration(h.slots), 1)
	if span >= 2*farDays*24*time.Hour {
		h.far = int(farDays*24*time.Hour/h.step) / cycle * cycle
	}
	return h
}

func (h history) at(slot int) time.Time {
	return h.from.Add(time.Duration(slot) * h.step).Truncate(time.Millisecond)
}

// between is the range of records from one time to another, both included.
func (h history) between(from, to time.Time) (low, high int) {
	low = sort.Search(h.slots, func(i int) bool { return !h.at(i).Before(from) })
	high = sort.Search(h.slots, func(i int) bool { return h.at(i).After(to) })
	return low, max(low, high)
}

func (h history) id(slot int) string {
	if slot < 0 {
		return fmt.Sprintf("%s%024x", olderPrefix, -slot)
	}
	return fmt.Sprintf("%s%024x", recordPrefix, slot)
}

// record is the record at a slot. A negative one is a payment from before the history.
func (h history) record(slot int) *record {
	r := &record{entity: h.entity, id: h.id(slot), currency: string(h.currency), at: h.at(slot), code: "000.000.000", brand: "MADA"}
	if slot%cycle == cycle-1 {
		r.kind = "RF"
		paid, units := slot-lag, nearUnits
		switch {
		case slot%400 == 219:
			r.kind = "CB"
		case h.far > 0 && slot%100 == 99:
			paid, units = slot-h.far-lag, farUnits
		}
		r.referenced, r.amount = h.id(paid), h.amount(units)
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
			return slot, slot < h.slots && slot >= -h.far-lag && h.id(slot) == id
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
	for i, at := range []int{slot + lag, slot + lag + h.far} {
		if at < 0 || at >= h.slots || (i == 1 && h.far == 0) {
			continue
		}
		if r := h.record(at); r.referenced == id {
			followers = append(followers, r)
		}
	}
	return followers
}
