package storetest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

// brokenOrders is an order store with something replaced.
type brokenOrders struct {
	paylinks.Store
	paylinks.OrderStore
	write  func(context.Context, paylinks.Change) error
	list   func(context.Context, paylinks.OrderQuery) ([]*paylinks.Order, error)
	settle func(context.Context, string, string) ([]*paylinks.Order, error)
	order  func(context.Context, string) (*paylinks.Order, error)
	until  func(now, until time.Time) time.Time
}

func (b brokenOrders) Write(ctx context.Context, change paylinks.Change) error {
	if b.write != nil {
		return b.write(ctx, change)
	}
	return b.Store.Write(ctx, change)
}

func (b brokenOrders) Order(ctx context.Context, id string) (*paylinks.Order, error) {
	if b.order != nil {
		return b.order(ctx, id)
	}
	return b.OrderStore.Order(ctx, id)
}

func (b brokenOrders) Orders(ctx context.Context, query paylinks.OrderQuery) ([]*paylinks.Order, error) {
	if b.list != nil {
		return b.list(ctx, query)
	}
	return b.OrderStore.Orders(ctx, query)
}

func (b brokenOrders) OrdersToSettle(ctx context.Context, app, orderID string) ([]*paylinks.Order, error) {
	if b.settle != nil {
		return b.settle(ctx, app, orderID)
	}
	return b.OrderStore.OrdersToSettle(ctx, app, orderID)
}

func (b brokenOrders) ClaimOrders(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Order, error) {
	if b.until != nil {
		until = b.until(now, until)
	}
	return b.OrderStore.ClaimOrders(ctx, now, until, limit)
}

// Each of these order stores breaks a promise, and the check of that promise notices.
func TestABrokenOrderStoreFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		broken  func(good brokenOrders) brokenOrders
		promise string
	}{
		{"ignores versions", func(b brokenOrders) brokenOrders {
			good := b
			b.write = func(ctx context.Context, change paylinks.Change) error {
				err := good.Write(ctx, change)
				for change.Order != nil && errors.Is(err, paylinks.ErrStale) {
					stored, missing := good.Order(ctx, change.Order.ID)
					if missing != nil {
						return missing
					}
					forced := *change.Order
					forced.Version = stored.Version
					change.Order = &forced
					err = good.Write(ctx, change)
				}
				return err
			}
			return b
		}, "an update of an older version of an order is ErrStale and changes nothing"},
		{"writes the order by itself", func(b brokenOrders) brokenOrders {
			good := b
			b.write = func(ctx context.Context, change paylinks.Change) error {
				rest := change
				rest.Order = nil
				return errors.Join(good.Write(ctx, rest), good.Write(ctx, paylinks.Change{Order: change.Order}))
			}
			return b
		}, "a link and its order are written together or not at all"},
		{"never wakes", func(b brokenOrders) brokenOrders {
			good := b
			b.write = func(ctx context.Context, change paylinks.Change) error {
				change.WakeOrder = paylinks.OrderWake{}
				return good.Write(ctx, change)
			}
			return b
		}, "a wake makes an order due and its readers stale"},
		{"forgets holds", func(b brokenOrders) brokenOrders {
			good := b
			b.write = func(ctx context.Context, change paylinks.Change) error {
				if change.Order != nil {
					free := *change.Order
					free.HeldUntil = time.Time{}
					change.Order = &free
				}
				return good.Write(ctx, change)
			}
			return b
		}, "an order that is held is due once the hold ends, whoever wakes it"},
		{"lists backwards", func(b brokenOrders) brokenOrders {
			good := b
			b.list = func(ctx context.Context, query paylinks.OrderQuery) ([]*paylinks.Order, error) {
				orders, err := good.Orders(ctx, query)
				slices.Reverse(orders)
				return orders, err
			}
			return b
		}, "orders are listed for their caller alone, newest first, page by page"},
		{"settles for any app", func(b brokenOrders) brokenOrders {
			good := b
			b.settle = func(ctx context.Context, _, orderID string) ([]*paylinks.Order, error) {
				return good.OrdersToSettle(ctx, "stripe-main", orderID)
			}
			return b
		}, "orders that a gateway's payment could settle are found by app and reference"},
		{"drops a field", func(b brokenOrders) brokenOrders {
			good := b
			b.order = func(ctx context.Context, id string) (*paylinks.Order, error) {
				order, err := good.OrderStore.Order(ctx, id)
				if err == nil {
					order.Lang = ""
				}
				return order, err
			}
			return b
		}, "every field of an order comes back"},
		{"hands an order to two claimers", func(b brokenOrders) brokenOrders {
			b.until = func(now, _ time.Time) time.Time { return now }
			return b
		}, "orders are claimed by one claimer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := slices.IndexFunc(storetest.Checks(), func(check storetest.Check) bool { return check.Name == c.promise })
			require.GreaterOrEqual(t, at, 0, "there's no such check")
			check := storetest.Checks()[at]
			good := func(store paylinks.Store) paylinks.Store {
				orders, ok := store.(paylinks.OrderStore)
				require.True(t, ok)
				return brokenOrders{Store: store, OrderStore: orders}
			}
			assert.True(t, fails(t, check, func(store paylinks.Store) paylinks.Store {
				wrapped, _ := good(store).(brokenOrders)
				return c.broken(wrapped)
			}))
			assert.False(t, fails(t, check, good), "the same check passes a good store")
		})
	}
}
