package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// orderChecks are the promises of a [paylinks.OrderStore]. A store that isn't one has made none.
func orderChecks() []Check {
	checks := append(claimableOrders().checks(), []Check{
		{"every field of an order comes back", orderRoundTrip},
		{"an order is found by its id, its caller's reference and its key", orderLookups},
		{"an order's id, key and reference for its caller are unique: ErrDuplicate", orderUniqueness},
		{"an update of an older version of an order is ErrStale and changes nothing", orderVersions},
		{"of many updates of one version of an order exactly one wins", orderRace},
		{"a link and its order are written together or not at all", orderAtomicity},
		{"a wake makes an order due and its readers stale", orderWakes},
		{"an order that is held is due once the hold ends, whoever wakes it", orderHolds},
		{"orders are listed for their caller alone, newest first, page by page", orderLists},
		{"orders that a gateway's payment could settle are found by app and reference", ordersToSettle},
	}...)
	for i, check := range checks {
		checks[i] = with(check.Name, func(t TB, store paylinks.Store, _ paylinks.OrderStore) { check.Run(t, store) })
	}
	return checks
}

// ordersOf is the store's power to keep orders.
func ordersOf(t TB, store paylinks.Store) paylinks.OrderStore {
	t.Helper()
	orders, ok := store.(paylinks.OrderStore)
	require.True(t, ok)
	return orders
}

// newOrder is an order of one caller, made at epoch.
func newOrder(t TB, id string) *paylinks.Order {
	t.Helper()
	return &paylinks.Order{
		ID: id, CallerID: "till", OrderID: "order-" + id, Amount: money(t, "12.500", paylinks.KWD),
		Providers: []paylinks.OrderProvider{{Provider: "tabby", Kind: paylinks.KindBNPL, OrgAppID: "shop"}},
		Status:    paylinks.OrderPending, CreatedAt: epoch, UpdatedAt: epoch,
	}
}

// putOrder stores an order and returns it as it's stored.
func putOrder(t TB, store paylinks.Store, order *paylinks.Order) *paylinks.Order {
	t.Helper()
	write(t, store, paylinks.Change{Order: order})
	return readOrder(t, store, order.ID)
}

func readOrder(t TB, store paylinks.Store, id string) *paylinks.Order {
	t.Helper()
	order, err := ordersOf(t, store).Order(t.Context(), id)
	require.NoError(t, err)
	return order
}

func orderRoundTrip(t TB, store paylinks.Store) {
	var order paylinks.Order
	fill(t, &order)
	order.Version = 0
	got := putOrder(t, store, &order)
	order.Version = 1
	equal(t, &order, got)

	got.Status, got.Attempts = paylinks.OrderPaid, got.Attempts[:1]
	next := putOrder(t, store, got)
	got.Version = 2
	equal(t, got, next)

	bare := paylinks.Order{ID: "bare", Version: 0}
	got = putOrder(t, store, &bare)
	bare.Version = 1
	equal(t, &bare, got)
}

func orderLookups(t TB, store paylinks.Store) {
	ctx, orders := t.Context(), ordersOf(t, store)
	order := newOrder(t, "a")
	order.Key = "key"
	putOrder(t, store, order)
	putOrder(t, store, newOrder(t, "b")) // without a key
	for name, find := range map[string]func() (*paylinks.Order, error){
		"id":        func() (*paylinks.Order, error) { return orders.Order(ctx, "a") },
		"reference": func() (*paylinks.Order, error) { return orders.FindOrder(ctx, "till", "order-a") },
		"key":       func() (*paylinks.Order, error) { return orders.OrderByKey(ctx, "key") },
	} {
		got, err := find()
		require.NoError(t, err, name)
		require.Equal(t, "a", got.ID, name)
	}
	for name, find := range map[string]func() (*paylinks.Order, error){
		"another id":        func() (*paylinks.Order, error) { return orders.Order(ctx, "c") },
		"another reference": func() (*paylinks.Order, error) { return orders.FindOrder(ctx, "till", "order-c") },
		"another caller":    func() (*paylinks.Order, error) { return orders.FindOrder(ctx, "", "order-a") },
		"another key":       func() (*paylinks.Order, error) { return orders.OrderByKey(ctx, "other") },
		"no key":            func() (*paylinks.Order, error) { return orders.OrderByKey(ctx, "") },
	} {
		_, err := find()
		require.ErrorIs(t, err, paylinks.ErrNotFound, name)
	}
}

