package paylinks_test

import (
	"context"
	"iter"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// market is a Service over three providers, one app of each, and a gateway.
type market struct {
	*paylinks.Service
	t         *testing.T
	providers map[string]*fakeProvider
	apps      paylinks.StaticApps
	store     *faultyStore
	clock     *clock
}

func newMarket(t *testing.T) *market {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	m := &market{t: t, store: &faultyStore{Store: store, OrderStore: store}, clock: newClock()}
	return m.again()
}

// again is a market with new providers on the same store.
func (m *market) again() *market {
	next := &market{
		t: m.t, store: m.store, clock: m.clock, providers: map[string]*fakeProvider{}, apps: paylinks.StaticApps{"till": fakeGateway{}},
	}
	for _, id := range []string{"one", "two", "three"} {
		provider := newFakeProvider()
		provider.info.ID, provider.info.AppSlug = id, id+"-links"
		next.providers[id], next.apps[id+"-main"] = provider, provider
	}
	next.open()
	return next
}

// open makes a new Service over the same store and providers, as after a restart.
func (m *market) open() {
	service, err := paylinks.New(m.store, m.apps, paylinks.Options{Now: m.clock.Now, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(m.t, err)
	m.t.Cleanup(service.Wait)
	m.Service = service
}

// faultyStore is a store that can be cut off at a write, as a process that dies there is.
type faultyStore struct {
	paylinks.Store
	paylinks.OrderStore
	// dies is asked before (after: false) and after each write; true cuts off that write's caller, and everything that follows.
	dies func(change paylinks.Change, after bool) bool
	dead bool
}

func (s *faultyStore) Write(ctx context.Context, change paylinks.Change) error {
	if s.dead || (s.dies != nil && s.dies(change, false)) {
		s.dead = true
		return errDead
	}
	err := s.Store.Write(ctx, change)
	if s.dies != nil && s.dies(change, true) {
		s.dead = true
		return errDead
	}
	return err
}

type deadError struct{}

func (deadError) Error() string { return "the process is dead" }

var errDead = deadError{}

// fakeGateway has no payments of its own: tests hand them to the Service.
type fakeGateway struct{}

func (fakeGateway) Info() paylinks.Info {
	return paylinks.Info{ID: "gate", Name: "Gate", Kind: paylinks.KindGatewaySync, AppSlug: "gate-payments"}
}

func (fakeGateway) Payments(context.Context, paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(func(paylinks.Payment, error) bool) {}
}

func orderOf(providers ...string) paylinks.OrderRequest {
	return paylinks.OrderRequest{
		Providers: providers, OrderID: "POS-77", Amount: "149.50", Currency: "SAR", BuyerPhone: "0500000001",
		Items: []paylinks.ItemRequest{{Name: "Item A", Quantity: 1, UnitPrice: "149.50", SKU: "SKU-1"}},
	}
}

// ordered is a new order whose first provider has accepted.
func (m *market) ordered(providers ...string) *paylinks.OrderResult {
	m.t.Helper()
	result, err := m.CreateOrder(m.t.Context(), orderOf(providers...))
	require.NoError(m.t, err)
	require.NotNil(m.t, result.Paylink)
	return result
}

// order reads the order of orderOf.
func (m *market) order() *paylinks.OrderResult {
	m.t.Helper()
	result, err := m.GetOrder(m.t.Context(), "POS-77")
	require.NoError(m.t, err)
	return result
}

// outcomes is what the attempts came to, as "provider outcome".
func outcomes(attempts []paylinks.OrderAttempt) []string {
	var list []string
	for _, a := range attempts {
		list = append(list, a.Provider+" "+string(a.Outcome))
	}
	return list
}

// settle lets everything happen that Run would do until nothing is due any more at this moment.
func (m *market) settle() {
	m.t.Helper()
	for range 3 {
		require.NoError(m.t, m.SettleOperations(m.t.Context()))
		require.NoError(m.t, m.HandleWebhooks(m.t.Context()))
		require.NoError(m.t, m.FollowOrders(m.t.Context()))
	}
}

// pay has the buyer pay a link, and the Service hear of it.
func (m *market) pay(link *paylinks.Paylink) {
	m.t.Helper()
	m.providers[link.Provider].pay(link.Ref.PaymentID)
	m.clock.Advance(3 * time.Second)
	_, err := m.Get(m.t.Context(), link.ID)
	require.NoError(m.t, err)
}

// end has the provider end a link, and the Service hear of it.
func (m *market) end(link *paylinks.Paylink, status paylinks.Status) {
	m.t.Helper()
	m.providers[link.Provider].set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.Reason = status, "on_the_page" })
	m.clock.Advance(3 * time.Second)
	_, err := m.Get(m.t.Context(), link.ID)
	require.NoError(m.t, err)
}

// events is the types of a link's events in order.
func (m *market) events(id string) []paylinks.EventType {
	m.t.Helper()
	events, err := m.store.Events(m.t.Context(), id, 0, 100)
	require.NoError(m.t, err)
	var types []paylinks.EventType
	for _, event := range events {
		types = append(types, event.Type)
	}
	return types
}

func (m *market) link(id string) *paylinks.Paylink {
	m.t.Helper()
	link, err := m.store.Paylink(m.t.Context(), id)
	require.NoError(m.t, err)
	return link
}

// findingProvider can be asked for our reference.
type findingProvider struct{ *fakeProvider }

func (f *findingProvider) FindByReference(_ context.Context, reference string, _ paylinks.Money) (paylinks.Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, payment := range f.payments {
		if payment.ref.Reference == reference {
			return payment.snapshot, nil
		}
	}
	return paylinks.Snapshot{}, &paylinks.ProviderError{Refusal: paylinks.RefusedNotFound, Outcome: paylinks.NotApplied, Status: 404}
}
