package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func newEndpoint(id string) *paylinks.Endpoint {
	return &paylinks.Endpoint{ID: id, URL: "https://hooks.example/" + id, Key: 1, CreatedAt: epoch, UpdatedAt: epoch}
}

func putEndpoint(t TB, outbox paylinks.Outbox, endpoints ...*paylinks.Endpoint) {
	t.Helper()
	for _, endpoint := range endpoints {
		require.NoError(t, outbox.PutEndpoint(t.Context(), endpoint))
	}
}

// claimed is what a claimer at a minute gets, in words: "endpoint link/sequence".
func claimed(t TB, outbox paylinks.Outbox, now, limit int) (words []string, deliveries []*paylinks.EventDelivery) {
	t.Helper()
	deliveries, err := outbox.ClaimDeliveries(t.Context(), at(now), at(now+10), limit)
	require.NoError(t, err)
	for _, d := range deliveries {
		words = append(words, fmt.Sprintf("%s %s/%d", d.EndpointID, d.Event.PaylinkID, d.Event.Sequence))
	}
	slices.Sort(words)
	return words, deliveries
}

// end stores that a delivery has ended.
func end(t TB, outbox paylinks.Outbox, d *paylinks.EventDelivery, state paylinks.DeliveryState) {
	t.Helper()
	d.State = state
	d.Tries = append(d.Tries, paylinks.DeliveryTry{At: at(30), Status: 200})
	require.NoError(t, outbox.PutDelivery(t.Context(), d))
}

func outboxChecks() []Check {
	checks := []Check{
		with("an event makes one delivery to each endpoint that wants its type and its app", fanOut),
		with("an event that isn't stored makes no delivery", func(t TB, store paylinks.Store, outbox paylinks.Outbox) {
			insert(t, store, newLink(t, "a"))
			putEndpoint(t, outbox, newEndpoint("all"))
			stale := read(t, store, "a")
			stale.Version = 9
			event := newEvent("a", 1)
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Update: stale, Events: []paylinks.Event{event}}), paylinks.ErrStale)
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Events: []paylinks.Event{event, event}}), paylinks.ErrDuplicate)
			words, _ := claimed(t, outbox, 60, 10)
			require.Empty(t, words)
		}),
		with("a delivery is due at once, with its whole event", func(t TB, store paylinks.Store, outbox paylinks.Outbox) {
			insert(t, store, newLink(t, "a"))
			putEndpoint(t, outbox, newEndpoint("all"))
			event := newEvent("a", 1)
			write(t, store, paylinks.Change{Events: []paylinks.Event{event}})
			deliveries, err := outbox.ClaimDeliveries(t.Context(), event.OccurredAt, at(9), 10)
			require.NoError(t, err)
			require.Len(t, deliveries, 1)
			equal(t, event, deliveries[0].Event)
			assert.Equal(t, paylinks.DeliveryPending, deliveries[0].State)
			assert.True(t, deliveries[0].DueAt.Equal(at(9)))
			stored, err := outbox.Delivery(t.Context(), deliveries[0].ID)
			require.NoError(t, err)
			equal(t, deliveries[0], stored)
		}),
		with("of one link's deliveries to an endpoint only the first pending one is claimed, and the next when it has ended", deliverInOrder),
		with("a delivery that failed holds back those behind it, of its link and endpoint alone", holdBack),
		with("a delivery that is sent again goes before those that are pending", func(t TB, store paylinks.Store, outbox paylinks.Outbox) {
			insert(t, store, newLink(t, "a"))
			putEndpoint(t, outbox, newEndpoint("e"))
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1), newEvent("a", 2)}})
			_, first := claimed(t, outbox, 10, 10)
			end(t, outbox, first[0], paylinks.DeliveryDead)
			again := first[0]
			again.State, again.Tries, again.DueAt = paylinks.DeliveryPending, nil, at(20)
			require.NoError(t, outbox.PutDelivery(t.Context(), again))
			words, _ := claimed(t, outbox, 19, 10)
			require.Empty(t, words, "the second one waits for the first again")
			words, first = claimed(t, outbox, 20, 10)
			require.Equal(t, []string{"e a/1"}, words)
			end(t, outbox, first[0], paylinks.DeliveryDelivered)
			words, _ = claimed(t, outbox, 21, 10)
			require.Equal(t, []string{"e a/2"}, words)
		}),
		with("a disabled endpoint gets no new deliveries, and its pending ones rest until it's enabled", disableEndpoint),
		with("with an endpoint its deliveries go: ErrNotFound", func(t TB, store paylinks.Store, outbox paylinks.Outbox) {
			insert(t, store, newLink(t, "a"))
			putEndpoint(t, outbox, newEndpoint("gone"), newEndpoint("stays"))
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1)}})
			_, deliveries := claimed(t, outbox, 10, 10)
			require.Len(t, deliveries, 2)
			require.NoError(t, outbox.DeleteEndpoint(t.Context(), "gone"))
			require.ErrorIs(t, outbox.DeleteEndpoint(t.Context(), "gone"), paylinks.ErrNotFound)
			for _, d := range deliveries {
				if d.EndpointID == "stays" {
					continue
				}
				require.ErrorIs(t, outbox.PutDelivery(t.Context(), d), paylinks.ErrNotFound)
				_, err := outbox.Delivery(t.Context(), d.ID)
				require.ErrorIs(t, err, paylinks.ErrNotFound)
			}
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 2)}})
			words, _ := claimed(t, outbox, 30, 10)
			require.Equal(t, []string{"stays a/1"}, words)
		}),
		with("endpoints are listed oldest first, as they were last stored", listEndpoints),
		with("deliveries are listed newest first, by state, after a position, up to a limit", listDeliveries),
		with("a delivery keeps its new state", func(t TB, store paylinks.Store, outbox paylinks.Outbox) {
			insert(t, store, newLink(t, "a"))
			putEndpoint(t, outbox, newEndpoint("e"))
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1)}})
			_, deliveries := claimed(t, outbox, 10, 10)
			d := deliveries[0]
			d.Tries = []paylinks.DeliveryTry{{At: at(10), Status: 503}, {At: at(11).Add(time.Microsecond), Error: "no answer"}}
			d.DueAt = at(15)
			require.NoError(t, outbox.PutDelivery(t.Context(), d))
			stored, err := outbox.Delivery(t.Context(), d.ID)
			require.NoError(t, err)
			equal(t, d, stored)
		}),
	}
	return append(checks, withAll[paylinks.Outbox](claimableDeliveries().checks())...)
}

