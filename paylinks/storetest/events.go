package storetest

import (
	"encoding/json"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func eventChecks() []Check {
	return []Check{
		{"events are listed by their sequence, after a position, up to a limit", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"), newLink(t, "b"))
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 2), newEvent("a", 1), newEvent("b", 1)}})
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 3), newEvent("a", 10)}})
			for _, c := range []struct {
				after int64
				limit int
				want  []int64
			}{{0, 10, []int64{1, 2, 3, 10}}, {0, 2, []int64{1, 2}}, {2, 10, []int64{3, 10}}, {10, 10, nil}, {0, 0, nil}} {
				events, err := store.Events(t.Context(), "a", c.after, c.limit)
				require.NoError(t, err)
				var got []int64
				for _, event := range events {
					require.Equal(t, "a", event.PaylinkID)
					got = append(got, event.Sequence)
				}
				require.Equal(t, c.want, got, "%+v", c)
			}
		}},
		{"a sequence number and an id are taken once: ErrDuplicate", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			write(t, store, paylinks.Change{Events: []paylinks.Event{newEvent("a", 1)}})
			sameSequence, sameID := newEvent("a", 1), newEvent("a", 2)
			sameSequence.ID, sameID.ID = "another", newEvent("a", 1).ID
			for _, event := range []paylinks.Event{sameSequence, sameID} {
				err := store.Write(t.Context(), paylinks.Change{Events: []paylinks.Event{event}})
				require.ErrorIs(t, err, paylinks.ErrDuplicate)
			}
		}},
		{"the metadata of a link's events is forgotten, and nothing else", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"), newLink(t, "b"))
			with, bare, other, late := newEvent("a", 1), newEvent("a", 2), newEvent("b", 1), newEvent("a", 3)
			with.Data = json.RawMessage(`{"amount":"12.500","metadata":{"name":"Noura","amount":"1"},"reason":"metadata"}`)
			other.Data, late.Data = with.Data, with.Data
			bare.Data = nil
			write(t, store, paylinks.Change{Events: []paylinks.Event{with, bare, other}})
			for range 2 {
				write(t, store, paylinks.Change{Forget: "a"})
			}
			with.Data = json.RawMessage(`{"amount":"12.500","reason":"metadata"}`)
			write(t, store, paylinks.Change{Forget: "a", Events: []paylinks.Event{late}})
			late.Data = with.Data
			for id, want := range map[string][]paylinks.Event{"a": {with, bare, late}, "b": {other}} {
				events, err := store.Events(t.Context(), id, 0, 10)
				require.NoError(t, err)
				equal(t, want, events)
			}
			write(t, store, paylinks.Change{Forget: "nobody"})
		}},
		{"an event belongs to a link that is there: ErrNotFound", func(t TB, store paylinks.Store) {
			err := store.Write(t.Context(), paylinks.Change{Events: []paylinks.Event{newEvent("nobody", 1)}})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
	}
}
