package patience_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
)

// repeat makes a call that fails with each of these errors in turn, for ever with the last one, nil for success.
func repeat(ctx context.Context, fails ...error) (waits []time.Duration, calls int, err error) {
	wait := func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		return ctx.Err()
	}
	answer, err := patience.Repeat(ctx, wait, func() (string, error) {
		calls++
		err := fails[min(calls, len(fails))-1]
		if err != nil {
			return "of no use", err
		}
		return "answer", nil
	})
	if (err == nil) != (answer == "answer") || (err != nil && answer != "") {
		return waits, calls, errors.Join(err, errors.New("the answer goes with the error"))
	}
	return waits, calls, err
}

func TestWhatPassesIsRepeated(t *testing.T) {
	t.Parallel()
	lost := errors.New("no answer")
	unread := &apiError{Failure: rest.Failure{Status: http.StatusOK, Err: errors.New("no JSON")}}
	for name, c := range map[string]struct {
		err   error
		calls int
	}{
		"a success":         {nil, 1},
		"refused":           {failed(http.StatusBadRequest, 0), 1},
		"refused, a wish":   {failed(http.StatusForbidden, time.Second), 1},
		"cancelled":         {context.Canceled, 1},
		"no answer":         {lost, 3},
		"no answer in time": {context.DeadlineExceeded, 3},
		"an odd answer":     {unread, 3},
		"unavailable":       {failed(http.StatusServiceUnavailable, 0), 3},
		"too many":          {failed(http.StatusTooManyRequests, 0), 9},
		"a long wish":       {failed(http.StatusTooManyRequests, 5*time.Minute), 9},
		"too long a wish":   {failed(http.StatusTooManyRequests, 5*time.Minute+time.Second), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			waits, calls, err := repeat(t.Context(), c.err)
			require.ErrorIs(t, err, c.err)
			assert.Equal(t, c.calls, calls)
			assert.Len(t, waits, c.calls-1)
		})
	}
}

func TestARepeatedCallMaySucceed(t *testing.T) {
	t.Parallel()
	busy, down := failed(http.StatusTooManyRequests, 0), failed(http.StatusBadGateway, 0)
	_, calls, err := repeat(t.Context(), down, busy, busy, busy, busy, busy, down, busy, busy, nil)
	require.NoError(t, err, "too many calls and failures are counted apart")
	assert.Equal(t, 10, calls)
}

func TestWaitsDoubleUnlessTheProviderWishes(t *testing.T) {
	t.Parallel()
	for status, first := range map[int]time.Duration{
		http.StatusTooManyRequests: time.Second, http.StatusBadGateway: 200 * time.Millisecond,
	} {
		waits, _, err := repeat(t.Context(), failed(status, 0))
		require.Error(t, err)
		for i, wait := range waits {
			ceiling := first << i
			assert.GreaterOrEqual(t, wait, ceiling/2)
			assert.LessOrEqual(t, wait, ceiling)
		}
		waits, _, err = repeat(t.Context(), failed(status, 45*time.Second))
		require.Error(t, err)
		for _, wait := range waits {
			assert.Equal(t, 45*time.Second, wait)
		}
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	busy := failed(http.StatusTooManyRequests, 0)
	_, calls, err := repeat(ctx, busy)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, busy, "what it waited for is told too")
	assert.Equal(t, 1, calls)
}
