package storetest_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// broken is a store with one method replaced.
type broken struct {
	paylinks.Store
	write        func(context.Context, paylinks.Change) error
	paylink      func(context.Context, string) (*paylinks.Paylink, error)
	list         func(context.Context, paylinks.PaylinkQuery) ([]*paylinks.Paylink, error)
	find         func(context.Context, string, paylinks.Ref) (*paylinks.Paylink, error)
	events       func(context.Context, string, int64, int) ([]paylinks.Event, error)
	claimAnswer  func(context.Context, paylinks.Answer, time.Time) (paylinks.Answer, bool, error)
	beforeClaims func(now, until time.Time) (time.Time, time.Time)
	claimOps     func(context.Context, time.Time, time.Time, int) ([]*paylinks.Operation, error)
}

func (b broken) Write(ctx context.Context, change paylinks.Change) error {
	if b.write != nil {
		return b.write(ctx, change)
	}
	return b.Store.Write(ctx, change)
}

func (b broken) Paylink(ctx context.Context, id string) (*paylinks.Paylink, error) {
	if b.paylink != nil {
		return b.paylink(ctx, id)
	}
	return b.Store.Paylink(ctx, id)
}

func (b broken) Paylinks(ctx context.Context, query paylinks.PaylinkQuery) ([]*paylinks.Paylink, error) {
	if b.list != nil {
		return b.list(ctx, query)
	}
	return b.Store.Paylinks(ctx, query)
}

func (b broken) FindPaylink(ctx context.Context, app string, ref paylinks.Ref) (*paylinks.Paylink, error) {
	if b.find != nil {
		return b.find(ctx, app, ref)
	}
	return b.Store.FindPaylink(ctx, app, ref)
}

func (b broken) Events(ctx context.Context, id string, after int64, limit int) ([]paylinks.Event, error) {
	if b.events != nil {
		return b.events(ctx, id, after, limit)
	}
	return b.Store.Events(ctx, id, after, limit)
}

func (b broken) ClaimAnswer(ctx context.Context, answer paylinks.Answer, now time.Time) (paylinks.Answer, bool, error) {
	if b.claimAnswer != nil {
		return b.claimAnswer(ctx, answer, now)
	}
	return b.Store.ClaimAnswer(ctx, answer, now)
}

func (b broken) times(now, until time.Time) (time.Time, time.Time) {
	if b.beforeClaims != nil {
		return b.beforeClaims(now, until)
	}
	return now, until
}

func (b broken) ClaimPaylinks(ctx context.Context, now, until time.Time, limit int, except []string) ([]*paylinks.Paylink, error) {
	now, until = b.times(now, until)
	return b.Store.ClaimPaylinks(ctx, now, until, limit, except)
}

func (b broken) ClaimOperations(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Operation, error) {
	if b.claimOps != nil {
		return b.claimOps(ctx, now, until, limit)
	}
	now, until = b.times(now, until)
	return b.Store.ClaimOperations(ctx, now, until, limit)
}

func (b broken) ClaimWebhooks(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Webhook, error) {
	now, until = b.times(now, until)
	return b.Store.ClaimWebhooks(ctx, now, until, limit)
}

func ignoreVersions(store paylinks.Store) paylinks.Store {
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		for {
			err := store.Write(ctx, change)
			if change.Update == nil || !errors.Is(err, paylinks.ErrStale) {
				return err
			}
			stored, err := store.Paylink(ctx, change.Update.ID)
			if err != nil {
				return err
			}
			forced := *change.Update
			forced.Version = stored.Version
			change.Update = &forced
		}
	}}
}

func commitHalves(store paylinks.Store) paylinks.Store {
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		first := paylinks.Change{Insert: change.Insert, Update: change.Update}
		change.Insert, change.Update = nil, nil
		if err := store.Write(ctx, first); err != nil {
			return err
		}
		return store.Write(ctx, change)
	}}
}

// failNeighbours is a group commit without savepoints: a change with an operation waits for one that fails, and fails with it.
func failNeighbours(store paylinks.Store) paylinks.Store {
	failed := make(chan struct{})
	var once sync.Once
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		if change.Begin != nil {
			<-failed
			return paylinks.ErrDuplicate
		}
		err := store.Write(ctx, change)
		if err != nil {
			once.Do(func() { close(failed) })
		}
		return err
	}}
}

func claimWithoutMoving(store paylinks.Store) paylinks.Store {
	return broken{Store: store, beforeClaims: func(now, _ time.Time) (time.Time, time.Time) { return now, now }}
}

