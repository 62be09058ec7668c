package paylinks_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestCaptureTakesAllThatIsLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	result, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "till-1"})
	require.NoError(t, err)
	assert.Equal(t, "DONE", result.ProviderStatus)
	assert.Equal(t, paylinks.StatusCaptured, result.Status)
	assert.Equal(t, "150.00", result.Amount.String())
	assert.Equal(t, "till-1", result.ReferenceID)
	assert.False(t, result.AlreadyCaptured)
	assert.Equal(t, []paylinks.EventType{paylinks.EventCreated, paylinks.EventAuthorized, paylinks.EventCaptured}, h.events(link.ID))
}

func TestCaptureInParts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	first, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50.00"})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusPartiallyCaptured, first.Status)
	assert.Equal(t, "50.00", first.Captured.String())

	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "100.01"})
	require.ErrorIs(t, err, paylinks.CodeAmountExceedsRemaining)

	second, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	assert.Equal(t, "100.00", second.Amount.String())
	assert.Equal(t, "150.00", second.Captured.String())
	assert.Equal(t, paylinks.StatusCaptured, second.Status)
}

func TestCaptureLooksBeforeItRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotCapturable)
	assert.Equal(t, paylinks.StatusCreated, asError(t, err).Status)

	h.provider.pay(link.Ref.PaymentID)
	result, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, result.Status)
}

func TestAReferenceIsCapturedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	first, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50.00", ReferenceID: "one"})
	require.NoError(t, err)
	again, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50", ReferenceID: "one"})
	require.NoError(t, err)
	assert.True(t, again.Replayed)
	again.Replayed = false
	assert.Equal(t, first, again)
	assert.Equal(t, 1, h.provider.effect("capture"))

	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "60.00", ReferenceID: "one"})
	require.ErrorIs(t, err, paylinks.CodeIdempotencyMismatch)

	// The first answer stands whatever happens to the link afterwards.
	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "two"})
	require.NoError(t, err)
	again, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50.00", ReferenceID: "one"})
	require.NoError(t, err)
	again.Replayed = false
	assert.Equal(t, first, again)
}

func TestAReferenceThatFoundTheMoneyTakenSaysSoForEver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) {
		s.Status, s.ProviderStatus, s.Captured = paylinks.StatusCaptured, "DONE", s.Amount
	})
	first, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "k"})
	require.NoError(t, err)
	require.True(t, first.AlreadyCaptured)
	_, err = h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "10.00"})
	require.NoError(t, err)

	again, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "k"})
	require.NoError(t, err)
	assert.True(t, again.Replayed)
	again.Replayed = false
	assert.Equal(t, first, again)
	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "k", Amount: "20.00"})
	require.ErrorIs(t, err, paylinks.CodeIdempotencyMismatch)
	assert.Zero(t, h.provider.count("capture"))
}

func TestALinkThatIsBeingMadeCanNotBeCaptured(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.next("create", lost())
	_, err := h.Create(t.Context(), request())
	_, err = h.Capture(t.Context(), asError(t, err).PaylinkID, paylinks.CaptureRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotCapturable)
	assert.Equal(t, paylinks.StatusCreating, asError(t, err).Status)
	assert.Zero(t, h.provider.count("fetch"))
}

func TestAnIdempotencyKeyIsAReferenceToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	for range 2 {
		_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "50.00", IdempotencyKey: "k"})
		require.NoError(t, err)
	}
	assert.Equal(t, 1, h.provider.effect("capture"))
}

func TestAProviderThatCapturesByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) {
		s.Status, s.ProviderStatus, s.Captured = paylinks.StatusCaptured, "DONE", s.Amount
	})
	for range 2 {
		result, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
		require.NoError(t, err)
		assert.True(t, result.AlreadyCaptured)
		assert.Equal(t, "150.00", result.Captured.String())
		assert.Equal(t, "DONE", result.ProviderStatus)
	}
	assert.Zero(t, h.provider.count("capture"))
}

