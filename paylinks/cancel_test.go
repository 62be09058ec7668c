package paylinks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestCancelAnUnpaidLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	for range 2 {
		result, err := h.Cancel(t.Context(), link.ID)
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCancelled, result.Status)
		assert.False(t, result.CancelledHere)
	}
	assert.Equal(t, 1, h.provider.count("cancel"))
}

// Providers call a link that was cancelled expired, too. Whoever looks first after a cancellation whose answer got lost, it's cancelled.
func TestALinkWhoseCancellationGotLostIsCancelled(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(h *house, id string) error{
		"a caller looks first": func(h *house, id string) error { _, err := h.Get(h.t.Context(), id); return err },
		"a webhook comes first": func(h *house, id string) error {
			h.webhook(h.stored(id), "1")
			return nil
		},
		"the caller repeats it": func(h *house, id string) error { _, err := h.Cancel(h.t.Context(), id); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			link := h.created()
			h.provider.next("cancel", timeout())
			_, err := h.Cancel(t.Context(), link.ID)
			require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
			h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.ProviderStatus = paylinks.StatusExpired, "EXPIRED" })
			h.clock.Advance(3 * time.Second)
			require.NoError(t, look(h, link.ID))
			assert.Equal(t, paylinks.StatusCancelled, h.stored(link.ID).Status)
		})
	}
}

func TestCancelOfALinkPaidMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	_, err := h.Cancel(t.Context(), link.ID)
	e := asError(t, err)
	require.Equal(t, paylinks.CodeAlreadyPaid, e.Code)
	assert.Equal(t, paylinks.StatusAuthorized, e.Status)
	assert.Zero(t, h.provider.count("cancel"))

	result, err := h.Cancel(t.Context(), link.ID)
	require.NoError(t, err, "the caller knows now: this voids")
	assert.Equal(t, paylinks.StatusCancelled, result.Status)
}

// What others have learnt of a link since isn't what the caller of a repeated request knows.
func TestACancelVoidsOnlyAPaymentThatItsCallerKnows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	_, err := h.Get(t.Context(), link.ID)
	require.NoError(t, err)
	for range 2 {
		_, err = h.CancelKnown(t.Context(), link.ID, paylinks.StatusCreated)
		require.ErrorIs(t, err, paylinks.CodeAlreadyPaid)
	}
	assert.Zero(t, h.provider.count("cancel"))
	known, err := h.KnownStatus(t.Context(), link.ID)
	require.NoError(t, err)
	require.Equal(t, paylinks.StatusAuthorized, known)
	result, err := h.CancelKnown(t.Context(), link.ID, known)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCancelled, result.Status)

	_, err = h.CancelKnown(t.Context(), "missing", paylinks.StatusCreated)
	require.ErrorIs(t, err, paylinks.CodePaylinkNotFound)
	_, err = h.KnownStatus(t.Context(), "missing")
	require.ErrorIs(t, err, paylinks.CodePaylinkNotFound)
}

func TestCancelOfALinkPaidBetweenLookAndCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	block := make(chan struct{})
	h.provider.next("cancel", fault{block: block})
	done := make(chan error, 1)
	go func() {
		_, err := h.Cancel(t.Context(), link.ID)
		done <- err
	}()
	require.Eventually(t, func() bool { return h.provider.count("cancel") == 1 }, soon, time.Millisecond)
	h.provider.pay(link.Ref.PaymentID)
	close(block)
	require.ErrorIs(t, <-done, paylinks.CodeAlreadyPaid)
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
}

func TestCancelOfACapturedLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	_, err := h.Cancel(t.Context(), link.ID)
	require.ErrorIs(t, err, paylinks.CodeAlreadyCaptured)
}

func TestCancelReleasesTheRestOfAPartlyCapturedLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50.00"})
	require.NoError(t, err)
	result, err := h.Cancel(t.Context(), link.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, result.Status)
	assert.Equal(t, "50.00", h.stored(link.ID).Captured.String())
}

func TestCancelOfAnEndedLinkSaysHowItEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status = paylinks.StatusExpired })
	result, err := h.Cancel(t.Context(), link.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusExpired, result.Status)
	assert.Zero(t, h.provider.count("cancel"))
}

func TestCancelWhereTheProviderHasNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) { f.without(paylinks.CanCancel) })
	link := h.created()
	result, err := h.Cancel(t.Context(), link.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCancelled, result.Status)
	assert.True(t, result.CancelledHere)

	// It's still watched, and being paid after all isn't hidden.
	h.provider.pay(link.Ref.PaymentID)
	h.clock.Advance(3 * time.Minute)
	require.NoError(t, h.CheckLinks(t.Context()))
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
	assert.Equal(t, []paylinks.EventType{
		paylinks.EventCreated, paylinks.EventCancelled, paylinks.EventAuthorized, paylinks.EventPaidAfterEnd,
	}, h.events(link.ID))
}

func TestALostCancelSettlesItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.next("fetch", fault{}, timeout())
	h.provider.next("cancel", lost())
	_, err := h.Cancel(t.Context(), link.ID)
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	h.clock.Advance(5 * time.Second)
	require.NoError(t, h.SettleOperations(t.Context()))
	assert.Equal(t, paylinks.StatusCancelled, h.stored(link.ID).Status)
	assert.Equal(t, 1, h.provider.effect("cancel"))
}

func TestALostCancelIsCancelledWhateverTheProviderCallsIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.next("cancel", lost())
	h.provider.next("fetch", fault{})
	expired := make(chan struct{})
	h.provider.next("fetch", fault{block: expired})
	done := make(chan *paylinks.CancelResult, 1)
	go func() {
		result, err := h.Cancel(t.Context(), link.ID)
		assert.NoError(t, err)
		done <- result
	}()
	require.Eventually(t, func() bool { return h.provider.count("fetch") == 2 }, soon, time.Millisecond)
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.ProviderStatus = paylinks.StatusExpired, "EXPIRED" })
	close(expired)
	assert.Equal(t, paylinks.StatusCancelled, (<-done).Status)
}

func TestARestThatTheProviderDoesNotReleaseIsToldAsCaptured(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50.00"})
	require.NoError(t, err)
	h.provider.next("cancel", refused(paylinks.RefusedState))
	_, err = h.Cancel(t.Context(), link.ID)
	require.ErrorIs(t, err, paylinks.CodeAlreadyCaptured)
}
