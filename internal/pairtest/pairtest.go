// Package pairtest makes one store of two that share a database, so that a suite for one store tests what two processes see.
package pairtest

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Everything is a store with all powers.
type Everything interface {
	paylinks.Store
	paylinks.Outbox
	paylinks.Ledger
	paylinks.OrderStore
}

// alternating is a store whose every call goes to the other one of two.
type alternating struct {
	stores [2]Everything
	calls  *atomic.Int64
}

var _ Everything = alternating{}

// New is a store whose every call goes to the other one of two. They are closed by whoever has opened them.
func New(a, b Everything) paylinks.Store {
	return alternating{[2]Everything{a, b}, new(atomic.Int64)}
}

func (a alternating) next() Everything { return a.stores[a.calls.Add(1)%2] }

func (a alternating) Write(ctx context.Context, change paylinks.Change) error {
	return a.next().Write(ctx, change)
}

func (a alternating) Paylink(ctx context.Context, id string) (*paylinks.Paylink, error) {
	return a.next().Paylink(ctx, id)
}

func (a alternating) Paylinks(ctx context.Context, query paylinks.PaylinkQuery) ([]*paylinks.Paylink, error) {
	return a.next().Paylinks(ctx, query)
}

func (a alternating) FindPaylink(ctx context.Context, orgAppID string, ref paylinks.Ref) (*paylinks.Paylink, error) {
	return a.next().FindPaylink(ctx, orgAppID, ref)
}

func (a alternating) Events(ctx context.Context, paylinkID string, after int64, limit int) ([]paylinks.Event, error) {
	return a.next().Events(ctx, paylinkID, after, limit)
}

func (a alternating) Operation(ctx context.Context, key string) (*paylinks.Operation, error) {
	return a.next().Operation(ctx, key)
}

func (a alternating) Operations(ctx context.Context, paylinkID string) ([]*paylinks.Operation, error) {
	return a.next().Operations(ctx, paylinkID)
}

func (a alternating) ClaimPaylinks(ctx context.Context, now, until time.Time, limit int, except []string) ([]*paylinks.Paylink, error) {
	return a.next().ClaimPaylinks(ctx, now, until, limit, except)
}

func (a alternating) ClaimOperations(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Operation, error) {
	return a.next().ClaimOperations(ctx, now, until, limit)
}

func (a alternating) ClaimWebhooks(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Webhook, error) {
	return a.next().ClaimWebhooks(ctx, now, until, limit)
}

func (a alternating) ClaimAnswer(ctx context.Context, answer paylinks.Answer, now time.Time) (paylinks.Answer, bool, error) {
	return a.next().ClaimAnswer(ctx, answer, now)
}

func (a alternating) Ping(ctx context.Context) error { return a.next().Ping(ctx) }

// Close leaves the two stores to whoever has opened them.
func (a alternating) Close() error { return nil }

func (a alternating) PutEndpoint(ctx context.Context, endpoint *paylinks.Endpoint) error {
	return a.next().PutEndpoint(ctx, endpoint)
}

func (a alternating) DeleteEndpoint(ctx context.Context, id string) error {
	return a.next().DeleteEndpoint(ctx, id)
}

func (a alternating) Endpoints(ctx context.Context) ([]*paylinks.Endpoint, error) {
	return a.next().Endpoints(ctx)
}

func (a alternating) ClaimDeliveries(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.EventDelivery, error) {
	return a.next().ClaimDeliveries(ctx, now, until, limit)
}

func (a alternating) PutDelivery(ctx context.Context, delivery *paylinks.EventDelivery) error {
	return a.next().PutDelivery(ctx, delivery)
}

func (a alternating) Delivery(ctx context.Context, id string) (*paylinks.EventDelivery, error) {
	return a.next().Delivery(ctx, id)
}

func (a alternating) Deliveries(ctx context.Context, query paylinks.DeliveryQuery) ([]*paylinks.EventDelivery, error) {
	return a.next().Deliveries(ctx, query)
}

func (a alternating) BeginSync(ctx context.Context, sync *paylinks.Sync) error {
	return a.next().BeginSync(ctx, sync)
}

func (a alternating) Sync(ctx context.Context, id string) (*paylinks.Sync, error) {
	return a.next().Sync(ctx, id)
}

func (a alternating) OpenSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	return a.next().OpenSync(ctx, orgAppID)
}

func (a alternating) LastSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	return a.next().LastSync(ctx, orgAppID)
}

func (a alternating) ClaimSyncs(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Sync, error) {
	return a.next().ClaimSyncs(ctx, now, until, limit)
}

func (a alternating) HoldSync(ctx context.Context, id string, until time.Time) error {
	return a.next().HoldSync(ctx, id, until)
}

func (a alternating) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	return a.next().WritePage(ctx, sync, payments)
}

func (a alternating) Payments(ctx context.Context, query paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error) {
	return a.next().Payments(ctx, query)
}
