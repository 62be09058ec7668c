package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// claimable is a kind of record that can be claimed, so that one story is told of all.
type claimable struct {
	name string
	// put stores a record that is due then, end makes it one that is never due.
	put func(t TB, store paylinks.Store, id string, due time.Time)
	end func(t TB, store paylinks.Store, id string)
	// claim returns the ids of what was claimed and their new times.
	claim func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) ([]string, []time.Time, error)
}

// checks is the story of a kind.
func (kind claimable) checks() []Check {
	return []Check{
		{kind.name + " are claimed once they are due, the longest due first, up to the limit", kind.inOrder},
		{kind.name + " are claimed by one claimer", kind.once},
		{kind.name + " are claimed again when the claim has run out", kind.again},
		{kind.name + " that have ended aren't claimed", kind.ended},
	}
}

func claimChecks() []Check {
	var checks []Check
	for _, kind := range []claimable{claimablePaylinks(), claimableOperations(), claimableWebhooks()} {
		checks = append(checks, kind.checks()...)
	}
	return append(checks, Check{"a claim leaves a link's version alone", func(t TB, store paylinks.Store) {
		link := newLink(t, "a")
		link.NextCheckAt = at(1)
		insert(t, store, link)
		before := read(t, store, "a")
		claimed, err := store.ClaimPaylinks(t.Context(), at(1), at(2), 1, nil)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		equal(t, read(t, store, "a"), claimed[0])
		write(t, store, paylinks.Change{Update: before})
	}}, Check{"a link without a time is never claimed", func(t TB, store paylinks.Store) {
		insert(t, store, newLink(t, "a"))
		claimed, err := store.ClaimPaylinks(t.Context(), at(1_000_000), at(1_000_001), 10, nil)
		require.NoError(t, err)
		require.Empty(t, claimed)
	}}, Check{"a claim leaves out the links of some apps", func(t TB, store paylinks.Store) {
		for i, app := range []string{"busy", "free", "resting"} {
			link := newLink(t, app)
			link.OrgAppID, link.NextCheckAt = app, at(i)
			insert(t, store, link)
		}
		claimed, err := store.ClaimPaylinks(t.Context(), at(3), at(9), 3, []string{"resting", "busy"})
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, "free", claimed[0].OrgAppID)
		claimed, err = store.ClaimPaylinks(t.Context(), at(3), at(9), 3, nil)
		require.NoError(t, err)
		require.Len(t, claimed, 2, "those left out are still due")
	}})
}

func (kind claimable) inOrder(t TB, store paylinks.Store) {
	for id, minute := range map[string]int{"a": 3, "b": 1, "c": 2, "d": 4, "e": 11} {
		kind.put(t, store, id, at(minute))
	}
	for _, step := range []struct {
		now, limit int
		want       []string
	}{{0, 9, nil}, {1, 0, nil}, {1, 9, []string{"b"}}, {10, 2, []string{"c", "a"}}, {10, 9, []string{"d"}}, {10, 9, nil}} {
		got, times, err := kind.claim(t.Context(), store, at(step.now), at(60), step.limit)
		require.NoError(t, err)
		require.Equal(t, step.want, got, "%+v", step)
		for _, due := range times {
			assert.True(t, due.Equal(at(60)), "a claimed record has its new time")
		}
	}
}

func (kind claimable) once(t TB, store paylinks.Store) {
	const records, claimers = 9, 4
	want := make([]string, 0, records)
	for i := range records {
		id := fmt.Sprint(i)
		kind.put(t, store, id, at(1))
		want = append(want, id)
	}
	type result struct {
		ids []string
		err error
	}
	var all []string
	for _, got := range together(claimers, func(int) result {
		var mine result
		for range records {
			claimed, _, err := kind.claim(t.Context(), store, at(5), at(60), 2)
			if err != nil {
				return result{err: err}
			}
			mine.ids = append(mine.ids, claimed...)
		}
		return mine
	}) {
		require.NoError(t, got.err)
		all = append(all, got.ids...)
	}
	slices.Sort(all)
	require.Equal(t, want, all, "each record goes to one claimer, once")
}

func (kind claimable) again(t TB, store paylinks.Store) {
	kind.put(t, store, "a", at(1))
	for _, step := range []struct {
		now, until int
		want       []string
	}{{1, 10, []string{"a"}}, {9, 20, nil}, {10, 20, []string{"a"}}, {19, 30, nil}} {
		got, _, err := kind.claim(t.Context(), store, at(step.now), at(step.until), 9)
		require.NoError(t, err)
		require.Equal(t, step.want, got, "%+v", step)
	}
}

func (kind claimable) ended(t TB, store paylinks.Store) {
	kind.put(t, store, "a", at(1))
	kind.put(t, store, "b", at(1))
	kind.end(t, store, "a")
	got, _, err := kind.claim(t.Context(), store, at(60), at(90), 9)
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, got)
}

func claimablePaylinks() claimable {
	return claimable{
		name: "links",
		put: func(t TB, store paylinks.Store, id string, due time.Time) {
			t.Helper()
			link := newLink(t, id)
			link.NextCheckAt = due
			insert(t, store, link)
		},
		end: func(t TB, store paylinks.Store, id string) {
			t.Helper()
			link := read(t, store, id)
			link.NextCheckAt = time.Time{}
			write(t, store, paylinks.Change{Update: link})
		},
		claim: func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) (ids []string, times []time.Time, err error) {
			links, err := store.ClaimPaylinks(ctx, now, until, limit, nil)
			for _, link := range links {
				ids, times = append(ids, link.ID), append(times, link.NextCheckAt)
			}
			return ids, times, err
		},
	}
}

func claimableOperations() claimable {
	return claimable{
		name: "operations",
		put: func(t TB, store paylinks.Store, id string, due time.Time) {
			t.Helper()
			insert(t, store, newLink(t, "link-"+id))
			operation := newOperation(id, "link-"+id)
			operation.DueAt = due
			write(t, store, paylinks.Change{Begin: operation})
		},
		end: func(t TB, store paylinks.Store, id string) {
			t.Helper()
			operation := newOperation(id, "link-"+id)
			operation.Open, operation.DueAt = false, at(1)
			write(t, store, paylinks.Change{Settle: operation})
		},
		claim: func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) (ids []string, times []time.Time, err error) {
			operations, err := store.ClaimOperations(ctx, now, until, limit)
			for _, operation := range operations {
				ids, times = append(ids, operation.ID), append(times, operation.DueAt)
			}
			return ids, times, err
		},
	}
}

func claimableWebhooks() claimable {
	return claimable{
		name: "webhooks",
		put: func(t TB, store paylinks.Store, id string, due time.Time) {
			t.Helper()
			webhook := newWebhook(id)
			webhook.DueAt = due
			write(t, store, paylinks.Change{Webhook: webhook})
		},
		end: func(t TB, store paylinks.Store, id string) {
			t.Helper()
			webhook := newWebhook(id)
			webhook.Done, webhook.DueAt = true, at(1)
			write(t, store, paylinks.Change{HandledWebhook: webhook})
		},
		claim: func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) (ids []string, times []time.Time, err error) {
			webhooks, err := store.ClaimWebhooks(ctx, now, until, limit)
			for _, webhook := range webhooks {
				ids, times = append(ids, webhook.ID), append(times, webhook.DueAt)
			}
			return ids, times, err
		},
	}
}
