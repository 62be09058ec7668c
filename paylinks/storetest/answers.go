package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func answerChecks() []Check {
	return []Check{
		{"a key is claimed where it's free, expired or left behind by the same request", claimAnswers},
		{"of many claims of one key exactly one gets it", func(t TB, store paylinks.Store) {
			type result struct {
				claimed bool
				err     error
			}
			winners := 0
			for _, got := range together(6, func(int) result {
				_, claimed, err := store.ClaimAnswer(t.Context(), newAnswer("key"), epoch)
				return result{claimed, err}
			}) {
				require.NoError(t, got.err)
				if got.claimed {
					winners++
				}
			}
			require.Equal(t, 1, winners)
		}},
		{"a freed key is free, and freeing one that is free is no error", func(t TB, store paylinks.Store) {
			write(t, store, paylinks.Change{FreeAnswer: "key"})
			_, _, err := store.ClaimAnswer(t.Context(), newAnswer("key"), epoch)
			require.NoError(t, err)
			write(t, store, paylinks.Change{FreeAnswer: "key"})
			other := newAnswer("key")
			other.Fingerprint = "other"
			_, claimed, err := store.ClaimAnswer(t.Context(), other, epoch)
			require.NoError(t, err)
			require.True(t, claimed)
		}},
		{"an answer that is kept replaces the claim", func(t TB, store paylinks.Store) {
			claim := newAnswer("key")
			_, _, err := store.ClaimAnswer(t.Context(), claim, epoch)
			require.NoError(t, err)
			final := claim
			final.Status, final.Body, final.DueAt = 201, []byte(`{"id":"a"}`), time.Time{}
			write(t, store, paylinks.Change{Answer: &final})
			final.Body[2] = 'X'
			stored, claimed, err := store.ClaimAnswer(t.Context(), claim, at(5))
			require.NoError(t, err)
			assert.False(t, claimed)
			final.Body = []byte(`{"id":"a"}`)
			equal(t, final, stored)
		}},
		{"expired answers are forgotten, a thousand at most at a time, and the others kept", func(t TB, store paylinks.Store) {
			for i, expires := range []time.Time{at(10), at(20), at(30), {}} {
				answer := newAnswer(fmt.Sprint(i))
				answer.Status, answer.ExpiresAt = 200, expires
				write(t, store, paylinks.Change{Answer: &answer})
			}
			write(t, store, paylinks.Change{ForgetAnswersBefore: at(20)})
			for i, wantFree := range []bool{true, false, false, false} {
				// At this moment none has expired, so that a key can be taken only where its answer is gone.
				_, claimed, err := store.ClaimAnswer(t.Context(), newAnswer(fmt.Sprint(i)), at(5))
				require.NoError(t, err)
				assert.Equal(t, wantFree, claimed, "answer %d", i)
			}
		}},
	}
}

func claimAnswers(t TB, store paylinks.Store) {
	// What is stored runs until at(10) and expires at at(100).
	for name, c := range map[string]struct {
		status      int
		fingerprint string
		now         time.Time
		want        bool
		keeps       bool // what was noted first
	}{
		"running, same request":                    {0, "request", at(9), false, false},
		"running, other request":                   {0, "other", at(9), false, false},
		"left behind, same request":                {0, "request", at(10), true, true},
		"left behind, other request":               {0, "other", at(10), false, false},
		"final, same request":                      {200, "request", at(11), false, false},
		"final, other request":                     {200, "other", at(11), false, false},
		"final, just before its expiry":            {200, "request", at(100).Add(-time.Microsecond), false, false},
		"final and expired, same request":          {200, "request", at(100), true, false},
		"final and expired, other request":         {200, "other", at(100), true, false},
		"left behind and expired, same request":    {0, "request", at(101), true, false},
		"left behind and expired, other request":   {0, "other", at(101), true, false},
		"left behind, just before the holder ends": {0, "request", at(10).Add(-time.Microsecond), false, false},
	} {
		earlier := paylinks.Answer{Key: name, Fingerprint: "request", Status: c.status, Body: []byte("first"), DueAt: at(10), ExpiresAt: at(100)}
		stored, claimed, err := store.ClaimAnswer(t.Context(), earlier, epoch)
		require.NoError(t, err)
		require.True(t, claimed, "%s: the key is free", name)
		equal(t, earlier, stored)

		next := paylinks.Answer{Key: name, Fingerprint: c.fingerprint, Body: []byte("second"), DueAt: at(200), ExpiresAt: at(300)}
		want := earlier
		if c.want {
			want = next
			if c.keeps {
				want.Body = earlier.Body
			}
		}
		stored, claimed, err = store.ClaimAnswer(t.Context(), next, c.now)
		require.NoError(t, err)
		assert.Equal(t, c.want, claimed, name)
		equal(t, want, stored)
	}
}
