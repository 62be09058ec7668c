package paylinks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/paylinks/paylinks-go/paylinks"
)

// rank is how far along the paid way a status is, 0 off it.
func rank(s paylinks.Status) int {
	for i, paid := range []paylinks.Status{
		paylinks.StatusAuthorized, paylinks.StatusPartiallyCaptured, paylinks.StatusCaptured, paylinks.StatusPartiallyRefunded, paylinks.StatusRefunded,
	} {
		if s == paid {
			return i + 1
		}
	}
	return 0
}

// TestTransitionTable says for each cell of the table what the rules in words demand.
func TestTransitionTable(t *testing.T) {
	t.Parallel()
	voidable := map[paylinks.Status]bool{paylinks.StatusExpired: true, paylinks.StatusCancelled: true}
	for _, from := range paylinks.Statuses() {
		for _, to := range paylinks.Statuses() {
			want, wantLate := from, false
			switch {
			case from == to || to == paylinks.StatusCreating:
			case from == paylinks.StatusCreating:
				want = to
			case from == paylinks.StatusCreated && to != paylinks.StatusCreated:
				want = to
			case rank(from) > 0 && rank(to) > rank(from):
				want = to
			case from == paylinks.StatusAuthorized && voidable[to]:
				want = to
			case from.Ended() && rank(to) > 0:
				want, wantLate = to, true
			}
			next, late := paylinks.Advance(from, to)
			assert.Equal(t, want, next, "%s → %s", from, to)
			assert.Equal(t, wantLate, late, "%s → %s", from, to)
		}
	}
	next, late := paylinks.Advance(paylinks.StatusCreated, paylinks.StatusUnknown)
	assert.Equal(t, paylinks.StatusCreated, next)
	assert.False(t, late)
}

func TestStatusGroups(t *testing.T) {
	t.Parallel()
	for _, s := range paylinks.Statuses() {
		assert.True(t, s.Valid())
		assert.Equal(t, rank(s) > 0, s.Paid(), s)
		assert.False(t, s.Paid() && s.Ended(), s)
		assert.True(t, s.Final() || !s.Ended(), s)
	}
	assert.False(t, paylinks.StatusUnknown.Valid())
}

// TestFactsInAnyOrder: whatever the order in which the facts of one payment's life arrive, repeated and late ones among them, the last state is the same.
func TestFactsInAnyOrder(t *testing.T) {
	t.Parallel()
	lives := [][]paylinks.Status{
		{paylinks.StatusCreated, paylinks.StatusAuthorized, paylinks.StatusPartiallyCaptured, paylinks.StatusCaptured, paylinks.StatusPartiallyRefunded, paylinks.StatusRefunded},
		{paylinks.StatusCreated, paylinks.StatusAuthorized, paylinks.StatusCaptured},
		{paylinks.StatusCreated, paylinks.StatusCaptured, paylinks.StatusRefunded},
		{paylinks.StatusCreated, paylinks.StatusExpired},
		{paylinks.StatusCreated, paylinks.StatusRejected},
	}
	rapid.Check(t, func(t *rapid.T) {
		life := rapid.SampledFrom(lives).Draw(t, "life")
		repeated := append(append([]paylinks.Status(nil), life...), rapid.SliceOfN(rapid.SampledFrom(life), 0, 5).Draw(t, "repeats")...)
		state := paylinks.StatusCreating
		for _, fact := range rapid.Permutation(repeated).Draw(t, "order") {
			state, _ = paylinks.Advance(state, fact)
		}
		require.Equal(t, life[len(life)-1], state)
	})
}
