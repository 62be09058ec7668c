package paylinks_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// leavingStore is a store at which the process is told to stop as soon as work has been claimed.
type leavingStore struct {
	paylinks.Store
	leave context.CancelFunc
}

func (s leavingStore) ClaimWebhooks(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Webhook, error) {
	defer s.leave()
	return s.Store.ClaimWebhooks(ctx, now, until, limit)
}

func (s leavingStore) ClaimOperations(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Operation, error) {
	defer s.leave()
	return s.Store.ClaimOperations(ctx, now, until, limit)
}

// Work that a stop cuts short is taken up by the next process: nobody has anything to do about it.
func TestWorkThatAStopCutsShortIsNoError(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	require.NoError(t, h.deliver(link.Ref.PaymentID, "1", "good"))
	h.provider.pay(link.Ref.PaymentID)
	h.clock.Advance(3 * time.Second)
	_, err := h.Get(t.Context(), link.ID)
	require.NoError(t, err)
	h.provider.next("capture", timeout())
	_, err = h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.Equal(t, paylinks.OutcomeUnknown, asError(t, err).Outcome)
	h.clock.Advance(time.Hour)

	for name, work := range map[string]func(*paylinks.Service, context.Context) error{
		"operations": (*paylinks.Service).SettleOperations,
		"webhooks":   (*paylinks.Service).HandleWebhooks,
	} {
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		var log bytes.Buffer
		service, err := paylinks.New(leavingStore{h.store, leave}, paylinks.StaticApps{"fake-main": h.provider}, paylinks.Options{
			Now: h.clock.Now, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		require.NoError(t, work(service, ctx), name)
		require.ErrorIs(t, ctx.Err(), context.Canceled, name)
		assert.Empty(t, log.String(), name)
	}
}