func orderUniqueness(t TB, store paylinks.Store) {
	first := newOrder(t, "a")
	first.Key = "key"
	putOrder(t, store, first)
	for name, change := range map[string]func(*paylinks.Order){
		"id":        func(o *paylinks.Order) { o.ID = "a" },
		"key":       func(o *paylinks.Order) { o.Key = "key" },
		"reference": func(o *paylinks.Order) { o.OrderID = "order-a" },
	} {
		order := newOrder(t, "b")
		change(order)
		require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Order: order}), paylinks.ErrDuplicate, name)
	}
	other := newOrder(t, "b")
	other.CallerID, other.OrderID = "kiosk", "order-a"
	putOrder(t, store, other)
	putOrder(t, store, newOrder(t, "c")) // no key, like the one before
}

func orderVersions(t TB, store paylinks.Store) {
	order := putOrder(t, store, newOrder(t, "a"))
	old := *order
	order.Status = paylinks.OrderPaid
	putOrder(t, store, order)
	old.Status = paylinks.OrderFailed
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Order: &old}), paylinks.ErrStale)
	require.Equal(t, paylinks.OrderPaid, readOrder(t, store, "a").Status)
	old.ID = "nobody"
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Order: &old}), paylinks.ErrNotFound)
}

func orderRace(t TB, store paylinks.Store) {
	order := putOrder(t, store, newOrder(t, "a"))
	wins := 0
	for _, err := range together(6, func(i int) error {
		mine := *order
		mine.PaidBy = fmt.Sprint(i)
		return store.Write(t.Context(), paylinks.Change{Order: &mine})
	}) {
		if err == nil {
			wins++
		} else {
			assert.ErrorIs(t, err, paylinks.ErrStale)
		}
	}
	require.Equal(t, 1, wins)
}

func orderAtomicity(t TB, store paylinks.Store) {
	order := putOrder(t, store, newOrder(t, "a"))
	write(t, store, paylinks.Change{WakeOrder: paylinks.OrderWake{ID: "a", At: at(1)}}) // order is old now
	link := newLink(t, "link")
	err := store.Write(t.Context(), paylinks.Change{Insert: link, Begin: newOperation("op", "link"), Order: order})
	require.ErrorIs(t, err, paylinks.ErrStale)
	_, err = store.Paylink(t.Context(), "link")
	require.ErrorIs(t, err, paylinks.ErrNotFound)

	order = readOrder(t, store, "a")
	order.PaidBy = "link"
	write(t, store, paylinks.Change{Insert: link, Begin: newOperation("op", "link"), Order: order})
	read(t, store, "link")
	require.Equal(t, "link", readOrder(t, store, "a").PaidBy)

	// The other way round: the link is old, and the order isn't written either.
	old := read(t, store, "link")
	write(t, store, paylinks.Change{Update: read(t, store, "link"), WakeOrder: paylinks.OrderWake{ID: "a", At: at(2)}})
	order = readOrder(t, store, "a")
	require.True(t, order.NextCheckAt.Equal(at(2)))
	order.PaidBy = ""
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Update: old, Order: order}), paylinks.ErrStale)
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Update: old, WakeOrder: paylinks.OrderWake{ID: "a", At: at(3)}}), paylinks.ErrStale)
	equal(t, "link", readOrder(t, store, "a").PaidBy)
	require.True(t, readOrder(t, store, "a").NextCheckAt.Equal(at(2)), "a change that fails wakes nobody")
}

func orderWakes(t TB, store paylinks.Store) {
	before := putOrder(t, store, newOrder(t, "a"))
	write(t, store, paylinks.Change{WakeOrder: paylinks.OrderWake{ID: "a", At: at(7)}})
	after := readOrder(t, store, "a")
	require.True(t, after.NextCheckAt.Equal(at(7)))
	require.Greater(t, after.Version, before.Version)
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Order: before}), paylinks.ErrStale)
	write(t, store, paylinks.Change{WakeOrder: paylinks.OrderWake{ID: "nobody", At: at(7)}})
}

func orderHolds(t TB, store paylinks.Store) {
	order := newOrder(t, "a")
	order.Holder, order.HeldUntil, order.NextCheckAt = "me", at(10), at(10)
	putOrder(t, store, order)
	for _, wake := range []struct{ at, due int }{{5, 10}, {11, 11}} {
		write(t, store, paylinks.Change{WakeOrder: paylinks.OrderWake{ID: "a", At: at(wake.at)}})
		got := readOrder(t, store, "a")
		require.True(t, got.NextCheckAt.Equal(at(wake.due)), "woken at %d", wake.at)
		require.True(t, got.HeldUntil.Equal(at(10)))
	}
}

