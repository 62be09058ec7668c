package paylinks

import (
	"context"
	"time"
)

// OrderStore is the power of a [Store] to keep orders. They are written by [Change.Order] and woken by [Change.WakeOrder], in one transaction
// with the links that they are about.
type OrderStore interface {
	// Order reads an order by our id, or [ErrNotFound].
	Order(ctx context.Context, id string) (*Order, error)
	// FindOrder reads a caller's order by the caller's reference, or [ErrNotFound].
	FindOrder(ctx context.Context, callerID, orderID string) (*Order, error)
	// OrderByKey reads the order with an idempotency key, or [ErrNotFound].
	OrderByKey(ctx context.Context, key string) (*Order, error)
	// Orders lists the orders of a caller, newest first.
	Orders(ctx context.Context, query OrderQuery) ([]*Order, error)
	// OrdersToSettle lists the orders that payments of a gateway app with a reference could settle, whoever's they are: those whose
	// [Order.SyncApp] and OrderID are these. At most ten are returned.
	OrdersToSettle(ctx context.Context, syncApp, orderID string) ([]*Order, error)
	// ClaimOrders takes up to limit orders whose NextCheckAt is not after now, as [Store.ClaimPaylinks] does with links.
	ClaimOrders(ctx context.Context, now, until time.Time, limit int) ([]*Order, error)
}

// OrderQuery selects orders of one caller. Zero fields but CallerID don't filter.
type OrderQuery struct {
	CallerID string
	Status   OrderStatus
	// CreatedFrom is inclusive, CreatedTo exclusive.
	CreatedFrom time.Time
	CreatedTo   time.Time
	// After is the position after which to go on: the order that the caller has seen last.
	After PaylinkCursor
	// Limit is at least 1.
	Limit int
}

// OrderWake has an order compared with its links.
type OrderWake struct {
	ID string
	// At becomes the order's NextCheckAt, or its HeldUntil where that is later. The order's Version counts it, so that whoever has read the
	// order before decides anew. An order that isn't there is no error.
	At time.Time
}
