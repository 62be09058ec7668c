package paylinks_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// hintingGateway is a gateway with webhooks, proven by a header.
type hintingGateway struct{ *walkedGateway }

func (g hintingGateway) Info() paylinks.Info {
	info := g.walkedGateway.Info()
	info.Capabilities = []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook}
	return info
}

func (g hintingGateway) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if req.Header.Get("X-Proof") != "good" {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	return paylinks.Notification{Type: "payment.paid", DedupKey: "1"}, nil
}

func TestAGatewaysWebhookHasItsPaymentsRead(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	service, err := paylinks.New(b.store, paylinks.StaticApps{"gate-main": hintingGateway{b.gateway}}, paylinks.Options{Now: b.clock.Now, Logger: quiet()})
	require.NoError(t, err)
	deliver := func(proof string) error {
		return service.HandleWebhook(t.Context(), "gate", "gate-main", paylinks.WebhookRequest{Header: http.Header{"X-Proof": {proof}}})
	}
	require.ErrorIs(t, deliver("bad"), paylinks.ErrUnproven)
	for range 50 {
		require.NoError(t, deliver("good"))
	}
	require.NoError(t, service.RunSyncs(t.Context()))
	assert.Empty(t, b.gateway.queries, "news come in bursts: the walk waits for the end of this one")
	b.clock.Advance(time.Minute)
	require.NoError(t, service.RunSyncs(t.Context()))
	assert.Len(t, b.gateway.queries, 1)
	page, err := service.ListPayments(t.Context(), paylinks.ListPaymentsRequest{})
	require.NoError(t, err)
	assert.Len(t, page.Payments, 3)
}

func TestSyncsByTheClock(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	service, err := paylinks.New(b.store, paylinks.StaticApps{"gate-main": b.gateway, "fake-main": newFakeProvider()},
		paylinks.Options{Now: b.clock.Now, Logger: quiet(), SyncInterval: time.Hour})
	require.NoError(t, err)
	for range 5 * 60 {
		require.NoError(t, service.ScheduleSyncs(t.Context()))
		require.NoError(t, service.RunSyncs(t.Context()))
		b.clock.Advance(time.Minute)
	}
	assert.Len(t, b.gateway.queries, 5)

	never := newBooks(t, 3)
	require.NoError(t, never.ScheduleSyncs(t.Context()))
	require.NoError(t, never.RunSyncs(t.Context()))
	assert.Empty(t, never.gateway.queries)
}
