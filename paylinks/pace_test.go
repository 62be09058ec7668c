package paylinks

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAppWhoseProviderIsAwayRests(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.May, 4, 9, 0, 0, 0, time.UTC)
	var all paces
	app := all.of("app")
	fail := func(times int) {
		for range times {
			app.learn(context.DeadlineExceeded, now)
		}
	}
	fail(perApp - 1)
	assert.Empty(t, all.busy(now), "a few failures are no outage")
	fail(1)
	assert.Equal(t, []string{"app"}, all.busy(now))
	assert.Empty(t, all.busy(now.Add(time.Second)), "it's tried again")
	fail(perApp)
	assert.Equal(t, []string{"app"}, all.busy(now.Add(time.Second)), "later and later")
	fail(1000 * perApp)
	assert.Equal(t, []string{"app"}, all.busy(now.Add(longestRest-time.Second)))
	assert.Empty(t, all.busy(now.Add(longestRest)), "its return is seen soon")
	app.learn(nil, now)
	assert.Empty(t, all.busy(now), "it's back")
}

func TestAnAppRestsAsLongAsItsProviderWants(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.May, 4, 9, 0, 0, 0, time.UTC)
	var all paces
	all.of("app").learn(&ProviderError{Refusal: RefusedRate, RetryAfter: 7 * time.Second}, now)
	assert.Equal(t, []string{"app"}, all.busy(now.Add(6*time.Second)))
	assert.Empty(t, all.busy(now.Add(7*time.Second)))
}

func TestARefusalOfOnePaymentIsNoOutage(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var all paces
	for range 10 * perApp {
		all.of("app").learn(&ProviderError{Refusal: RefusedNotFound}, now)
	}
	assert.Empty(t, all.busy(now))
}

func TestABellTellsOfRoomForMore(t *testing.T) {
	t.Parallel()
	all := paces{bell: make(chan struct{}, 1)}
	app := all.of("app")
	for range enoughWaiting + 1 {
		app.expect()
	}
	app.begin()()
	assert.Empty(t, all.bell, "there's still enough")
	app.begin()()
	assert.Len(t, all.bell, 1)
}

func TestNoMoreIsClaimedForAnAppThatHasEnoughToDo(t *testing.T) {
	t.Parallel()
	var all paces
	slow, other := all.of("slow"), all.of("other")
	for range enoughWaiting {
		slow.expect()
	}
	other.expect()
	require.Equal(t, []string{"slow"}, all.busy(time.Now()))
	slow.begin()()
	assert.Empty(t, all.busy(time.Now()))
}

func TestTheWaitForAProviderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	app := (&paces{}).of("app")
	require.NoError(t, app.wait(ctx, Info{RateLimit: 1}))
	cancel()
	require.ErrorIs(t, app.wait(ctx, Info{RateLimit: 1}), context.Canceled)
}
