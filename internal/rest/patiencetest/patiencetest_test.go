package patiencetest_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
)

func TestAClockCountsWaits(t *testing.T) {
	t.Parallel()
	var clock patiencetest.Clock
	wait := patience.Wait(clock.Wait)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { assert.NoError(t, wait(t.Context(), time.Hour)) })
	}
	all.Wait()
	assert.Equal(t, 50*time.Hour, clock.Waited())

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, wait(ctx, time.Hour), context.Canceled)
}
