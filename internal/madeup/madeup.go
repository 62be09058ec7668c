// Package madeup is a past that simulators make up: rows that are computed from their number, so that a long history takes no memory. Each 20th row is
// a refund (each 400th a chargeback) of the payment six rows before; each 100th is the refund of a payment of 40 days before, where the past is long
// enough, and so of one from before the past at its start.
package madeup

import (
	"sort"
	"time"
)

const (
	cycle   = 20
	lag     = 6
	farDays = 40
)

// Kind is what a row is.
type Kind int

// The kinds of rows.
const (
	Payment Kind = iota
	Refund
	// LateRefund is of a payment of 40 days before.
	LateRefund
	Chargeback
)

// Past is the numbers and times of its rows. A row with a negative number is a payment from before the past.
type Past struct {
	from  time.Time
	step  time.Duration
	whole time.Duration
	rows  int
	// far is how many rows 40 days are, 0 in a past that is shorter than twice that.
	far int
}

// New is a past of so many payments. Its times are multiples of whole.
func New(payments int, from, to time.Time, whole time.Duration) Past {
	if payments <= 0 {
		return Past{}
	}
	p := Past{from: from.UTC(), whole: whole, rows: payments + (payments-1)/(cycle-1)}
	p.step = max(to.Sub(from)/time.Duration(p.rows), 1)
	if to.Sub(from) >= 2*farDays*24*time.Hour {
		p.far = int(farDays*24*time.Hour/p.step) / cycle * cycle
	}
	return p
}

// At is the time of a row.
func (p Past) At(row int) time.Time {
	return p.from.Add(time.Duration(row) * p.step).Truncate(p.whole)
}

// Between is the range of rows from one time to another, both included.
func (p Past) Between(from, to time.Time) (low, high int) {
	low = sort.Search(p.rows, func(i int) bool { return !p.At(i).Before(from) })
	high = sort.Search(p.rows, func(i int) bool { return p.At(i).After(to) })
	return low, max(low, high)
}

// Has tells whether there's such a row.
func (p Past) Has(row int) bool { return p.rows > 0 && row < p.rows && row >= -p.far-lag }

// Row is what a row is, and the payment that it's about: itself, where it's one.
func (p Past) Row(row int) (kind Kind, payment int) {
	switch {
	case row%cycle != cycle-1:
		return Payment, row
	case row%400 == 219:
		return Chargeback, row - lag
	case p.far > 0 && row%100 == 99:
		return LateRefund, row - p.far - lag
	default:
		return Refund, row - lag
	}
}

// About are the rows about a payment.
func (p Past) About(payment int) []int {
	var rows []int
	for _, row := range []int{payment + lag, payment + lag + p.far} {
		if row < 0 || row >= p.rows || len(rows) > 0 && p.far == 0 {
			continue
		}
		if kind, of := p.Row(row); kind != Payment && of == payment {
			rows = append(rows, row)
		}
	}
	return rows
}
