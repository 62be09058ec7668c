package sqlite

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// alternating is a store whose every call goes to the other one of two.
type alternating struct {
	stores [2]paylinks.Store
	calls  *atomic.Int64
}

func newAlternating(a, b paylinks.Store) paylinks.Store {
	return alternating{[2]paylinks.Store{a, b}, new(atomic.Int64)}
}

func (a alternating) next() paylinks.Store { return a.stores[a.calls.Add(1)%2] }

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

func (a alternating) ClaimPaylinks(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Paylink, error) {
	return a.next().ClaimPaylinks(ctx, now, until, limit)
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
