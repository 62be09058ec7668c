package memstore

import (
	"context"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// mostToSettle is how many orders one payment of a gateway is compared with.
const mostToSettle = 10

// putOrder stores an order, new or changed. In a database its key, where it isn't "", and (caller_id, order_id) are unique.
func (s *Store) putOrder(change paylinks.Change) error {
	if change.Order == nil {
		return nil
	}
	row := cloneOrder(change.Order)
	switch stored := s.orders[row.ID]; {
	case row.Version == 0:
		for _, other := range s.orders {
			if other.ID == row.ID || (row.Key != "" && other.Key == row.Key) || (other.CallerID == row.CallerID && other.OrderID == row.OrderID) {
				return paylinks.ErrDuplicate
			}
		}
	case stored == nil:
		return paylinks.ErrNotFound
	case stored.Version != row.Version:
		return paylinks.ErrStale
	}
	row.Version++
	put(s, s.orders, row.ID, row)
	return nil
}

// wakeOrder makes an order due. The version counts it, so that whoever has read the order before decides anew; a call that holds it keeps it as long.
func (s *Store) wakeOrder(change paylinks.Change) error {
	stored := s.orders[change.WakeOrder.ID]
	if stored == nil {
		return nil
	}
	row := cloneOrder(stored)
	row.Version++
	row.NextCheckAt = change.WakeOrder.At
	if row.HeldUntil.After(row.NextCheckAt) {
		row.NextCheckAt = row.HeldUntil
	}
	put(s, s.orders, row.ID, row)
	return nil
}

// Order reads an order by its id.
func (s *Store) Order(ctx context.Context, id string) (*paylinks.Order, error) {
	return one(ctx, s, s.orders, id, cloneOrder)
}

// FindOrder reads a caller's order by the caller's reference.
func (s *Store) FindOrder(ctx context.Context, callerID, orderID string) (*paylinks.Order, error) {
	return first(ctx, s, s.orders, func(o *paylinks.Order, _ string) bool { return o.CallerID == callerID && o.OrderID == orderID }, cloneOrder)
}

// OrderByKey reads the order with an idempotency key.
func (s *Store) OrderByKey(ctx context.Context, key string) (*paylinks.Order, error) {
	return first(ctx, s, s.orders, func(o *paylinks.Order, _ string) bool { return key != "" && o.Key == key }, cloneOrder)
}

// Orders lists a caller's orders, newest first.
func (s *Store) Orders(ctx context.Context, q paylinks.OrderQuery) ([]*paylinks.Order, error) {
	return list(ctx, s, s.orders, q.Limit, func(o *paylinks.Order) bool {
		return o.CallerID == q.CallerID && wanted(q.Status, o.Status) && window(orderPosition(o), q.CreatedFrom, q.CreatedTo, q.After)
	}, newestOrder, cloneOrder)
}

func orderPosition(o *paylinks.Order) position { return position{CreatedAt: o.CreatedAt, ID: o.ID} }

func newestOrder(a, b *paylinks.Order) int { return newestFirst(orderPosition(a), orderPosition(b)) }

// OrdersToSettle lists the orders that a payment of a gateway app could settle.
func (s *Store) OrdersToSettle(ctx context.Context, syncApp, orderID string) ([]*paylinks.Order, error) {
	return list(ctx, s, s.orders, mostToSettle, func(o *paylinks.Order) bool {
		return syncApp != "" && o.SyncApp() == syncApp && o.OrderID == orderID
	}, newestOrder, cloneOrder)
}

// ClaimOrders takes orders that are to be compared with their links.
func (s *Store) ClaimOrders(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Order, error) {
	return claim(ctx, s, s.orders, now, until, limit,
		func(o *paylinks.Order) bool { return !o.NextCheckAt.IsZero() },
		func(o *paylinks.Order) *time.Time { return &o.NextCheckAt }, cloneOrder)
}
