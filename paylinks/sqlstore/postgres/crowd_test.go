package postgres_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

var now = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)

func testLink(id string) (*paylinks.Paylink, *paylinks.Operation) {
	link := &paylinks.Paylink{ID: id, Provider: "tabby", OrgAppID: "shop", CreatedAt: now, UpdatedAt: now, NextCheckAt: now}
	operation := &paylinks.Operation{
		ID: "operation-" + id, PaylinkID: id, Kind: paylinks.OperationCreate, Reference: id, StartedAt: now, DueAt: now,
	}
	return link, operation
}

// processes opens a database several times: they share nothing else.
func processes(t *testing.T, n int) []*sqlstore.Store {
	t.Helper()
	url := postgrestest.URL(t)
	stores := make([]*sqlstore.Store, n)
	for i := range stores {
		stores[i] = open(t, url)
	}
	return stores
}

// crowd has callers of each store do something at the same time.
func crowd(stores []*sqlstore.Store, callers int, do func(store *sqlstore.Store, caller int)) {
	var group sync.WaitGroup
	for i, store := range stores {
		for caller := range callers {
			group.Go(func() { do(store, i*callers+caller) })
		}
	}
	group.Wait()
}

func TestWhatIsClaimedHasOneHolder(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	const links = 60
	for i := range links {
		link, operation := testLink(fmt.Sprint(i))
		require.NoError(t, stores[0].Write(t.Context(), paylinks.Change{
			Insert: link, Begin: operation, Webhook: &paylinks.Webhook{ID: link.ID, OrgAppID: "shop", DedupKey: link.ID, DueAt: now},
		}))
	}
	var mu sync.Mutex
	taken := map[string]int{}
	take := func(kind, id string) {
		mu.Lock()
		defer mu.Unlock()
		taken[kind+id]++
	}
	until := now.Add(time.Hour)
	crowd(stores, 3, func(store *sqlstore.Store, _ int) {
		for range 20 {
			claimed, err := store.ClaimPaylinks(t.Context(), now, until, 7, []string{"other"})
			assert.NoError(t, err)
			for _, link := range claimed {
				take("link", link.ID)
			}
			operations, err := store.ClaimOperations(t.Context(), now, until, 7)
			assert.NoError(t, err)
			for _, operation := range operations {
				take("operation", operation.PaylinkID)
			}
			webhooks, err := store.ClaimWebhooks(t.Context(), now, until, 7)
			assert.NoError(t, err)
			for _, webhook := range webhooks {
				take("webhook", webhook.ID)
			}
		}
	})
	require.Len(t, taken, 3*links)
	for what, times := range taken {
		assert.Equal(t, 1, times, what)
	}
}

// Many in one batch, in any order, by several processes: whoever is in somebody's way is tried again, and every change is told the truth.
func TestWritersInEachOthersWayLoseNothing(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	const links, rounds = 6, 25
	for i := range links {
		link, _ := testLink(fmt.Sprint(i))
		require.NoError(t, stores[0].Write(t.Context(), paylinks.Change{Insert: link}))
	}
	var written [links]atomic.Int64
	crowd(stores, 6, func(store *sqlstore.Store, _ int) {
		for range rounds {
			at := rand.IntN(links)
			link, err := store.Paylink(t.Context(), fmt.Sprint(at))
			if !assert.NoError(t, err) {
				return
			}
			sequence := link.Version
			err = store.Write(t.Context(), paylinks.Change{Update: link, Events: []paylinks.Event{{
				ID: fmt.Sprint(link.ID, "-", sequence), PaylinkID: link.ID, Sequence: sequence, OccurredAt: now, Data: []byte(`{}`),
			}}})
			if err == nil {
				written[at].Add(1)
			} else {
				assert.ErrorIs(t, err, paylinks.ErrStale)
			}
		}
	})
	for i := range links {
		link, err := stores[0].Paylink(t.Context(), fmt.Sprint(i))
		require.NoError(t, err)
		assert.Equal(t, written[i].Load()+1, link.Version)
		events, err := stores[0].Events(t.Context(), link.ID, 0, 1000)
		require.NoError(t, err)
		assert.Len(t, events, int(written[i].Load()))
	}
}

func TestOfManyProcessesOneBeginsAnOperation(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	link, _ := testLink("a")
	require.NoError(t, stores[0].Write(t.Context(), paylinks.Change{Insert: link}))
	var open, begun atomic.Int64
	crowd(stores, 4, func(store *sqlstore.Store, caller int) {
		for i := range 30 {
			// An operation of its own each time, and one that is opened again.
			operation := &paylinks.Operation{ID: fmt.Sprint(caller, "-", i/2), PaylinkID: "a", Kind: paylinks.OperationRefund, Reference: fmt.Sprint(caller, "-", i/2), DueAt: now}
			err := store.Write(t.Context(), paylinks.Change{Begin: operation})
			if err != nil {
				assert.True(t, errors.Is(err, paylinks.ErrOperationOpen) && !errors.Is(err, paylinks.ErrDuplicate), err)
				continue
			}
			begun.Add(1)
			assert.EqualValues(t, 1, open.Add(1), "two operations of a link are open")
			open.Add(-1) // before it is: whoever opens the next one comes after that
			operation.Open = false
			assert.NoError(t, store.Write(t.Context(), paylinks.Change{Settle: operation}))
		}
	})
	assert.Positive(t, begun.Load())
	t.Logf("%d operations begun", begun.Load())
}

