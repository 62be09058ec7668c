package gatewaytest

import (
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func changeChecks() []Check {
	return []Check{
		{"Payments that change during a walk cost no other its place", changing},
		{"Payments that appear during a walk cost no other its place", appearing},
	}
}

// changing has payments change that were yielded already, and ones that weren't. What becomes of themselves is for the next sync to see.
func changing(t TB, h Harness) {
	s := pages(t, h, 3)
	s.needs("Subject.Change", s.Change != nil)
	order := idsOf(s.whole().payments)
	changed := map[string]bool{}
	w := s.walk("", func(n int) bool {
		switch n {
		case 1, s.PageSize, s.PageSize + 1, 2 * s.PageSize:
			for _, i := range []int{n - 1, len(order) - n} {
				changed[order[i]] = true
				s.Change(order[i])
			}
		}
		return true
	})
	require.NoError(t, w.err)
	assert.Less(t, len(changed), len(order), "some payments were left alone")
	s.expectBut(w.payments, changed)
}

func appearing(t TB, h Harness) {
	s := pages(t, h, 3)
	s.needs("Subject.Add", s.Add != nil)
	there := map[string]bool{}
	for _, truth := range s.Ledger() {
		there[truth.ID] = true
	}
	w := s.walk("", func(n int) bool {
		if n%s.PageSize == 1 || s.PageSize == 1 {
			for i, at := range []int{0, 1} { // as new as can be, and in the middle of the window
				late := spec(n, 3*s.PageSize+1, h.Currencies[0], usual(h))
				late.Reference = fmt.Sprintf("late-%d-%d", n, i)
				if at == 0 {
					late.At = Now()
				}
				s.Add(late)
			}
		}
		return true
	})
	require.NoError(t, w.err)
	appeared := map[string]bool{}
	for _, truth := range s.Ledger() {
		if !there[truth.ID] {
			appeared[truth.ID] = true
		}
	}
	assert.NotEmpty(t, appeared, "the simulator made the payments")
	s.expectBut(w.payments, appeared)
}
