package storetest_test

import (
	"context"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The parts of a store with powers, under names of their own: a struct that embeds them has all their methods.
type (
	base   = paylinks.Store
	outbox = paylinks.Outbox
	ledger = paylinks.Ledger
)

// brokenOutbox is an Outbox with some methods replaced.
type brokenOutbox struct {
	base
	outbox
	write    func(context.Context, paylinks.Change) error
	put      func(context.Context, *paylinks.Endpoint) error
	remove   func(context.Context, string) error
	claim    func(context.Context, time.Time, time.Time, int) ([]*paylinks.EventDelivery, error)
	delivery func(context.Context, *paylinks.EventDelivery) error
	list     func(context.Context, paylinks.DeliveryQuery) ([]*paylinks.EventDelivery, error)
}

func (b brokenOutbox) Write(ctx context.Context, change paylinks.Change) error {
	if b.write != nil {
		return b.write(ctx, change)
	}
	return b.base.Write(ctx, change)
}

func (b brokenOutbox) PutEndpoint(ctx context.Context, endpoint *paylinks.Endpoint) error {
	if b.put != nil {
		return b.put(ctx, endpoint)
	}
	return b.outbox.PutEndpoint(ctx, endpoint)
}

func (b brokenOutbox) DeleteEndpoint(ctx context.Context, id string) error {
	if b.remove != nil {
		return b.remove(ctx, id)
	}
	return b.outbox.DeleteEndpoint(ctx, id)
}

func (b brokenOutbox) ClaimDeliveries(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.EventDelivery, error) {
	if b.claim != nil {
		return b.claim(ctx, now, until, limit)
	}
	return b.outbox.ClaimDeliveries(ctx, now, until, limit)
}

func (b brokenOutbox) PutDelivery(ctx context.Context, delivery *paylinks.EventDelivery) error {
	if b.delivery != nil {
		return b.delivery(ctx, delivery)
	}
	return b.outbox.PutDelivery(ctx, delivery)
}

func (b brokenOutbox) Deliveries(ctx context.Context, query paylinks.DeliveryQuery) ([]*paylinks.EventDelivery, error) {
	if b.list != nil {
		return b.list(ctx, query)
	}
	return b.outbox.Deliveries(ctx, query)
}

func brokenBox(store paylinks.Store, change func(*brokenOutbox)) paylinks.Store {
	b := brokenOutbox{base: store, outbox: store.(paylinks.Outbox)}
	change(&b)
	return b
}

// tellAll gives every event to every endpoint.
func tellAll(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.put = func(ctx context.Context, endpoint *paylinks.Endpoint) error {
			all := *endpoint
			all.Types, all.OrgApps = nil, nil
			return b.outbox.PutEndpoint(ctx, &all)
		}
	})
}

// tellTheDisabled forgets to stop.
func tellTheDisabled(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.put = func(ctx context.Context, endpoint *paylinks.Endpoint) error {
			enabled := *endpoint
			enabled.Disabled = false
			return b.outbox.PutEndpoint(ctx, &enabled)
		}
	})
}

// tellBeforehand stores events apart from the change that they tell of.
func tellBeforehand(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.write = func(ctx context.Context, change paylinks.Change) error {
			if len(change.Events) > 0 && change.Update != nil {
				if err := b.base.Write(ctx, paylinks.Change{Events: change.Events}); err != nil {
					return err
				}
				change.Events = nil
			}
			return b.base.Write(ctx, change)
		}
	})
}

// deliverInAnyOrder lets nothing wait: each claimed delivery counts as ended for those behind it.
func deliverInAnyOrder(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.claim = func(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.EventDelivery, error) {
			var all []*paylinks.EventDelivery
			for {
				some, err := b.outbox.ClaimDeliveries(ctx, now, until, limit)
				if err != nil || len(some) == 0 {
					return all, err
				}
				all = append(all, some...)
				for _, d := range some {
					passed := *d
					passed.State = paylinks.DeliveryDead
					if err := b.outbox.PutDelivery(ctx, &passed); err != nil {
						return nil, err
					}
				}
			}
		}
	})
}

// claimTwice leaves what is claimed due.
func claimTwice(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.claim = func(ctx context.Context, now, _ time.Time, limit int) ([]*paylinks.EventDelivery, error) {
			return b.outbox.ClaimDeliveries(ctx, now, now, limit)
		}
	})
}

// keepDeliveries disables an endpoint that should go.
func keepDeliveries(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.remove = func(ctx context.Context, id string) error {
			gone := paylinks.Endpoint{ID: id, Disabled: true}
			return b.outbox.PutEndpoint(ctx, &gone)
		}
	})
}

func forgetTries(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.delivery = func(ctx context.Context, delivery *paylinks.EventDelivery) error {
			bare := *delivery
			bare.Tries = nil
			return b.outbox.PutDelivery(ctx, &bare)
		}
	})
}