func TestOfManyProcessesOneGetsAKey(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	var winners [40]atomic.Int64
	crowd(stores, 4, func(store *sqlstore.Store, _ int) {
		for i := range winners {
			answer := paylinks.Answer{Key: fmt.Sprint(i), Fingerprint: "request", DueAt: now.Add(time.Hour), ExpiresAt: now.Add(time.Hour)}
			stored, claimed, err := store.ClaimAnswer(t.Context(), answer, now)
			if !assert.NoError(t, err) {
				return
			}
			assert.Equal(t, "request", stored.Fingerprint)
			if claimed {
				winners[i].Add(1)
			}
		}
	})
	for i := range winners {
		assert.EqualValues(t, 1, winners[i].Load())
	}
	// A key that is freed all the time is never a mistake.
	crowd(stores, 4, func(store *sqlstore.Store, _ int) {
		for range 20 {
			_, claimed, err := store.ClaimAnswer(t.Context(), paylinks.Answer{Key: "freed", Fingerprint: "request", DueAt: now.Add(time.Hour)}, now)
			assert.NoError(t, err)
			if claimed {
				assert.NoError(t, store.Write(t.Context(), paylinks.Change{FreeAnswer: "freed"}))
			}
		}
	})
}

func TestOfManyProcessesOneBeginsASync(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	var begun atomic.Int64
	crowd(stores, 4, func(store *sqlstore.Store, caller int) {
		err := store.BeginSync(t.Context(), &paylinks.Sync{ID: fmt.Sprint(caller), OrgAppID: "shop", Status: paylinks.SyncRunning, DueAt: now})
		if err == nil {
			begun.Add(1)
		} else {
			assert.ErrorIs(t, err, paylinks.ErrDuplicate)
		}
	})
	assert.EqualValues(t, 1, begun.Load())
}

func TestOfManyProcessesOneStoresAnOrder(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	var stored, woken atomic.Int64
	crowd(stores, 4, func(store *sqlstore.Store, caller int) {
		err := store.Write(t.Context(), paylinks.Change{Order: &paylinks.Order{ID: fmt.Sprint(caller), CallerID: "till", OrderID: "1", Key: "key", CreatedAt: now}})
		if err == nil {
			stored.Add(1)
		} else {
			assert.ErrorIs(t, err, paylinks.ErrDuplicate)
		}
	})
	assert.EqualValues(t, 1, stored.Load())
	order, err := stores[0].OrderByKey(t.Context(), "key")
	require.NoError(t, err)
	crowd(stores, 4, func(store *sqlstore.Store, _ int) {
		err := store.Write(t.Context(), paylinks.Change{Order: order, WakeOrder: paylinks.OrderWake{ID: order.ID, At: now}})
		if err == nil {
			woken.Add(1)
		} else {
			assert.ErrorIs(t, err, paylinks.ErrStale)
		}
	})
	assert.EqualValues(t, 1, woken.Load())
}

