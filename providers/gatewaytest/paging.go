package gatewaytest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

func pagingChecks() []Check {
	checks := []Check{
		{"The totals of each currency are the ledger's", totals},
		{"A long window is walked to its edges", longWindow},
		{"An empty window yields nothing", emptyWindow},
	}
	for _, size := range []struct {
		name string
		rows func(page int) int
	}{
		{"no payment", func(int) int { return 0 }},
		{"one payment", func(int) int { return 1 }},
		{"a page less one", func(page int) int { return page - 1 }},
		{"a page", func(page int) int { return page }},
		{"a page and one", func(page int) int { return page + 1 }},
		{"three pages", func(page int) int { return 3 * page }},
		{"three pages and one", func(page int) int { return 3*page + 1 }},
	} {
		checks = append(checks, Check{
			fmt.Sprintf("A walk over %s yields each once", size.name),
			func(t TB, h Harness) {
				rows := size.rows(stage(t, h, nil).PageSize)
				s := stage(t, h, many(h, rows))
				w := s.whole()
				s.expect(w.payments)
				assert.Len(t, w.payments, rows, "the harness made what was asked for")
				assert.Empty(t, w.bad)
			},
		})
	}
	return checks
}

func totals(t TB, h Harness) {
	var specs []Spec
	const each = 7
	n := len(h.Statuses) * len(h.Currencies) * each
	for i := range n {
		specs = append(specs, spec(i, n, h.Currencies[i%len(h.Currencies)], h.Statuses[i/len(h.Currencies)%len(h.Statuses)]))
	}
	s := stage(t, h, specs)
	type sums struct{ amount, captured, refunded paylinks.Money }
	said, wanted := map[paylinks.Currency]sums{}, map[paylinks.Currency]sums{}
	add := func(to map[paylinks.Currency]sums, amount, captured, refunded paylinks.Money) {
		c := amount.Currency()
		sum, ok := to[c]
		if !ok {
			sum = sums{paylinks.Zero(c), paylinks.Zero(c), paylinks.Zero(c)}
		}
		to[c] = sums{sum.amount.Add(amount), sum.captured.Add(captured), sum.refunded.Add(refunded)}
	}
	for _, payment := range s.whole().payments {
		add(said, payment.Amount, payment.Captured, payment.Refunded)
	}
	for _, truth := range s.Ledger() {
		add(wanted, truth.Amount, truth.Captured, truth.Refunded)
	}
	assert.Len(t, said, len(h.Currencies))
	for currency, want := range wanted {
		got := said[currency]
		assert.True(t, want.amount.Equal(got.amount), "%s: the amounts add up to %s, not %s", currency, want.amount, got.amount)
		assert.True(t, want.captured.Equal(got.captured), "%s: the captured amounts add up to %s, not %s", currency, want.captured, got.captured)
		assert.True(t, want.refunded.Equal(got.refunded), "%s: the refunded amounts add up to %s, not %s", currency, want.refunded, got.refunded)
	}
}

// longWindow has payments at the seams of the pieces into which a window of more than three months may have to be cut.
func longWindow(t TB, h Harness) {
	const day = 24 * time.Hour
	to := Query().To
	from := to.Add(-95 * day)
	inside := []time.Time{from, from.Add(time.Second), to.Add(-time.Second)}
	for _, days := range []int{1, 7, 29, 30, 31, 60, 62, 90, 93} {
		at := from.AddDate(0, 0, days)
		inside = append(inside, at.Add(-time.Second), at, at.Add(time.Second))
	}
	outside := []time.Time{from.Add(-time.Second), to, to.Add(time.Second)}
	if h.LooseWindow {
		outside = nil
	}
	var specs []Spec
	for i, at := range append(inside, outside...) {
		made := spec(i, len(inside)+len(outside), h.Currencies[0], usual(h))
		made.At = at
		specs = append(specs, made)
	}
	s := stage(t, h, specs)
	s.query.From, s.query.To = from, to

	seen := map[string]int{}
	for _, payment := range s.whole().payments {
		seen[payment.Reference]++
	}
	for i, made := range specs {
		want := 1
		if i >= len(inside) {
			want = 0
		}
		assert.Equal(t, want, seen[made.Reference], "how often the payment of %s was yielded", made.At)
	}
}

func emptyWindow(t TB, h Harness) {
	if h.LooseWindow {
		t.Skipf("the window isn't exact")
	}
	s := stage(t, h, many(h, 3))
	s.query.From = s.query.From.Add(-48 * time.Hour)
	s.query.To = Query().From
	w := s.whole()
	assert.Empty(t, w.payments)
	assert.Empty(t, w.bad)
}