func listEveryState(store paylinks.Store) paylinks.Store {
	return brokenBox(store, func(b *brokenOutbox) {
		b.list = func(ctx context.Context, query paylinks.DeliveryQuery) ([]*paylinks.EventDelivery, error) {
			query.State = ""
			return b.outbox.Deliveries(ctx, query)
		}
	})
}

func keepMetadata(store paylinks.Store) paylinks.Store {
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		change.Forget = ""
		return store.Write(ctx, change)
	}}
}

// brokenLedger is a Ledger with some methods replaced.
type brokenLedger struct {
	base
	ledger
	begin func(context.Context, *paylinks.Sync) error
	last  func(context.Context, string) (*paylinks.Sync, error)
	claim func(context.Context, time.Time, time.Time, int) ([]*paylinks.Sync, error)
	hold  func(context.Context, string, time.Time) error
	page  func(context.Context, *paylinks.Sync, []*paylinks.SyncedPayment) error
	list  func(context.Context, paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error)
}

func (b brokenLedger) BeginSync(ctx context.Context, sync *paylinks.Sync) error {
	if b.begin != nil {
		return b.begin(ctx, sync)
	}
	return b.ledger.BeginSync(ctx, sync)
}

func (b brokenLedger) LastSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	if b.last != nil {
		return b.last(ctx, orgAppID)
	}
	return b.ledger.LastSync(ctx, orgAppID)
}

func (b brokenLedger) ClaimSyncs(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Sync, error) {
	if b.claim != nil {
		return b.claim(ctx, now, until, limit)
	}
	return b.ledger.ClaimSyncs(ctx, now, until, limit)
}

func (b brokenLedger) HoldSync(ctx context.Context, id string, until time.Time) error {
	if b.hold != nil {
		return b.hold(ctx, id, until)
	}
	return b.ledger.HoldSync(ctx, id, until)
}

func (b brokenLedger) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	if b.page != nil {
		return b.page(ctx, sync, payments)
	}
	return b.ledger.WritePage(ctx, sync, payments)
}

func (b brokenLedger) Payments(ctx context.Context, query paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error) {
	if b.list != nil {
		return b.list(ctx, query)
	}
	return b.ledger.Payments(ctx, query)
}

func brokenBooks(store paylinks.Store, change func(*brokenLedger)) paylinks.Store {
	b := brokenLedger{base: store, ledger: store.(paylinks.Ledger)}
	change(&b)
	return b
}

// syncTwice lets an app have any number of syncs, by other names of the app.
func syncTwice(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.begin = func(ctx context.Context, sync *paylinks.Sync) error {
			other := *sync
			other.OrgAppID += sync.ID
			return b.ledger.BeginSync(ctx, &other)
		}
	})
}

// goOnFromAnySync takes a sync with a window of its own for one to go on from.
func goOnFromAnySync(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.page = func(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
			plain := *sync
			plain.Explicit = false
			return b.ledger.WritePage(ctx, &plain, payments)
		}
	})
}

// pageByPayment stores each payment by itself.
func pageByPayment(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.page = func(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
			for _, payment := range payments {
				if err := b.ledger.WritePage(ctx, sync, []*paylinks.SyncedPayment{payment}); err != nil {
					return err
				}
			}
			return b.ledger.WritePage(ctx, sync, nil)
		}
	})
}

// countByRaw takes a payment with another raw row for a changed one.
func countByRaw(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.page = func(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
			raw := make([]*paylinks.SyncedPayment, 0, len(payments))
			for _, payment := range payments {
				other := *payment
				other.Payment.Brand += string(payment.Payment.Raw)
				raw = append(raw, &other)
			}
			return b.ledger.WritePage(ctx, sync, raw)
		}
	})
}

// mixApps takes the provider's id of a payment for one of its own.
func mixApps(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.page = func(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
			same := make([]*paylinks.SyncedPayment, 0, len(payments))
			for _, payment := range payments {
				other := *payment
				other.OrgAppID = "shop"
				same = append(same, &other)
			}
			return b.ledger.WritePage(ctx, sync, same)
		}
	})
}

func holdNothing(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.hold = func(ctx context.Context, id string, _ time.Time) error {
			_, err := b.Sync(ctx, id)
			return err
		}
	})
}

func claimSyncsTwice(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.claim = func(ctx context.Context, now, _ time.Time, limit int) ([]*paylinks.Sync, error) {
			return b.ledger.ClaimSyncs(ctx, now, now, limit)
		}
	})
}

func listPaymentsUnsorted(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.list = func(ctx context.Context, query paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error) {
			payments, err := b.ledger.Payments(ctx, query)
			slices.Reverse(payments)
			return payments, err
		}
	})
}

func pagePaymentsByTime(store paylinks.Store) paylinks.Store {
	return brokenBooks(store, func(b *brokenLedger) {
		b.list = func(ctx context.Context, query paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error) {
			query.After.ID = ""
			return b.ledger.Payments(ctx, query)
		}
	})
}
