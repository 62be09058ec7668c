package paylinks_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestGetAsksTheProviderOnlyWhenThatCanChangeAnything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	get := func() *paylinks.Paylink {
		got, err := h.Get(t.Context(), link.ID)
		require.NoError(t, err)
		return got
	}
	get()
	assert.Zero(t, h.provider.count("fetch"), "fresh from its creation")
	h.clock.Advance(2 * time.Second)
	get()
	get()
	assert.Equal(t, 1, h.provider.count("fetch"))

	h.provider.pay(link.Ref.PaymentID)
	h.clock.Advance(2 * time.Second)
	assert.Equal(t, paylinks.StatusAuthorized, get().Status)

	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.Refunded = paylinks.StatusRefunded, s.Captured })
	assert.Equal(t, paylinks.StatusCaptured, get().Status)
	h.clock.Advance(2 * time.Second)
	assert.Equal(t, paylinks.StatusRefunded, get().Status, "a refund at the dashboard shows")
	before := h.provider.count("fetch")
	h.clock.Advance(time.Hour)
	get()
	assert.Equal(t, before, h.provider.count("fetch"), "a refunded link is final")
}

func TestGetOfAnEndedLinkCostsNoCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	_, err := h.Cancel(t.Context(), link.ID)
	require.NoError(t, err)
	before := h.provider.count("fetch")
	h.clock.Advance(100 * time.Hour)
	got, err := h.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCancelled, got.Status)
	assert.Equal(t, before, h.provider.count("fetch"))
}

func TestGetAnswersWhatIsStoredWhenTheProviderFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.clock.Advance(time.Minute)
	h.provider.next("fetch", timeout())
	for range 5 {
		got, err := h.Get(t.Context(), link.ID)
		require.NoError(t, err)
		assert.True(t, got.Stale)
		assert.Equal(t, link.RefreshedAt, got.RefreshedAt)
	}
	assert.Equal(t, 1, h.provider.count("fetch"), "a provider that has just failed is left alone for a moment")
	h.clock.Advance(2 * time.Second)
	got, err := h.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.False(t, got.Stale)
}

func TestGetDoesNotWaitForASlowProvider(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service, err := paylinks.New(h.store, paylinks.StaticApps{"fake-main": h.provider}, paylinks.Options{Now: h.clock.Now, RefreshTimeout: time.Millisecond})
	require.NoError(t, err)
	link := h.created()
	h.clock.Advance(time.Minute)
	block := make(chan struct{})
	h.provider.next("fetch", fault{block: block})
	got, err := service.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.True(t, got.Stale)

	// The call goes on, and whoever asks next has its result.
	h.provider.pay(link.Ref.PaymentID)
	close(block)
	service.Wait()
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
}

func TestManyGetsMakeOneCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.clock.Advance(time.Minute)
	block := make(chan struct{})
	h.provider.next("fetch", fault{block: block})
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			_, err := h.Get(context.WithoutCancel(t.Context()), link.ID)
			assert.NoError(t, err)
		})
	}
	require.Eventually(t, func() bool { return h.provider.count("fetch") == 1 }, soon, time.Millisecond)
	close(block)
	wg.Wait()
	assert.Equal(t, 1, h.provider.count("fetch"))
}

func TestAnotherAmountAtTheProviderIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	other, err := paylinks.ParseMoney("1.00", paylinks.SAR)
	require.NoError(t, err)
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.Amount = paylinks.StatusAuthorized, other })
	for range 3 {
		h.clock.Advance(time.Minute)
		got, err := h.Get(t.Context(), link.ID)
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCreated, got.Status)
	}
	assert.Equal(t, []paylinks.EventType{paylinks.EventCreated, paylinks.EventAmountMismatch}, h.events(link.ID))
}

func TestAnUnknownWordKeepsTheState(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.ProviderStatus = paylinks.StatusUnknown, "MOON" })
	h.clock.Advance(time.Minute)
	got, err := h.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusAuthorized, got.Status)
	assert.Equal(t, "MOON", got.ProviderStatus)
}

func TestALinkThatNobodyPaysExpires(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	for range 44 {
		h.clock.Advance(time.Minute)
		require.NoError(t, h.CheckLinks(t.Context()))
		require.Equal(t, paylinks.StatusCreated, h.stored(link.ID).Status, "while a payment can still show")
	}
	h.clock.Advance(3 * time.Minute)
	h.provider.next("fetch", timeout())
	require.NoError(t, h.CheckLinks(t.Context()))
	require.Equal(t, paylinks.StatusCreated, h.stored(link.ID).Status, "never without a look")
	h.clock.Advance(3 * time.Minute)
	require.NoError(t, h.CheckLinks(t.Context()))
	assert.Equal(t, paylinks.StatusExpired, h.stored(link.ID).Status)
	assert.True(t, h.stored(link.ID).NextCheckAt.IsZero())
}

func TestPaidAfterExpiryIsNotHidden(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.clock.Advance(time.Hour)
	require.NoError(t, h.CheckLinks(t.Context()))
	require.Equal(t, paylinks.StatusExpired, h.stored(link.ID).Status)
	h.provider.pay(link.Ref.PaymentID)
	h.webhook(link, "late")
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
	assert.Contains(t, h.events(link.ID), paylinks.EventPaidAfterEnd)
}

func TestLinksAreCheckedLessOftenWithAge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.created()
	before := 0
	for _, span := range []struct {
		minutes int
		most    int
	}{{3, 91}, {12, 49}, {29, 16}, {60, 1}} {
		for range span.minutes * 60 {
			h.clock.Advance(time.Second)
			require.NoError(t, h.CheckLinks(t.Context()))
		}
		calls := h.provider.count("fetch") - before
		before += calls
		assert.LessOrEqual(t, calls, span.most)
		assert.GreaterOrEqual(t, calls, span.most/2)
	}
}
