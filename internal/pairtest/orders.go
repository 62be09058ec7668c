package pairtest

import (
	"context"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

func (a alternating) Order(ctx context.Context, id string) (*paylinks.Order, error) {
	return a.next().Order(ctx, id)
}

func (a alternating) FindOrder(ctx context.Context, callerID, orderID string) (*paylinks.Order, error) {
	return a.next().FindOrder(ctx, callerID, orderID)
}

func (a alternating) OrderByKey(ctx context.Context, key string) (*paylinks.Order, error) {
	return a.next().OrderByKey(ctx, key)
}

func (a alternating) Orders(ctx context.Context, query paylinks.OrderQuery) ([]*paylinks.Order, error) {
	return a.next().Orders(ctx, query)
}

func (a alternating) OrdersToSettle(ctx context.Context, syncApp, orderID string) ([]*paylinks.Order, error) {
	return a.next().OrdersToSettle(ctx, syncApp, orderID)
}

func (a alternating) ClaimOrders(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Order, error) {
	return a.next().ClaimOrders(ctx, now, until, limit)
}
