package patience_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
)

// paced is a pace whose clock its waits move.
func paced(pace *patience.Pace) (waits *[]time.Duration) {
	waits = new([]time.Duration)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	pace.Now = func() time.Time { return now }
	pace.Wait = func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		now = now.Add(d)
		return ctx.Err()
	}
	return waits
}

func refused(refusal paylinks.Refusal, wish time.Duration) error {
	return &paylinks.ProviderError{Refusal: refusal, RetryAfter: wish}
}

func TestWhatAPaceRepeats(t *testing.T) {
	t.Parallel()
	const s, m = time.Second, time.Minute
	plain := errors.New("not a provider's")
	for name, c := range map[string]struct {
		err   error
		tries int
		waits []time.Duration
	}{
		"too many":             {refused(paylinks.RefusedRate, 0), 5, []time.Duration{30 * s, m, 2 * m, 4 * m}},
		"too many, for long":   {refused(paylinks.RefusedRate, 0), 100, nil},
		"too many, and a wish": {refused(paylinks.RefusedRate, 7*s), 3, []time.Duration{7 * s, 7 * s}},
		"a wish too long":      {refused(paylinks.RefusedRate, time.Hour), 2, []time.Duration{10 * m}},
		"unreachable":          {refused(paylinks.Unreachable, 7*s), 5, []time.Duration{s, 2 * s, 4 * s, 8 * s}},
		"a single try":         {refused(paylinks.Unreachable, 0), 1, nil},
		"credentials":          {refused(paylinks.RefusedCredentials, 0), 5, nil},
		"a plain error":        {plain, 5, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pace := &patience.Pace{Tries: c.tries, RatePause: 30 * time.Second}
			waits, calls := paced(pace), 0
			err := pace.Do(t.Context(), func() error { calls++; return c.err })
			require.ErrorIs(t, err, c.err)
			assert.Len(t, *waits, calls-1)
			if c.tries == 100 {
				assert.Equal(t, 100, calls)
				assert.Equal(t, 10*time.Minute, (*waits)[98], "pauses end growing")
				return
			}
			assert.ElementsMatch(t, c.waits, *waits)
			assert.IsNonDecreasing(t, append([]time.Duration{0, 0}, *waits...))
		})
	}
}

func TestTurnsAreApart(t *testing.T) {
	t.Parallel()
	pace := &patience.Pace{Interval: 30 * time.Second, Tries: 3, RatePause: time.Minute}
	waits, calls := paced(pace), 0
	for range 3 {
		require.NoError(t, pace.Turn(t.Context(), func() error { return nil }))
	}
	assert.Equal(t, []time.Duration{30 * time.Second, 30 * time.Second}, *waits, "the first has its turn at once")

	*waits = nil
	require.NoError(t, pace.Do(t.Context(), func() error { return nil }))
	assert.Empty(t, *waits, "what needs no turn doesn't wait for one")

	require.NoError(t, pace.Turn(t.Context(), func() error {
		if calls++; calls < 3 {
			return refused(paylinks.Unreachable, 0)
		}
		return nil
	}))
	assert.Equal(t, []time.Duration{30 * time.Second, time.Second, 29 * time.Second, 2 * time.Second, 28 * time.Second}, *waits,
		"each try has a turn of its own")
}

func TestManyShareOnePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pace := &patience.Pace{Interval: time.Second, Tries: 1, Now: time.Now, Wait: patience.Sleep}
		begin := time.Now()
		var wait sync.WaitGroup
		for range 60 {
			wait.Go(func() { assert.NoError(t, pace.Turn(t.Context(), func() error { return nil })) })
		}
		wait.Wait()
		assert.Equal(t, 59*time.Second, time.Since(begin))
	})
}

func TestAPaceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	pace := &patience.Pace{Interval: time.Minute, Tries: 5, RatePause: time.Minute}
	waits, calls := paced(pace), 0
	err := pace.Turn(ctx, func() error {
		calls++
		cancel()
		return refused(paylinks.Unreachable, 0)
	})
	require.Error(t, err)
	assert.Empty(t, *waits, "nothing is waited for in vain")

	err = pace.Turn(ctx, func() error { calls++; return nil })
	require.ErrorIs(t, err, context.Canceled)
	var failure *paylinks.ProviderError
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, paylinks.Unreachable, failure.Refusal)
	assert.Equal(t, 1, calls)
}

func TestAWaitForATurnEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pace := &patience.Pace{Interval: time.Hour, Tries: 5, Now: time.Now, Wait: patience.Sleep}
		require.NoError(t, pace.Turn(t.Context(), func() error { return nil }))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := pace.Turn(ctx, func() error { t.Error("its turn hasn't come"); return nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