// A link's deliveries to an endpoint are made one by one and in order, and none of them is left behind, while some processes write events, others
// deliver, and the endpoint is disabled and enabled meanwhile.
func TestDeliveriesKeepTheirOrderInACrowd(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	ctx := t.Context()
	const links, events = 4, 25
	endpoint := paylinks.Endpoint{ID: "e", CreatedAt: now}
	require.NoError(t, stores[0].PutEndpoint(ctx, &endpoint))
	for i := range links {
		link, _ := testLink(fmt.Sprint(i))
		require.NoError(t, stores[0].Write(ctx, paylinks.Change{Insert: link}))
	}
	var mu sync.Mutex
	got := map[string][]int64{}
	deliver := func(store *sqlstore.Store) (delivered int) {
		deliveries, err := store.ClaimDeliveries(ctx, now.Add(time.Hour), now.Add(2*time.Hour), 3)
		assert.NoError(t, err)
		for _, d := range deliveries {
			mu.Lock()
			got[d.Event.PaylinkID] = append(got[d.Event.PaylinkID], d.Event.Sequence)
			mu.Unlock()
			d.State, d.DueAt = paylinks.DeliveryDelivered, time.Time{}
			assert.NoError(t, store.PutDelivery(ctx, d))
		}
		return len(deliveries)
	}
	var writing sync.WaitGroup
	var written atomic.Bool
	for i := range links {
		writing.Go(func() {
			for n := range events {
				assert.NoError(t, stores[n%len(stores)].Write(ctx, paylinks.Change{Events: []paylinks.Event{{
					ID: fmt.Sprintf("%d-%03d", i, n), PaylinkID: fmt.Sprint(i), Sequence: int64(n + 1), OccurredAt: now, Data: []byte(`{}`),
				}}}))
			}
		})
	}
	var rest sync.WaitGroup
	for _, store := range stores {
		rest.Go(func() {
			for !written.Load() {
				deliver(store)
			}
		})
	}
	rest.Go(func() {
		// Nothing is wanted while it's disabled: only that it can be is of interest, so another endpoint is.
		other := paylinks.Endpoint{ID: "other", CreatedAt: now, Types: []paylinks.EventType{"none"}}
		for n := 0; !written.Load(); n++ {
			other.Disabled = n%2 == 0
			assert.NoError(t, stores[n%len(stores)].PutEndpoint(ctx, &other))
			if n%5 == 4 {
				assert.NoError(t, stores[n%len(stores)].DeleteEndpoint(ctx, "other"))
			}
		}
	})
	writing.Wait()
	written.Store(true)
	rest.Wait()
	for deliver(stores[0]) > 0 {
	}
	for i := range links {
		var want []int64
		for n := range events {
			want = append(want, int64(n+1))
		}
		assert.Equal(t, want, got[fmt.Sprint(i)])
	}
}

// An endpoint that is enabled while its deliveries end has none left that waits for nobody.
func TestAnEndpointThatIsSwitchedInACrowdLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	stores := processes(t, 3)
	ctx := t.Context()
	endpoint := paylinks.Endpoint{ID: "e", CreatedAt: now}
	require.NoError(t, stores[0].PutEndpoint(ctx, &endpoint))
	const links = 10
	for i := range links {
		link, _ := testLink(fmt.Sprint(i))
		change := paylinks.Change{Insert: link}
		for n := range 12 {
			change.Events = append(change.Events, paylinks.Event{
				ID: fmt.Sprintf("%d-%03d", i, n), PaylinkID: link.ID, Sequence: int64(n + 1), OccurredAt: now, Data: []byte(`{}`),
			})
		}
		require.NoError(t, stores[0].Write(ctx, change))
	}
	var mu sync.Mutex
	delivered := map[string]bool{} // some twice: whoever disables an endpoint ends the leases of its deliveries
	deliver := func(store *sqlstore.Store) int {
		deliveries, err := store.ClaimDeliveries(ctx, now.Add(time.Hour), now.Add(2*time.Hour), 3)
		assert.NoError(t, err)
		for _, d := range deliveries {
			d.State, d.DueAt = paylinks.DeliveryDelivered, time.Time{}
			assert.NoError(t, store.PutDelivery(ctx, d))
			mu.Lock()
			delivered[d.ID] = true
			mu.Unlock()
		}
		return len(deliveries)
	}
	crowd(stores, 2, func(store *sqlstore.Store, caller int) {
		for n := range 12 {
			if caller == 0 {
				switched := endpoint
				switched.Disabled = n%2 == 0
				assert.NoError(t, store.PutEndpoint(ctx, &switched))
			} else {
				deliver(store)
			}
		}
	})
	endpoint.Disabled = false
	for deliver(stores[0]) > 0 {
	}
	assert.Len(t, delivered, links*12)
}

func TestADeadlockFailsNobody(t *testing.T) {
	t.Parallel()
	stores := processes(t, 2)
	// Pages of payments in opposite orders hold many rows each: PostgreSQL finds the knot and lets one of the two go.
	for i, store := range stores {
		require.NoError(t, store.BeginSync(t.Context(), &paylinks.Sync{ID: fmt.Sprint(i), OrgAppID: fmt.Sprint(i), Status: paylinks.SyncRunning, DueAt: now}))
	}
	crowd(stores, 1, func(store *sqlstore.Store, caller int) {
		for round := range 15 {
			var page []*paylinks.SyncedPayment
			for i := range 60 {
				page = append(page, &paylinks.SyncedPayment{
					ID: fmt.Sprintf("%d-%d-%d", caller, round, i), OrgAppID: "shop", SyncedAt: now,
					Payment: paylinks.Payment{ID: fmt.Sprint(i), Reference: fmt.Sprint(caller, round), CreatedAt: now},
				})
			}
			if caller == 1 {
				slices.Reverse(page)
			}
			assert.NoError(t, store.WritePage(t.Context(), &paylinks.Sync{ID: fmt.Sprint(caller), OrgAppID: fmt.Sprint(caller), Status: paylinks.SyncRunning, DueAt: now}, page))
		}
	})
}
