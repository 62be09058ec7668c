package madeup_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/internal/madeup"
)

var to = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)

func past(payments, days int) madeup.Past {
	return madeup.New(payments, to.AddDate(0, 0, -days), to, time.Second)
}

// Whatever a row is about knows of it, and a past has as many payments as it was asked for.
func TestRowsAndWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	for _, p := range []madeup.Past{past(1, 1), past(19, 1), past(20, 79), past(2_000, 79), past(2_000, 80), past(2_000, 200)} {
		low, high := p.Between(time.Time{}, to)
		assert.Zero(t, low)
		kinds := map[madeup.Kind]int{}
		for row := range high {
			kind, payment := p.Row(row)
			kinds[kind]++
			assert.True(t, p.Has(row))
			assert.True(t, p.Has(payment))
			if kind == madeup.Payment {
				assert.Equal(t, row, payment)
				continue
			}
			assert.Contains(t, p.About(payment), row)
			of, _ := p.Row(payment)
			assert.Equal(t, madeup.Payment, of)
		}
		assert.False(t, p.Has(high))
		assert.Contains(t, []int{1, 19, 20, 2_000}, kinds[madeup.Payment])
	}
	low, high := past(2_000, 200).Between(to.AddDate(0, 0, -200), to)
	assert.Equal(t, 2_000+105, high-low)
}

func TestOnlyALongPastHasLateRefunds(t *testing.T) {
	t.Parallel()
	kind, payment := past(2_000, 200).Row(99)
	assert.Equal(t, madeup.LateRefund, kind)
	assert.Negative(t, payment, "from before the past")
	kind, payment = past(2_000, 79).Row(99)
	assert.Equal(t, madeup.Refund, kind)
	assert.Equal(t, 93, payment)
	kind, _ = past(2_000, 200).Row(219)
	assert.Equal(t, madeup.Chargeback, kind)
}

func TestAnEmptyPastHasNothing(t *testing.T) {
	t.Parallel()
	var p madeup.Past
	low, high := p.Between(time.Time{}, to)
	assert.Equal(t, low, high)
	assert.False(t, p.Has(-1))
	assert.Empty(t, p.About(0))
}
