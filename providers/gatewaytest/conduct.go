package gatewaytest

import (
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func conductChecks() []Check {
	return []Check{
		{"A walk asks for a page when it's wanted, and not before", lazy},
		{"A walk holds no more than it needs", frugal},
		{"Many walks at once keep apart", crowd},
		{"A walk can be repeated", repeated},
		{"A gateway prints no secret", silent},
	}
}

// allowed is how many rows a gateway may hold.
func allowed(h Harness, page int) int { return max(h.Held, 2*page) }

func lazy(t TB, h Harness) {
	s := pages(t, h, 6)
	s.needs("Subject.Calls", s.Calls != nil)
	if h.Held > 2*s.PageSize {
		t.Skipf("the provider's rows have to be put together first")
	}
	before := s.Calls()
	s.whole()
	all := s.Calls() - before

	before = s.Calls()
	w := s.walk("", func(n int) bool { return n < s.PageSize })
	require.Len(t, w.payments, s.PageSize)
	assert.LessOrEqual(t, 2*(s.Calls()-before), all, "the first of six pages needs less than half of the calls")
	calls := s.Calls()
	runtime.Gosched()
	assert.Equal(t, calls, s.Calls(), "a walk that was broken off asks for nothing more")
}

// frugal walks and watches, by weak pointers to what was yielded, how many rows stay in memory with nobody but the gateway to hold them.
func frugal(t TB, h Harness) {
	var s *scene
	rows := max(largeRows, 3*h.Held) // else a gateway that holds all of them wouldn't be noticed
	if h.Large != nil {
		s = open(t, h.Large(t, rows))
	} else {
		s = pages(t, h, 6)
		rows = 6*s.PageSize + 1
	}
	looks := map[int]bool{rows / 2: true, rows - 1: true}
	var yielded []weak.Pointer[byte]
	ids := make(map[string]bool, rows)
	for payment, err := range s.Gateway.Payments(s.ctx, s.query) {
		require.NoError(t, err)
		require.NotEmpty(t, payment.Raw)
		require.False(t, ids[payment.ID], "%s comes twice", payment.ID)
		ids[payment.ID] = true
		yielded = append(yielded, weak.Make(&payment.Raw[0]))
		if !looks[len(ids)] {
			continue
		}
		runtime.GC()
		held := 0
		for _, row := range yielded {
			if row.Value() != nil {
				held++
			}
		}
		assert.LessOrEqual(t, held, allowed(h, s.PageSize), "rows held after %d were yielded", len(ids))
	}
	assert.Len(t, ids, rows)
}

// crowd walks several times at once on one gateway. Run it with the race detector.
func crowd(t TB, h Harness) {
	s := pages(t, h, 2)
	const walks = 4
	results := make([][]paylinks.Payment, walks)
	errs := make([]error, walks)
	var wait sync.WaitGroup
	for i := range walks {
		wait.Go(func() {
			for payment, err := range s.Gateway.Payments(s.ctx, s.query) {
				if err != nil {
					errs[i] = err
					return
				}
				results[i] = append(results[i], payment)
			}
		})
	}
	wait.Wait()
	for i := range walks {
		require.NoError(t, errs[i])
		s.expect(results[i])
	}
}

func repeated(t TB, h Harness) {
	s := pages(t, h, 1)
	walk := s.Gateway.Payments(s.ctx, s.query)
	for range 2 {
		var payments []paylinks.Payment
		for payment, err := range walk {
			require.NoError(t, err)
			payments = append(payments, payment)
		}
		s.expect(payments)
	}
}

func silent(t TB, h Harness) {
	s := stage(t, h, nil)
	s.needs("Subject.Secrets", len(s.Secrets) > 0)
	for _, verb := range []string{"%v", "%+v", "%s"} {
		s.discreet(fmt.Sprintf(verb, s.Gateway))
	}
}