func fanOut(t TB, store paylinks.Store, outbox paylinks.Outbox) {
	shop, other := newLink(t, "shop"), newLink(t, "other")
	other.OrgAppID = "other"
	insert(t, store, shop, other)
	some := func(id string, types []paylinks.EventType, apps []string) *paylinks.Endpoint {
		endpoint := newEndpoint(id)
		endpoint.Types, endpoint.OrgApps = types, apps
		return endpoint
	}
	putEndpoint(t, outbox,
		some("all", nil, nil),
		some("captured", []paylinks.EventType{paylinks.EventCaptured}, nil),
		some("two types", []paylinks.EventType{paylinks.EventAuthorized, paylinks.EventCaptured, paylinks.EventCaptured}, nil),
		some("shop", nil, []string{"shop", "branch"}),
		some("captured at other", []paylinks.EventType{paylinks.EventCaptured}, []string{"other"}),
		some("no type", []paylinks.EventType{}, nil),
		some("no app", nil, []string{}),
	)
	for link, app := range map[string]string{"shop": "shop", "other": "other"} {
		for sequence, kind := range []paylinks.EventType{paylinks.EventAuthorized, paylinks.EventCaptured} {
			event := newEvent(link, int64(sequence+1))
			event.Type, event.OrgAppID = kind, app
			write(t, store, paylinks.Change{Events: []paylinks.Event{event}})
		}
	}
	for id, want := range map[string][]string{
		"all":               {"other/1", "other/2", "shop/1", "shop/2"},
		"captured":          {"other/2", "shop/2"},
		"two types":         {"other/1", "other/2", "shop/1", "shop/2"},
		"shop":              {"shop/1", "shop/2"},
		"captured at other": {"other/2"},
		"no type":           nil,
		"no app":            nil,
	} {
		deliveries, err := outbox.Deliveries(t.Context(), paylinks.DeliveryQuery{EndpointID: id, Limit: 10})
		require.NoError(t, err)
		var got []string
		for _, d := range deliveries {
			got = append(got, fmt.Sprintf("%s/%d", d.Event.PaylinkID, d.Event.Sequence))
		}
		slices.Sort(got)
		assert.Equal(t, want, got, id)
	}
}

