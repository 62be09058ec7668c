package storetest

import (
	"context"
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func changeChecks() []Check {
	return []Check{
		{"a change whose last part fails leaves nothing", changeIsAtomic},
		{"a change that fails doesn't fail those beside it", func(t TB, store paylinks.Store) {
			const writers = 12
			insert(t, store, newLink(t, "taken"))
			results := together(writers, func(i int) error {
				if i%3 == 0 {
					return store.Write(t.Context(), paylinks.Change{Insert: newLink(t, "taken")})
				}
				link := newLink(t, fmt.Sprintf("link-%d", i))
				return store.Write(t.Context(), paylinks.Change{Insert: link, Begin: newOperation("op-"+link.ID, link.ID)})
			})
			for i, err := range results {
				if i%3 == 0 {
					assert.ErrorIs(t, err, paylinks.ErrDuplicate)
					continue
				}
				assert.NoError(t, err)
				id := fmt.Sprintf("link-%d", i)
				read(t, store, id)
				operations, err := store.Operations(t.Context(), id)
				assert.NoError(t, err)
				assert.Len(t, operations, 1)
			}
		}},
		{"an empty change is none", func(t TB, store paylinks.Store) {
			require.NoError(t, store.Write(t.Context(), paylinks.Change{}))
		}},
		{"a change whose caller has gone isn't made", func(t TB, store paylinks.Store) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			require.ErrorIs(t, store.Write(ctx, paylinks.Change{Insert: newLink(t, "a")}), context.Canceled)
			_, err := store.Paylink(t.Context(), "a")
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
		{"a change is either made or its error says otherwise, whenever its caller goes", func(t TB, store paylinks.Store) {
			const writers = 12
			for round := range 3 {
				ctx, cancel := context.WithCancel(t.Context())
				results := together(writers, func(i int) error {
					if i == writers/2 {
						cancel()
						return nil
					}
					return store.Write(ctx, paylinks.Change{Insert: newLink(t, fmt.Sprintf("%d-%d", round, i))})
				})
				for i, err := range results {
					if i == writers/2 {
						continue
					}
					_, missing := store.Paylink(t.Context(), fmt.Sprintf("%d-%d", round, i))
					if err == nil {
						assert.NoError(t, missing)
					} else {
						assert.ErrorIs(t, err, context.Canceled)
						assert.ErrorIs(t, missing, paylinks.ErrNotFound)
					}
				}
			}
		}},
		{"the store answers a ping", func(t TB, store paylinks.Store) {
			require.NoError(t, store.Ping(t.Context()))
		}},
	}
}

// changeIsAtomic has one change of everything for each way in which its last part can fail.
func changeIsAtomic(t TB, store paylinks.Store) {
	ctx := t.Context()
	insert(t, store, newLink(t, "old"), newLink(t, "busy"))
	running := newOperation("running", "busy")
	write(t, store, paylinks.Change{Begin: running, Events: []paylinks.Event{newEvent("busy", 1)}, Webhook: newWebhook("known")})

	stale := read(t, store, "old")
	stale.Version = 9
	again := newWebhook("again")
	again.DedupKey = newWebhook("known").DedupKey
	for name, c := range map[string]struct {
		change paylinks.Change
		want   error
	}{
		"stale":             {paylinks.Change{Update: stale}, paylinks.ErrStale},
		"operation open":    {paylinks.Change{Begin: newOperation("second", "busy")}, paylinks.ErrOperationOpen},
		"not open":          {paylinks.Change{Settle: newOperation("nobody", "busy")}, paylinks.ErrNotFound},
		"event known":       {paylinks.Change{Events: []paylinks.Event{newEvent("busy", 2), newEvent("busy", 1)}}, paylinks.ErrDuplicate},
		"webhook known":     {paylinks.Change{Webhook: again}, paylinks.ErrDuplicate},
		"webhook not known": {paylinks.Change{HandledWebhook: newWebhook("nobody")}, paylinks.ErrNotFound},
	} {
		change := c.change
		change.Insert = newLink(t, "new")
		answer := newAnswer("key")
		change.Answer = &answer
		if change.Settle == nil {
			settled := *running
			settled.Open, settled.Outcome = false, paylinks.Applied
			if change.Begin == nil {
				change.Settle = &settled
			}
		}
		if change.Update == nil {
			updated := read(t, store, "old")
			updated.Reason = "written"
			change.Update = updated
		}
		if change.Webhook == nil {
			change.Webhook = newWebhook("new")
		}
		if len(change.Events) == 0 {
			change.Events = []paylinks.Event{newEvent("busy", 2)}
		}
		require.ErrorIs(t, store.Write(ctx, change), c.want, name)

		_, err := store.Paylink(ctx, "new")
		assert.ErrorIs(t, err, paylinks.ErrNotFound, name)
		old := read(t, store, "old")
		assert.EqualValues(t, 1, old.Version, name)
		assert.Empty(t, old.Reason, name)
		operations, err := store.Operations(ctx, "busy")
		assert.NoError(t, err, name)
		if assert.Len(t, operations, 1, name) {
			assert.True(t, operations[0].Open, name)
		}
		events, err := store.Events(ctx, "busy", 0, 10)
		assert.NoError(t, err, name)
		assert.Len(t, events, 1, name)
		assert.NoError(t, storedOnly(ctx, store, "known"), name)
		_, claimed, err := store.ClaimAnswer(ctx, newAnswer("key"), epoch)
		assert.NoError(t, err, name)
		assert.True(t, claimed, "%s: the key of an answer that wasn't stored is free", name)
		write(t, store, paylinks.Change{FreeAnswer: "key"})
	}
}

// storedOnly is an error where other webhooks than the one with id are due at the end of the day.
func storedOnly(ctx context.Context, store paylinks.Store, id string) error {
	webhooks, err := store.ClaimWebhooks(ctx, at(600), at(5), 10)
	if err != nil {
		return err
	}
	if len(webhooks) != 1 || webhooks[0].ID != id {
		return fmt.Errorf("%d webhooks are stored, expected only %q", len(webhooks), id)
	}
	return nil
}