func claimForEver(store paylinks.Store) paylinks.Store {
	return broken{Store: store, beforeClaims: func(now, until time.Time) (time.Time, time.Time) {
		return now, until.AddDate(1, 0, 0)
	}}
}

func claimBackwards(store paylinks.Store) paylinks.Store {
	return broken{Store: store, claimOps: func(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Operation, error) {
		operations, err := store.ClaimOperations(ctx, now, until, limit)
		slices.Reverse(operations)
		return operations, err
	}}
}

func openTwo(store paylinks.Store) paylinks.Store {
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		err := store.Write(ctx, change)
		if errors.Is(err, paylinks.ErrOperationOpen) {
			return nil
		}
		return err
	}}
}

func shareValues(store paylinks.Store) paylinks.Store {
	var mu sync.Mutex
	links := map[string]*paylinks.Paylink{}
	return broken{Store: store, paylink: func(ctx context.Context, id string) (*paylinks.Paylink, error) {
		mu.Lock()
		defer mu.Unlock()
		if link, ok := links[id]; ok {
			return link, nil
		}
		link, err := store.Paylink(ctx, id)
		if err == nil {
			links[id] = link
		}
		return link, err
	}}
}

func changeQuery(store paylinks.Store, change func(*paylinks.PaylinkQuery)) paylinks.Store {
	return broken{Store: store, list: func(ctx context.Context, query paylinks.PaylinkQuery) ([]*paylinks.Paylink, error) {
		change(&query)
		return store.Paylinks(ctx, query)
	}}
}

func pageByTime(store paylinks.Store) paylinks.Store {
	return changeQuery(store, func(query *paylinks.PaylinkQuery) { query.After.ID = "" })
}

func listAllForNone(store paylinks.Store) paylinks.Store {
	return changeQuery(store, func(query *paylinks.PaylinkQuery) {
		if len(query.OrgAppIDs) == 0 {
			query.OrgAppIDs = nil
		}
	})
}

func forgetFilter(store paylinks.Store) paylinks.Store {
	return changeQuery(store, func(query *paylinks.PaylinkQuery) { query.Provider = "" })
}

func findAnywhere(store paylinks.Store) paylinks.Store {
	return broken{Store: store, find: func(ctx context.Context, _ string, ref paylinks.Ref) (*paylinks.Paylink, error) {
		return store.FindPaylink(ctx, "shop", ref)
	}}
}

func reverseEvents(store paylinks.Store) paylinks.Store {
	return broken{Store: store, events: func(ctx context.Context, id string, after int64, limit int) ([]paylinks.Event, error) {
		events, err := store.Events(ctx, id, after, limit)
		slices.Reverse(events)
		return events, err
	}}
}

func forgetDeliveries(store paylinks.Store) paylinks.Store {
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		if change.Webhook != nil {
			webhook := *change.Webhook
			webhook.DedupKey += webhook.ID
			change.Webhook = &webhook
		}
		return store.Write(ctx, change)
	}}
}

func giveKeys(store paylinks.Store) paylinks.Store {
	return broken{Store: store, claimAnswer: func(ctx context.Context, answer paylinks.Answer, now time.Time) (paylinks.Answer, bool, error) {
		_, _, err := store.ClaimAnswer(ctx, answer, now)
		return answer, true, err
	}}
}

func forgetNotes(store paylinks.Store) paylinks.Store {
	return broken{Store: store, claimAnswer: func(ctx context.Context, answer paylinks.Answer, now time.Time) (paylinks.Answer, bool, error) {
		stored, claimed, err := store.ClaimAnswer(ctx, answer, now)
		if claimed {
			stored.Body = answer.Body
		}
		return stored, claimed, err
	}}
}

func dropField(store paylinks.Store) paylinks.Store {
	return broken{Store: store, paylink: func(ctx context.Context, id string) (*paylinks.Paylink, error) {
		link, err := store.Paylink(ctx, id)
		if err == nil {
			link.QRCodeURL = ""
		}
		return link, err
	}}
}

func ignoreContext(store paylinks.Store) paylinks.Store {
	return broken{Store: store, write: func(ctx context.Context, change paylinks.Change) error {
		return store.Write(context.WithoutCancel(ctx), change)
	}}
}

func roundTimes(store paylinks.Store) paylinks.Store {
	return broken{Store: store, paylink: func(ctx context.Context, id string) (*paylinks.Paylink, error) {
		link, err := store.Paylink(ctx, id)
		if err == nil {
			link.CreatedAt = link.CreatedAt.Truncate(time.Millisecond)
		}
		return link, err
	}}
}