func TestALostCaptureIsFoundByLooking(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	h.provider.next("capture", lost())
	result, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, result.Status)
	assert.Equal(t, 1, h.provider.count("capture"))
}

func TestARefusedCaptureIsLookedAt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.ProviderStatus = paylinks.StatusCancelled, "GONE" })
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	e := asError(t, err)
	assert.Equal(t, paylinks.CodeNotCapturable, e.Code)
	assert.Equal(t, paylinks.StatusCancelled, e.Status)
	assert.Equal(t, paylinks.StatusCancelled, h.stored(link.ID).Status)
}

func TestAnUnknownCaptureSettlesItself(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		met    fault
		calls  int
		status paylinks.Status
	}{
		"it had happened":     {lost(), 1, paylinks.StatusCaptured},
		"it had not happened": {timeout(), 2, paylinks.StatusCaptured},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			link := h.paid()
			h.provider.next("capture", test.met)
			h.provider.next("fetch", timeout())
			_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "r"})
			e := asError(t, err)
			require.Equal(t, paylinks.CodeProviderTimeout, e.Code)
			require.Equal(t, paylinks.OutcomeUnknown, e.Outcome)

			h.clock.Advance(5 * time.Second)
			require.NoError(t, h.SettleOperations(t.Context()))
			assert.Equal(t, test.status, h.stored(link.ID).Status)
			assert.Equal(t, test.calls, h.provider.count("capture"))
			assert.Equal(t, 1, h.provider.effect("capture"))

			result, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "r"})
			require.NoError(t, err)
			assert.Equal(t, "150.00", result.Amount.String())
		})
	}
}

func TestACallerWithAnUnknownReferenceSettlesItByAskingAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	h.provider.next("capture", lost())
	h.provider.next("fetch", timeout())
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "r"})
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	result, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "r"})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, result.Status)
	assert.Equal(t, 1, h.provider.effect("capture"))
}

func TestAnUnrepeatableCaptureIsNeverSentTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) {
		f.without(paylinks.CanRepeatCapture, paylinks.CanTraceCapture)
	})
	link := h.paid()
	h.provider.next("capture", timeout())
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	h.clock.Advance(5 * time.Second)
	require.NoError(t, h.SettleOperations(t.Context()))
	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout, "its effect may still show")
	h.clock.Advance(5 * time.Minute)
	require.NoError(t, h.SettleOperations(t.Context()))
	assert.Equal(t, 1, h.provider.count("capture"))
	assert.Contains(t, h.events(link.ID), paylinks.EventOperationFailed)

	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err, "what has not happened may be asked for again")
}

func TestManyCapturesAtOnceTakeTheMoneyOnce(t *testing.T) {
	t.Parallel()
	for name, reference := range map[string]func(int) string{
		"one key":   func(int) string { return "same" },
		"many keys": func(i int) string { return fmt.Sprintf("key-%d", i) },
		"no keys":   func(int) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			link := h.paid()
			var wg sync.WaitGroup
			errs := make([]error, 64)
			results := make([]*paylinks.CaptureResult, 64)
			for i := range errs {
				wg.Go(func() {
					results[i], errs[i] = h.Capture(context.WithoutCancel(t.Context()), link.ID, paylinks.CaptureRequest{ReferenceID: reference(i)})
				})
			}
			wg.Wait()
			succeeded := 0
			for i, err := range errs {
				if err == nil {
					succeeded++
					if name == "one key" {
						assert.False(t, results[i].AlreadyCaptured, "under one key everybody gets the first answer")
					}
					continue
				}
				require.Contains(t, []paylinks.Code{paylinks.CodeOperationInProgress, paylinks.CodeIdempotencyInProgress}, paylinks.CodeOf(err))
			}
			assert.Positive(t, succeeded)
			assert.Equal(t, 1, h.provider.effect("capture"))
			assert.Equal(t, "150.00", h.stored(link.ID).Captured.String())
		})
	}
}