func deliverInOrder(t TB, store paylinks.Store, outbox paylinks.Outbox) {
	insert(t, store, newLink(t, "a"), newLink(t, "b"))
	putEndpoint(t, outbox, newEndpoint("x"), newEndpoint("y"))
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1), newEvent("a", 2), newEvent("b", 1)}})
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 3)}})
	now := 10
	for _, want := range [][]string{{"x a/1", "x b/1", "y a/1", "y b/1"}, {"x a/2", "y a/2"}, {"x a/3", "y a/3"}, nil} {
		words, deliveries := claimed(t, outbox, now, 10)
		require.Equal(t, want, words)
		words, _ = claimed(t, outbox, now, 10)
		require.Empty(t, words, "the next ones wait for these to end")
		for i, d := range deliveries {
			end(t, outbox, d, []paylinks.DeliveryState{paylinks.DeliveryDelivered, paylinks.DeliveryDead}[i%2])
		}
		now++
	}
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 4)}})
	words, _ := claimed(t, outbox, now, 10)
	require.Equal(t, []string{"x a/4", "y a/4"}, words)
}

func holdBack(t TB, store paylinks.Store, outbox paylinks.Outbox) {
	insert(t, store, newLink(t, "a"), newLink(t, "b"))
	putEndpoint(t, outbox, newEndpoint("bad"), newEndpoint("good"))
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1), newEvent("a", 2), newEvent("b", 1)}})
	_, deliveries := claimed(t, outbox, 10, 10)
	for _, d := range deliveries {
		if d.EndpointID == "bad" && d.Event.PaylinkID == "a" {
			d.Tries, d.DueAt = []paylinks.DeliveryTry{{At: at(10), Status: 500}}, at(300)
			require.NoError(t, outbox.PutDelivery(t.Context(), d))
			continue
		}
		end(t, outbox, d, paylinks.DeliveryDelivered)
	}
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 3), newEvent("b", 2)}})
	words, _ := claimed(t, outbox, 299, 10)
	require.Equal(t, []string{"bad b/2", "good a/2", "good b/2"}, words)
	words, _ = claimed(t, outbox, 300, 10)
	require.Equal(t, []string{"bad a/1"}, words)
}

func disableEndpoint(t TB, store paylinks.Store, outbox paylinks.Outbox) {
	insert(t, store, newLink(t, "a"), newLink(t, "b"))
	endpoint := newEndpoint("e")
	putEndpoint(t, outbox, endpoint)
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1), newEvent("a", 2), newEvent("b", 1)}})
	_, before := claimed(t, outbox, 10, 1)
	require.Len(t, before, 1)

	endpoint.Disabled = true
	putEndpoint(t, outbox, endpoint)
	write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 3), newEvent("b", 2)}})
	end(t, outbox, before[0], paylinks.DeliveryDelivered) // it was on its way
	words, _ := claimed(t, outbox, 60, 10)
	require.Empty(t, words)

	endpoint.Disabled = false
	putEndpoint(t, outbox, endpoint)
	var all []string
	for {
		words, deliveries := claimed(t, outbox, 61, 10)
		if len(words) == 0 {
			break
		}
		all = append(all, words...)
		for _, d := range deliveries {
			end(t, outbox, d, paylinks.DeliveryDelivered)
		}
	}
	all = append(all, fmt.Sprintf("e %s/%d", before[0].Event.PaylinkID, before[0].Event.Sequence))
	slices.Sort(all)
	require.Equal(t, []string{"e a/1", "e a/2", "e b/1"}, all)
}