func orderLists(t TB, store paylinks.Store) {
	orders := ordersOf(t, store)
	for i := range 9 {
		order := newOrder(t, fmt.Sprint(i))
		order.CreatedAt = at(i / 2) // pairs of one time
		if i%3 == 0 {
			order.Status = paylinks.OrderPaid
		}
		if i == 8 {
			order.CallerID = ""
		}
		putOrder(t, store, order)
	}
	for _, c := range []struct {
		name  string
		query paylinks.OrderQuery
		want  []string
	}{
		{"all", paylinks.OrderQuery{CallerID: "till", Limit: 20}, []string{"7", "6", "5", "4", "3", "2", "1", "0"}},
		{"some", paylinks.OrderQuery{CallerID: "till", Limit: 3}, []string{"7", "6", "5"}},
		{"none", paylinks.OrderQuery{CallerID: "till"}, nil},
		{"without a caller", paylinks.OrderQuery{Limit: 20}, []string{"8"}},
		{"another caller", paylinks.OrderQuery{CallerID: "kiosk", Limit: 20}, nil},
		{"by status", paylinks.OrderQuery{CallerID: "till", Status: paylinks.OrderPaid, Limit: 20}, []string{"6", "3", "0"}},
		{"by time", paylinks.OrderQuery{CallerID: "till", CreatedFrom: at(1), CreatedTo: at(3), Limit: 20}, []string{"5", "4", "3", "2"}},
		{"after another", paylinks.OrderQuery{CallerID: "till", After: paylinks.PaylinkCursor{CreatedAt: at(2), ID: "5"}, Limit: 2}, []string{"4", "3"}},
		{
			"by status, after another",
			paylinks.OrderQuery{CallerID: "till", Status: paylinks.OrderPaid, After: paylinks.PaylinkCursor{CreatedAt: at(3), ID: "6"}, Limit: 9},
			[]string{"3", "0"},
		},
	} {
		list, err := orders.Orders(t.Context(), c.query)
		require.NoError(t, err)
		var got []string
		for _, order := range list {
			got = append(got, order.ID)
		}
		require.Equal(t, c.want, got, c.name)
	}
}

func ordersToSettle(t TB, store paylinks.Store) {
	for id, change := range map[string]func(*paylinks.Order){
		"its own":           func(*paylinks.Order) {},
		"another caller's":  func(o *paylinks.Order) { o.CallerID = "kiosk" },
		"another reference": func(o *paylinks.Order) { o.OrderID = "other" },
		"another app":       func(o *paylinks.Order) { o.CallerID, o.Providers[0].OrgAppID = "third", "other" },
		"one of links":      func(o *paylinks.Order) { o.CallerID, o.ActiveGateway = "fourth", "" },
	} {
		order := newOrder(t, id)
		order.OrderID, order.ActiveGateway, order.Status = "shared", "stripe", paylinks.OrderPendingSync
		order.Providers[0] = paylinks.OrderProvider{Provider: "stripe", Kind: paylinks.KindGatewaySync, OrgAppID: "stripe-main"}
		change(order)
		putOrder(t, store, order)
	}
	find := func(app, reference string) []string {
		list, err := ordersOf(t, store).OrdersToSettle(t.Context(), app, reference)
		require.NoError(t, err)
		got := []string{}
		for _, order := range list {
			got = append(got, order.ID)
		}
		return got
	}
	require.ElementsMatch(t, []string{"its own", "another caller's"}, find("stripe-main", "shared"))
	require.Equal(t, []string{"another app"}, find("other", "shared"))
	require.Empty(t, find("stripe-main", "unheard"))
	require.Empty(t, find("", "shared"))
}

func claimableOrders() claimable {
	return claimable{
		name: "orders",
		put: func(t TB, store paylinks.Store, id string, due time.Time) {
			t.Helper()
			order := newOrder(t, id)
			order.NextCheckAt = due
			putOrder(t, store, order)
		},
		end: func(t TB, store paylinks.Store, id string) {
			t.Helper()
			order := readOrder(t, store, id)
			order.NextCheckAt = time.Time{}
			putOrder(t, store, order)
		},
		claim: func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) (ids []string, times []time.Time, err error) {
			orders, err := store.(paylinks.OrderStore).ClaimOrders(ctx, now, until, limit)
			for _, order := range orders {
				ids, times = append(ids, order.ID), append(times, order.NextCheckAt)
			}
			return ids, times, err
		},
	}
}
