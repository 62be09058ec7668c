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

func TestRefundInParts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	first, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "a", Reason: "one item back"})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusPartiallyRefunded, first.Status)
	assert.NotEmpty(t, first.RefundID)
	again, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "a"})
	require.NoError(t, err)
	assert.True(t, again.Replayed)
	again.Replayed = false
	assert.Equal(t, first, again)

	_, err = h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "100.01"})
	require.ErrorIs(t, err, paylinks.CodeAmountExceedsRemaining)

	// The same amount again under another name is another refund.
	_, err = h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "b"})
	require.NoError(t, err)
	last, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
	require.NoError(t, err)
	assert.Equal(t, "50.00", last.Amount.String())
	assert.Equal(t, "150.00", last.Refunded.String())
	assert.Equal(t, paylinks.StatusRefunded, last.Status)

	_, err = h.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotRefundable)
}

func TestRefundOfNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Refund(t.Context(), h.paid().ID, paylinks.RefundRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotRefundable)
}

func TestRefundInDispute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	h.provider.next("refund", refused(paylinks.RefusedDisputed))
	_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
	require.ErrorIs(t, err, paylinks.CodePaymentDisputed)
	_, err = h.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
	require.NoError(t, err)
}

func TestRefundKnowsWhatTheDashboardDid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) {
		s.Refunded, s.Status = s.Captured.Sub(paylinks.Zero(paylinks.SAR)), paylinks.StatusRefunded
	})
	h.clock.Advance(time.Minute)
	_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00"})
	require.ErrorIs(t, err, paylinks.CodeAmountExceedsRemaining)
	assert.Zero(t, h.provider.count("refund"))
	assert.Equal(t, paylinks.StatusRefunded, h.stored(link.ID).Status)
}

func TestRefundAgainstRefund(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			_, err := h.Refund(context.WithoutCancel(t.Context()), link.ID, paylinks.RefundRequest{Amount: "100.00"})
			if err != nil {
				assert.Contains(t, []paylinks.Code{paylinks.CodeOperationInProgress, paylinks.CodeAmountExceedsRemaining}, paylinks.CodeOf(err))
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, h.provider.effect("refund"))
	assert.Equal(t, "100.00", h.stored(link.ID).Refunded.String())
}

func TestAnUntraceableRefundEndsUnknown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) { f.without(paylinks.CanRepeatRefund, paylinks.CanTraceRefund) })
	link := h.captured()
	silent := func(s *paylinks.Snapshot) { s.Refunded, s.Refunds = paylinks.Money{}, nil }
	h.provider.set(link.Ref.PaymentID, silent)
	h.provider.next("refund", timeout())
	_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "r"})
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	h.clock.Advance(time.Hour)
	require.NoError(t, h.SettleOperations(t.Context()))
	assert.Contains(t, h.events(link.ID), paylinks.EventOperationUnknown)
	assert.Equal(t, 1, h.provider.count("refund"), "never sent again by itself")

	_, err = h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00", ReferenceID: "r"})
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout, "and not under the same name either")
	assert.Equal(t, 1, h.provider.count("refund"))
}

func TestSendIsNeverRepeatedBlindly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	result, err := h.Send(t.Context(), link.ID, paylinks.SendRequest{})
	require.NoError(t, err)
	assert.Equal(t, "+9665*****01", result.SentTo)
	assert.Equal(t, []paylinks.Phone{"+966500000001"}, h.provider.sent)

	h.provider.next("send", lost())
	for range 3 {
		_, err = h.Send(t.Context(), link.ID, paylinks.SendRequest{IdempotencyKey: "k"})
		require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	}
	assert.Equal(t, 2, h.provider.effect("send"))
	_, err = h.Send(t.Context(), link.ID, paylinks.SendRequest{IdempotencyKey: "another"})
	require.NoError(t, err, "a person may decide to send again")
}

func TestSendWhereItCanNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) { f.without(paylinks.CanSend) })
	_, err := h.Send(t.Context(), h.created().ID, paylinks.SendRequest{})
	require.ErrorIs(t, err, paylinks.CodeUnsupported)

	h = newHouse(t)
	_, err = h.Send(t.Context(), h.paid().ID, paylinks.SendRequest{})
	require.ErrorIs(t, err, paylinks.CodeAlreadyPaid)
	req := request()
	req.BuyerPhone = ""
	link, err := h.Create(t.Context(), req)
	require.NoError(t, err)
	_, err = h.Send(t.Context(), link.ID, paylinks.SendRequest{})
	require.ErrorIs(t, err, paylinks.CodeValidationFailed)
}

func TestARefundThatMayHaveHappenedCountsAsGivenBack(t *testing.T) {
	t.Parallel()
	untraceable := func(f *fakeProvider) { f.without(paylinks.CanRepeatRefund, paylinks.CanTraceRefund) }
	silent := func(s *paylinks.Snapshot) { s.Refunded, s.Refunds = paylinks.Money{}, nil }
	start := func(t *testing.T, amount string) (*house, *paylinks.Paylink) {
		t.Helper()
		h := newHouse(t, untraceable)
		link := h.captured()
		h.provider.set(link.Ref.PaymentID, silent)
		h.provider.next("refund", timeout())
		_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: amount, ReferenceID: "lost"})
		require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
		h.clock.Advance(time.Hour)
		require.NoError(t, h.SettleOperations(t.Context()))
		return h, link
	}

	t.Run("no second refund of it", func(t *testing.T) {
		t.Parallel()
		h, link := start(t, "100.00")
		for _, amount := range []string{"", "100.00", "50.01"} {
			_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: amount})
			require.ErrorIs(t, err, paylinks.CodeNotRefundable, amount)
			assert.Equal(t, "refund_outcome_unknown", asError(t, err).Reason)
		}
		assert.Equal(t, 1, h.provider.count("refund"))
		_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.00"})
		require.NoError(t, err, "the rest is certain")
	})
	t.Run("a person says that it didn't happen", func(t *testing.T) {
		t.Parallel()
		h, link := start(t, "150.00")
		require.NoError(t, h.Resolve(t.Context(), link.ID, "lost", false))
		assert.Equal(t, paylinks.StatusCaptured, h.stored(link.ID).Status)
		_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
		require.NoError(t, err)
		require.ErrorIs(t, h.Resolve(t.Context(), link.ID, "lost", true), paylinks.CodeNotFound)
	})
	t.Run("a person says that it happened", func(t *testing.T) {
		t.Parallel()
		h, link := start(t, "150.00")
		require.NoError(t, h.Resolve(t.Context(), link.ID, "lost", true))
		assert.Equal(t, paylinks.StatusRefunded, h.stored(link.ID).Status)
		result, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "150.00", ReferenceID: "lost"})
		require.NoError(t, err)
		assert.True(t, result.Replayed)
	})
}

func TestARefusedRefundIsLookedAt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) {
		s.Refunded, s.Status = s.Amount.Sub(paylinks.Zero(paylinks.SAR)), paylinks.StatusRefunded
	})
	h.provider.next("refund", refused(paylinks.RefusedRequest))
	_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "60.00"})
	require.ErrorIs(t, err, paylinks.CodeAmountExceedsRemaining)
}

func TestAPartRefundedOfWhichTheAmountIsNotTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	h.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Refunded, s.Status = paylinks.Money{}, paylinks.StatusPartiallyRefunded })
	h.clock.Advance(time.Minute)
	_, err := h.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotRefundable)
	assert.Equal(t, "refunded_amount_unknown", asError(t, err).Reason)
}
