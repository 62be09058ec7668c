package paylinks_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// deliver hands a webhook in.
func (h *house) deliver(paymentID, event, proof string) error {
	header := http.Header{}
	header.Set("X-Proof", proof)
	header.Set("X-Event", event)
	return h.HandleWebhook(h.t.Context(), "fake", "fake-main", paylinks.WebhookRequest{Header: header, Body: []byte(paymentID)})
}

// webhook hands a proven webhook in and handles it.
func (h *house) webhook(link *paylinks.Paylink, event string) {
	h.t.Helper()
	require.NoError(h.t, h.deliver(link.Ref.PaymentID, event, "good"))
	require.NoError(h.t, h.HandleWebhooks(h.t.Context()))
}

func TestAWebhookMakesTheServiceLook(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	h.webhook(link, "1")
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
}

func TestAWebhookIsHandledOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	for range 5 {
		h.webhook(link, "same")
	}
	assert.Equal(t, 1, h.provider.count("fetch"))
}

// A proof that the provider must be asked for may be given later: the webhook is to come again.
func TestAWebhookWhoseProviderCannotBeAskedComesAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	err := h.deliver(h.created().Ref.PaymentID, "1", "ask us, we're away")
	require.ErrorIs(t, err, paylinks.CodeProviderUnavailable)
	var failure *paylinks.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, time.Minute, failure.RetryAfter)
}

// One that can't be read won't be any better the next time.
func TestAProvenWebhookThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.ErrorIs(t, h.deliver(h.created().Ref.PaymentID, "1", "good, but rubbish"), paylinks.CodeValidationFailed)
}

func TestAForgedWebhookCostsNoCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	require.ErrorIs(t, h.deliver(link.Ref.PaymentID, "1", "bad"), paylinks.ErrUnproven)
	require.NoError(t, h.HandleWebhooks(t.Context()))
	assert.Zero(t, h.provider.count("fetch"))

	err := h.HandleWebhook(t.Context(), "fake", "nowhere", paylinks.WebhookRequest{})
	require.ErrorIs(t, err, paylinks.CodeOrgAppNotFound)
	err = h.HandleWebhook(t.Context(), "other", "fake-main", paylinks.WebhookRequest{})
	require.ErrorIs(t, err, paylinks.CodeOrgAppNotFound)
}

func TestAWebhookThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	h.provider.next("fetch", timeout(), timeout())
	h.webhook(link, "1")
	require.Equal(t, paylinks.StatusCreated, h.stored(link.ID).Status)
	for range 3 {
		h.clock.Advance(10 * time.Second)
		require.NoError(t, h.HandleWebhooks(t.Context()))
	}
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
}

func TestAWebhookMayComeBeforeItsLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.NoError(t, h.deliver("pay_1", "1", "good"))
	require.NoError(t, h.HandleWebhooks(t.Context()))
	link := h.created()
	require.Equal(t, "pay_1", link.Ref.PaymentID)
	h.provider.pay("pay_1")
	h.clock.Advance(5 * time.Second)
	require.NoError(t, h.HandleWebhooks(t.Context()))
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
}

func TestAWebhookOfAStrangerIsGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.NoError(t, h.deliver("pay_9", "1", "good"))
	h.clock.Advance(49 * time.Hour)
	require.NoError(t, h.HandleWebhooks(t.Context()))
	h.clock.Advance(time.Hour)
	hooks, err := h.store.ClaimWebhooks(t.Context(), h.clock.Now(), h.clock.Now(), 10)
	require.NoError(t, err)
	assert.Empty(t, hooks)
}

// oldSecret proves a webhook by the secret that an account had before.
type oldSecret struct{ *fakeProvider }

func (o oldSecret) ReceiveWebhook(ctx context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if req.Header.Get("X-Proof") != "old" {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	req.Header = req.Header.Clone()
	req.Header.Set("X-Proof", "good")
	return o.fakeProvider.ReceiveWebhook(ctx, req)
}

// oneApp is the app for every id.
type oneApp paylinks.App

func (a oneApp) App(context.Context, string) (paylinks.App, error) { return paylinks.App(a), nil }

func (a oneApp) List(context.Context) ([]paylinks.App, error) {
	return []paylinks.App{paylinks.App(a)}, nil
}

func TestAWebhookOfRetiredCredentialsIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	require.ErrorIs(t, h.deliver(link.Ref.PaymentID, "1", "old"), paylinks.ErrUnproven)

	app := oneApp{ID: "fake-main", Provider: h.provider, Retired: []paylinks.WebhookReceiver{newFakeProvider(), oldSecret{h.provider}}}
	service, err := paylinks.New(h.store, app, paylinks.Options{Now: h.clock.Now, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(service.Wait)
	h.Service = service
	require.ErrorIs(t, h.deliver(link.Ref.PaymentID, "1", "bad"), paylinks.ErrUnproven)
	require.NoError(t, h.deliver(link.Ref.PaymentID, "1", "old"))
	require.NoError(t, h.HandleWebhooks(t.Context()))
	assert.Equal(t, paylinks.StatusAuthorized, h.stored(link.ID).Status)
}