func listEndpoints(t TB, _ paylinks.Store, outbox paylinks.Outbox) {
	var full paylinks.Endpoint
	fill(t, &full)
	full.CreatedAt = at(2)
	first := newEndpoint("z")
	putEndpoint(t, outbox, &full, newEndpoint("y"), first)
	first.URL, first.Types, first.Disabled, first.Key, first.UpdatedAt = "https://other.example", []paylinks.EventType{paylinks.EventFailed}, true, 2, at(5)
	putEndpoint(t, outbox, first)
	endpoints, err := outbox.Endpoints(t.Context())
	require.NoError(t, err)
	require.Len(t, endpoints, 3)
	equal(t, newEndpoint("y"), endpoints[0])
	equal(t, first, endpoints[1])
	equal(t, &full, endpoints[2])
	assert.Nil(t, endpoints[0].Types, "all types and no type are two things")
}

func listDeliveries(t TB, store paylinks.Store, outbox paylinks.Outbox) {
	putEndpoint(t, outbox, newEndpoint("e"), newEndpoint("other"))
	states := []paylinks.DeliveryState{paylinks.DeliveryPending, paylinks.DeliveryDelivered, paylinks.DeliveryDead}
	for i := range 9 {
		link := fmt.Sprintf("link-%d", i)
		insert(t, store, newLink(t, link))
		write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent(link, 1)}})
	}
	_, deliveries := claimed(t, outbox, 10, 100)
	require.Len(t, deliveries, 18)
	for _, d := range deliveries {
		var i int
		_, err := fmt.Sscanf(d.Event.PaylinkID, "link-%d", &i)
		require.NoError(t, err)
		end(t, outbox, d, states[i%len(states)])
	}
	for _, c := range []struct {
		state paylinks.DeliveryState
		limit int
		want  string
	}{
		{"", 2, "876543210"},
		{paylinks.DeliveryPending, 2, "630"},
		{paylinks.DeliveryDelivered, 2, "741"},
		{paylinks.DeliveryDead, 9, "852"},
		{paylinks.DeliveryDead, 0, ""},
	} {
		query := paylinks.DeliveryQuery{EndpointID: "e", State: c.state, Limit: c.limit}
		var got []string
		for range len(c.want) + 1 {
			page, err := outbox.Deliveries(t.Context(), query)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), c.limit)
			for _, d := range page {
				require.Equal(t, "e", d.EndpointID)
				got = append(got, strings.TrimPrefix(d.Event.PaylinkID, "link-"))
				query.Before = d.ID
			}
		}
		require.Equal(t, c.want, strings.Join(got, ""), "%+v", c)
	}
	none, err := outbox.Deliveries(t.Context(), paylinks.DeliveryQuery{EndpointID: "nobody", Limit: 5})
	require.NoError(t, err)
	require.Empty(t, none)
}

func claimableDeliveries() claimable {
	find := func(t TB, store paylinks.Store, id string) (paylinks.Outbox, *paylinks.EventDelivery) {
		t.Helper()
		outbox := store.(paylinks.Outbox)
		deliveries, err := outbox.Deliveries(t.Context(), paylinks.DeliveryQuery{EndpointID: "e", Limit: 1000})
		require.NoError(t, err)
		for _, d := range deliveries {
			if d.Event.PaylinkID == id {
				return outbox, d
			}
		}
		require.Fail(t, "there's no delivery of the link "+id)
		return nil, nil
	}
	return claimable{
		name: "deliveries",
		put: func(t TB, store paylinks.Store, id string, due time.Time) {
			t.Helper()
			putEndpoint(t, store.(paylinks.Outbox), newEndpoint("e"))
			insert(t, store, newLink(t, id))
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent(id, 1)}})
			outbox, delivery := find(t, store, id)
			delivery.DueAt = due
			require.NoError(t, outbox.PutDelivery(t.Context(), delivery))
		},
		end: func(t TB, store paylinks.Store, id string) {
			t.Helper()
			outbox, delivery := find(t, store, id)
			end(t, outbox, delivery, paylinks.DeliveryDelivered)
		},
		claim: func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) (ids []string, times []time.Time, err error) {
			deliveries, err := store.(paylinks.Outbox).ClaimDeliveries(ctx, now, until, limit)
			for _, d := range deliveries {
				ids, times = append(ids, d.Event.PaylinkID), append(times, d.DueAt)
			}
			return ids, times, err
		},
	}
}
