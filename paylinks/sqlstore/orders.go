package sqlstore

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The columns that make an order, in the order in which scanOrder reads them.
const orderColumns = `created_at, id, document, next_check_at, held_until, version`

const (
	insertOrderQuery = `INSERT INTO orders (id, caller_id, order_id, order_key, status, sync_app, created_at, next_check_at, held_until,
		version, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`
	updateOrderQuery = `UPDATE orders SET status = ?, sync_app = ?, next_check_at = ?, held_until = ?, version = version + 1, document = ?
		WHERE id = ? AND version = ?`
	orderVersion = `SELECT version FROM orders WHERE id = ?`
	// wakeOrderQuery leaves an order that a call holds to that call, for as long as it holds it.
	wakeOrderQuery = `UPDATE orders SET next_check_at = CASE WHEN held_until > ? THEN held_until ELSE ? END, version = version + 1 WHERE id = ?`

	orderByID        = `SELECT ` + orderColumns + ` FROM orders WHERE id = ?`
	orderByReference = `SELECT ` + orderColumns + ` FROM orders WHERE caller_id = ? AND order_id = ?`
	orderByKey       = `SELECT ` + orderColumns + ` FROM orders WHERE order_key = ? AND order_key <> ''`
	ordersToSettle   = `SELECT ` + orderColumns + ` FROM orders WHERE sync_app = ? AND sync_app <> '' AND order_id = ? LIMIT 10`

	// endHolds is for when every call that holds an order is dead.
	endHolds = `UPDATE orders SET held_until = 0, next_check_at = 1 WHERE held_until > 0`
)

// dueOrders: 0 is never.
var dueOrders = due{
	table: "orders",
	query: `SELECT ` + orderColumns + ` FROM orders WHERE next_check_at > 0 AND next_check_at <= ? ORDER BY next_check_at LIMIT ?`,
	move:  `UPDATE orders SET next_check_at = ? WHERE id = ?`,
}

var orderWrites = []string{insertOrderQuery, updateOrderQuery, orderVersion, wakeOrderQuery, dueOrders.move}

var _ paylinks.OrderStore = (*Store)(nil)

// putOrder inserts a new order, or updates one that was read.
func putOrder(order *paylinks.Order) (step, error) {
	stored := *order
	toMicros(&stored.CreatedAt, &stored.UpdatedAt)
	text, err := document(&stored)
	if order.Version == 0 {
		return run(insertOrderQuery, []any{
			order.ID, order.CallerID, order.OrderID, order.Key, string(order.Status), order.SyncApp(), micros(order.CreatedAt),
			micros(order.NextCheckAt), micros(order.HeldUntil), text,
		}, paylinks.ErrDuplicate), err
	}
	return versioned(updateOrderQuery, []any{
		string(order.Status), order.SyncApp(), micros(order.NextCheckAt), micros(order.HeldUntil), text, order.ID, order.Version,
	}, orderVersion, order.ID), err
}

func wakeOrder(wake paylinks.OrderWake) step {
	at := micros(wake.At)
	return run(wakeOrderQuery, []any{at, at, wake.ID}, nil)
}

// versioned is an update of a record at its version: where that changes nothing, the record has another version or isn't there.
func versioned(update string, args []any, version, id string) step {
	write := run(update, args, paylinks.ErrStale)
	return func(ctx context.Context, t *transaction) error {
		err := write(ctx, t)
		if !errors.Is(err, paylinks.ErrStale) {
			return err
		}
		var stored int64
		if missing := t.queryRow(ctx, version, []any{id}, &stored); missing != nil {
			return notFound(missing)
		}
		return err
	}
}

func scanOrder(row scanner) (*paylinks.Order, error) {
	var createdAt, nextCheckAt, heldUntil, version int64
	var id, text string
	if err := row.Scan(&createdAt, &id, &text, &nextCheckAt, &heldUntil, &version); err != nil {
		return nil, err
	}
	order := new(paylinks.Order)
	if err := undocument(text, order); err != nil {
		return nil, err
	}
	order.NextCheckAt, order.HeldUntil, order.Version = fromMicros(nextCheckAt), fromMicros(heldUntil), version
	return order, nil
}

// Order reads an order by its id.
func (s *Store) Order(ctx context.Context, id string) (*paylinks.Order, error) {
	return s.order(ctx, orderByID, id)
}

// FindOrder reads a caller's order by the caller's reference.
func (s *Store) FindOrder(ctx context.Context, callerID, orderID string) (*paylinks.Order, error) {
	return s.order(ctx, orderByReference, callerID, orderID)
}

// OrderByKey reads the order with an idempotency key.
func (s *Store) OrderByKey(ctx context.Context, key string) (*paylinks.Order, error) {
	return s.order(ctx, orderByKey, key)
}

func (s *Store) order(ctx context.Context, query string, args ...any) (*paylinks.Order, error) {
	order, err := readOne(ctx, s.reader, scanOrder, query, args...)
	return order, wrap("read an order", err)
}

// OrdersToSettle lists the orders that wait, or waited, for a payment of a gateway app with a reference.
func (s *Store) OrdersToSettle(ctx context.Context, syncApp, orderID string) ([]*paylinks.Order, error) {
	orders, err := readAll(ctx, s.reader, scanOrder, ordersToSettle, syncApp, orderID)
	return orders, wrap("find the orders of a payment", err)
}

// Orders lists a caller's orders, newest first.
func (s *Store) Orders(ctx context.Context, query paylinks.OrderQuery) ([]*paylinks.Order, error) {
	if query.Limit < 1 {
		return nil, nil
	}
	// Of the two ends of the list, the position and "before CreatedTo", the one that is further down holds.
	from, before, beforeID := int64(math.MinInt64), int64(math.MaxInt64), ""
	if !query.CreatedFrom.IsZero() {
		from = ceilMicros(query.CreatedFrom)
	}
	if !query.CreatedTo.IsZero() {
		before = ceilMicros(query.CreatedTo)
	}
	if after := query.After; after != (paylinks.PaylinkCursor{}) && micros(after.CreatedAt) < before {
		before, beforeID = micros(after.CreatedAt), after.ID
	}
	index, filter, args := "orders_caller", `caller_id = ?`, []any{query.CallerID}
	if query.Status != "" {
		index, filter, args = "orders_caller_status", `caller_id = ? AND status = ?`, append(args, string(query.Status))
	}
	text := `SELECT ` + orderColumns + ` FROM orders` + s.config.Dialect.useIndex(index) + ` WHERE ` + s.config.Dialect.onlyIndex(index) + filter +
		` AND created_at >= ? AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?`
	orders, err := readAll(ctx, s.reader, scanOrder, text, append(args, from, before, beforeID, query.Limit)...)
	return orders, wrap("list orders", err)
}

// ClaimOrders takes orders that are to be compared with their links.
func (s *Store) ClaimOrders(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Order, error) {
	orders, err := claim(ctx, s, dueOrders, now, until, limit, scanOrder, func(o *paylinks.Order) string { return o.ID })
	for _, order := range orders {
		order.NextCheckAt = fromMicros(micros(until))
	}
	return orders, wrap("claim orders", err)
}
