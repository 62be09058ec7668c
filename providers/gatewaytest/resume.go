package gatewaytest

import (
	"slices"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func resumeChecks() []Check {
	return []Check{
		{"A walk resumed at a checkpoint yields exactly the rest", resumed},
		{"A walk broken off in mid-page is resumed without loss", brokenOff},
		{"A walk is broken off page by page, and each payment comes once", inPieces},
	}
}

// checkpoints are the places at which a walk can be resumed: how many payments lie before each.
func (s *scene) checkpoints(payments []paylinks.Payment) map[int]string {
	s.Helper()
	points := map[int]string{}
	for i, payment := range payments {
		if payment.Checkpoint != "" {
			points[i+1] = payment.Checkpoint
			s.discreet(payment.Checkpoint)
		}
	}
	return points
}

func idsOf(payments []paylinks.Payment) []string {
	ids := make([]string, 0, len(payments))
	for _, payment := range payments {
		ids = append(ids, payment.ID)
	}
	return ids
}

func resumed(t TB, h Harness) {
	s := pages(t, h, 3)
	all := s.whole().payments
	points := s.checkpoints(all)
	require.NotEmpty(t, points, "a walk of several pages has checkpoints")
	for n, checkpoint := range points {
		rest := s.walk(checkpoint, nil)
		require.NoError(t, rest.err)
		assert.ElementsMatch(t, idsOf(all[n:]), idsOf(rest.payments), "the rest after %d payments", n)
	}
}

func brokenOff(t TB, h Harness) {
	s := pages(t, h, 3)
	for _, stop := range []int{1, s.PageSize, s.PageSize + max(s.PageSize/2, 1), 2*s.PageSize + 1} {
		w := s.walk("", func(n int) bool { return n < stop })
		require.Len(t, w.payments, stop)
		kept, checkpoint := 0, ""
		for n, point := range s.checkpoints(w.payments) {
			if n > kept {
				kept, checkpoint = n, point
			}
		}
		rest := s.walk(checkpoint, nil)
		require.NoError(t, rest.err)
		s.expect(slices.Concat(w.payments[:kept], rest.payments))
	}
}

func inPieces(t TB, h Harness) {
	s := pages(t, h, 3)
	var all []paylinks.Payment
	checkpoint := ""
	for {
		stopped := false
		w := s.walk(checkpoint, nil)
		require.NoError(t, w.err)
		for i, payment := range w.payments {
			if payment.Checkpoint != "" {
				all = append(all, w.payments[:i+1]...)
				require.NotEqual(t, checkpoint, payment.Checkpoint, "a checkpoint moves on")
				checkpoint, stopped = payment.Checkpoint, true
				break
			}
		}
		if !stopped {
			all = append(all, w.payments...)
			break
		}
	}
	s.expect(all)
}
