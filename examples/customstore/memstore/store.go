package memstore

import (
	"context"
	"slices"
	"sync"

	"github.com/paylinks/paylinks-go/paylinks"
)

var (
	_ paylinks.Store      = (*Store)(nil)
	_ paylinks.Outbox     = (*Store)(nil)
	_ paylinks.OrderStore = (*Store)(nil)
	_ paylinks.Ledger     = (*Store)(nil)
)

// Store is a store in memory. A row is never changed: a write puts a new one in its place. Rows are copies, made on the way in and again on the way out.
type Store struct {
	mu   sync.Mutex
	undo []func()

	links      map[string]*paylinks.Paylink
	operations map[string]*paylinks.Operation
	events     map[string]*paylinks.Event
	webhooks   map[string]*paylinks.Webhook
	answers    map[string]*paylinks.Answer

	endpoints  map[string]*paylinks.Endpoint
	deliveries map[string]*paylinks.EventDelivery
	orders     map[string]*paylinks.Order
	syncs      map[string]*paylinks.Sync
	payments   map[string]*paylinks.SyncedPayment
}

// New makes a store with nothing in it.
func New() *Store {
	return &Store{
		links: map[string]*paylinks.Paylink{}, operations: map[string]*paylinks.Operation{}, events: map[string]*paylinks.Event{},
		webhooks: map[string]*paylinks.Webhook{}, answers: map[string]*paylinks.Answer{}, endpoints: map[string]*paylinks.Endpoint{},
		deliveries: map[string]*paylinks.EventDelivery{}, orders: map[string]*paylinks.Order{}, syncs: map[string]*paylinks.Sync{},
		payments: map[string]*paylinks.SyncedPayment{},
	}
}

// transaction runs f alone, and takes back all that it has put where it fails. A database does both with BEGIN and ROLLBACK, and a COMMIT that has
// reached the disk before it returns.
func (s *Store) transaction(ctx context.Context, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err // whoever has gone may not learn that it was written
	}
	err := f()
	if err != nil {
		for _, back := range slices.Backward(s.undo) {
			back()
		}
	}
	s.undo = nil
	return err
}

// put writes a row, to be called in a transaction.
func put[R any](s *Store, table map[string]R, id string, row R) {
	old, had := table[id]
	s.undo = append(s.undo, func() {
		if had {
			table[id] = old
		} else {
			delete(table, id)
		}
	})
	table[id] = row
}

// remove deletes a row, to be called in a transaction.
func remove[R any](s *Store, table map[string]R, id string) {
	if old, had := table[id]; had {
		s.undo = append(s.undo, func() { table[id] = old })
		delete(table, id)
	}
}

// Write commits a change. The order matters twice: that a link is stale is told before anything else is, and an operation is settled before the next one opens.
func (s *Store) Write(ctx context.Context, change paylinks.Change) error {
	return s.transaction(ctx, func() error {
		for _, step := range []func(paylinks.Change) error{
			s.insertLink, s.updateLink, s.putOrder, s.settle, s.begin, s.appendEvents, s.forgetMetadata,
			s.insertWebhook, s.updateWebhook, s.putAnswer, s.forgetAnswers, s.wakeOrder,
		} {
			if err := step(change); err != nil {
				return err
			}
		}
		return nil
	})
}

// Ping tells that the store answers.
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// Close has nothing to release.
func (s *Store) Close() error { return nil }