func TestCaptureAgainstCancel(t *testing.T) {
	t.Parallel()
	for range 20 {
		h := newHouse(t)
		link := h.paid()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := h.Capture(context.WithoutCancel(t.Context()), link.ID, paylinks.CaptureRequest{})
			if err != nil {
				assert.Contains(t, []paylinks.Code{paylinks.CodeOperationInProgress, paylinks.CodeNotCapturable}, paylinks.CodeOf(err))
			}
		})
		wg.Go(func() {
			_, err := h.Cancel(context.WithoutCancel(t.Context()), link.ID)
			if err != nil {
				assert.Contains(t, []paylinks.Code{paylinks.CodeOperationInProgress, paylinks.CodeAlreadyCaptured}, paylinks.CodeOf(err))
			}
		})
		wg.Wait()
		assert.Equal(t, 1, h.provider.effect("capture")+h.provider.effect("cancel"))
	}
}

func TestPartialCaptureWhereTheProviderHasNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) { f.without(paylinks.CanCapturePartly) })
	link := h.paid()
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "1.00"})
	require.ErrorIs(t, err, paylinks.CodePartialNotSupported)
}

func TestCaptureGoesToItsEndWithoutItsCaller(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.paid()
	block := make(chan struct{})
	h.provider.next("capture", fault{block: block})
	ctx, hangUp := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := h.Capture(ctx, link.ID, paylinks.CaptureRequest{})
		done <- err
	}()
	require.Eventually(t, func() bool { return h.provider.count("capture") == 1 }, soon, time.Millisecond)
	hangUp()
	close(block)
	require.NoError(t, <-done)
	assert.Equal(t, paylinks.StatusCaptured, h.stored(link.ID).Status)
}

// Only the operation that is in doubt has an unknown outcome. Another one behind it hasn't been sent.
func TestWhoStandsBehindAnUnknownOutcomeIsToldSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) { f.without(paylinks.CanRepeatCapture, paylinks.CanTraceCapture) })
	link := h.paid()
	capture := func(req paylinks.CaptureRequest) *paylinks.Error {
		h.provider.next("capture", timeout())
		h.provider.next("fetch", timeout(), timeout())
		_, err := h.Capture(t.Context(), link.ID, req)
		return asError(t, err)
	}
	first := paylinks.CaptureRequest{Amount: "100.00", ReferenceID: "a"}
	require.Equal(t, paylinks.CodeProviderTimeout, capture(first).Code)
	for name, req := range map[string]paylinks.CaptureRequest{
		"another name": {Amount: "50.00", ReferenceID: "b"}, "a key": {Amount: "100.00", IdempotencyKey: "k"}, "no name": {Amount: "100.00"},
	} {
		behind := capture(req)
		assert.Equal(t, paylinks.CodeOperationInProgress, behind.Code, name)
		assert.Equal(t, paylinks.NotApplied, behind.Outcome, name)
		assert.Positive(t, behind.RetryAfter, name)
	}
	again := capture(first)
	assert.Equal(t, paylinks.CodeProviderTimeout, again.Code)
	assert.Equal(t, paylinks.OutcomeUnknown, again.Outcome)
	assert.Equal(t, 1, h.provider.count("capture"))
}

func TestACallWithoutANameThatIsRepeatedIsStillInDoubt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) { f.without(paylinks.CanRepeatCapture, paylinks.CanTraceCapture) })
	link := h.paid()
	for amount, code := range map[string]paylinks.Code{"100.00": paylinks.CodeProviderTimeout, "50.00": paylinks.CodeOperationInProgress} {
		h.provider.next("capture", timeout())
		h.provider.next("fetch", timeout(), timeout(), timeout(), timeout())
		if h.provider.count("capture") == 0 {
			_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: "100.00"})
			require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
		}
		_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{Amount: amount})
		require.ErrorIs(t, err, code)
	}
}
