package paylinks_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// personal is a request in which everything about the buyer can be found again by these words.
func personal() (req paylinks.CreateRequest, words []string) {
	req = request()
	req.OrderID = "POS-keeps"
	req.BuyerName, req.BuyerEmail, req.BuyerPhone, req.PhoneNumber = "Nourah-Alpha", "bravo@example.test", "0512345671", "0512345672"
	req.Description = "charlie gift"
	req.Items = []paylinks.ItemRequest{{
		Name: "delta ring", Quantity: 2, UnitPrice: "75.00", SKU: "echo-sku", Category: "foxtrot things",
		ImageURL: "https://shop.example/golf.png", ProductURL: "https://shop.example/hotel",
	}}
	req.Metadata = map[string]string{"table": "india-7"}
	return req, []string{
		"Nourah-Alpha", "bravo@example.test", "512345671", "512345672", "charlie gift", "delta ring", "echo-sku", "foxtrot", "golf.png", "shop.example/hotel", "india-7",
	}
}

func TestForgetErasesTheBuyerAndKeepsTheBooks(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{})
	req, _ := personal()
	link, err := p.Create(t.Context(), req)
	require.NoError(t, err)
	p.provider.pay(link.Ref.PaymentID)
	p.clock.Advance(3 * time.Second)
	_, err = p.Get(t.Context(), link.ID)
	require.NoError(t, err)
	_, err = p.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "cap-1"})
	require.NoError(t, err)
	before := p.stored(link.ID)
	events, err := p.Events(t.Context(), link.ID, 0, 10)
	require.NoError(t, err)
	require.Contains(t, string(events[0].Data), "india-7")

	for range 2 { // the second time there's nothing left, and that is no error
		require.NoError(t, p.Forget(t.Context(), link.ID))
		got := p.stored(link.ID)
		assert.Empty(t, got.Buyer)
		assert.Empty(t, got.SendTo)
		assert.Empty(t, got.Description)
		assert.Empty(t, got.Metadata)
		assert.Empty(t, got.Options)
		require.Len(t, got.Items, 1)
		assert.Empty(t, got.Items[0].Name+got.Items[0].SKU+got.Items[0].Category+got.Items[0].ImageURL+got.Items[0].ProductURL)

		assert.EqualValues(t, 2, got.Items[0].Quantity)
		assert.Equal(t, "75.00", got.Items[0].UnitPrice.String())
		assert.Equal(t, before.Amount, got.Amount)
		assert.Equal(t, before.Captured, got.Captured)
		assert.Equal(t, before.Status, got.Status)
		assert.Equal(t, before.Ref, got.Ref)
		assert.Equal(t, before.OrderID, got.OrderID)
		assert.Equal(t, before.CheckoutURL, got.CheckoutURL)
		assert.Equal(t, []paylinks.EventType{paylinks.EventCreated, paylinks.EventAuthorized, paylinks.EventCaptured}, p.events(link.ID))
		events, err := p.Events(t.Context(), link.ID, 0, 10)
		require.NoError(t, err)
		for _, event := range events {
			assert.NotContains(t, string(event.Data), "metadata")
			assert.Contains(t, string(event.Data), `"amount":"150.00"`)
		}
	}
	for _, m := range p.deliverAll() {
		assert.NotContains(t, string(m.body), "india-7", "what wasn't told before isn't told any more")
	}
	result, err := p.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "10.00"})
	require.NoError(t, err, "a forgotten buyer can still be given the money back")
	assert.Equal(t, paylinks.StatusPartiallyRefunded, result.Status)
	again, err := p.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "cap-1"})
	require.NoError(t, err)
	assert.Equal(t, "150.00", again.Amount.String(), "the history answers as before")
}

func TestALinkThatIsStillNeededIsNotForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, link := range map[string]*paylinks.Paylink{"created": h.created(), "authorized": h.paid()} {
		err := h.Forget(t.Context(), link.ID)
		require.ErrorIs(t, err, paylinks.CodeUnsupported, name)
		assert.Equal(t, link.Status, asError(t, err).Status)
		assert.NotEmpty(t, h.stored(link.ID).Buyer, name)
	}

	refunding := h.captured()
	h.provider.without(paylinks.CanRepeatRefund)
	h.provider.next("refund", timeout())
	_, err := h.Refund(t.Context(), refunding.ID, paylinks.RefundRequest{})
	require.Error(t, err)
	require.ErrorIs(t, h.Forget(t.Context(), refunding.ID), paylinks.CodeOperationInProgress)

	require.ErrorIs(t, h.Forget(t.Context(), "none"), paylinks.CodePaylinkNotFound)
	stranger := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "c", OrgApps: []string{"fake-other"}})
	require.ErrorIs(t, h.Forget(stranger, refunding.ID), paylinks.CodePaylinkNotFound)
}

// A write between Forget's look and its own isn't lost, and doesn't bring the buyer back.
func TestForgetDecidesAnewWhereTheLinkHasChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.captured()
	meddled := false
	store := meddling{h.store.(everything), func(ctx context.Context, change paylinks.Change) error {
		if change.Forget == "" || meddled {
			return nil
		}
		meddled = true
		other := h.stored(link.ID)
		other.ProviderStatus = "MEANWHILE"
		return h.store.Write(ctx, paylinks.Change{Update: other})
	}}
	service, err := paylinks.New(store, paylinks.StaticApps{"fake-main": h.provider}, paylinks.Options{Now: h.clock.Now, Logger: quiet()})
	require.NoError(t, err)
	require.NoError(t, service.Forget(t.Context(), link.ID))
	require.True(t, meddled)
	got := h.stored(link.ID)
	assert.Equal(t, "MEANWHILE", got.ProviderStatus)
	assert.Empty(t, got.Buyer)
}

// meddling does something before each write.
type meddling struct {
	everything
	before func(context.Context, paylinks.Change) error
}

func (m meddling) Write(ctx context.Context, change paylinks.Change) error {
	return errors.Join(m.before(ctx, change), m.everything.Write(ctx, change))
}

// The promise about the disk: once the store is closed, no file of it has a word of the buyer.
func TestWhatIsForgottenIsGoneFromTheDisk(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "paylinks.db")
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	provider, clock := newFakeProvider(), newClock()
	service, err := paylinks.New(store, paylinks.StaticApps{"fake-main": provider}, paylinks.Options{
		Now: clock.Now, Logger: slog.New(slog.DiscardHandler), SigningKey: rootKey,
	})
	require.NoError(t, err)
	_, err = service.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: hookURL})
	require.NoError(t, err)
	req, words := personal()
	var links []string
	for range 30 {
		req.Description += " and more of it" // rows of many sizes, some of which change their page
		link, err := service.Create(t.Context(), req)
		require.NoError(t, err)
		_, err = service.Cancel(t.Context(), link.ID)
		require.NoError(t, err)
		links = append(links, link.ID)
	}
	require.NotEmpty(t, found(t, folder, words), "the search finds what is there")
	for _, id := range links {
		require.NoError(t, service.Forget(t.Context(), id))
	}
	require.NoError(t, store.Close())
	assert.Empty(t, found(t, folder, words))
	assert.NotEmpty(t, found(t, folder, []string{"POS-keeps"}))
}

// found is the words that files of a folder have.
func found(t *testing.T, folder string, words []string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var seen []string
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		require.NoError(t, err)
		for _, word := range words {
			if bytes.Contains(content, []byte(word)) {
				seen = append(seen, entry.Name()+": "+word)
			}
		}
	}
	return seen
}

func TestForgetErasesTheBuyerFromTheOrderToo(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	first := m.ordered("one", "two").Paylink
	orders := m.store.OrderStore
	order, err := orders.Order(t.Context(), first.OrderRef)
	require.NoError(t, err)
	require.NotEmpty(t, order.Buyer.Phone)

	_, err = m.Cancel(t.Context(), first.ID)
	require.NoError(t, err)
	require.ErrorIs(t, m.Forget(t.Context(), first.ID), paylinks.CodeUnsupported, "until the order knows, its link counts as open")
	require.NoError(t, m.FollowOrders(t.Context()))
	require.NoError(t, m.Forget(t.Context(), first.ID))
	forgotten, err := orders.Order(t.Context(), first.OrderRef)
	require.NoError(t, err)
	assert.Empty(t, forgotten.Buyer)
	assert.Empty(t, forgotten.Items[0].Name+forgotten.Items[0].SKU)
	assert.Equal(t, order.Amount, forgotten.Amount)
	assert.Equal(t, order.OrderID, forgotten.OrderID)
	assert.Len(t, forgotten.Attempts, len(order.Attempts))
}
