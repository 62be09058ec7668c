package storetest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func paylinkChecks() []Check {
	return []Check{
		{"a link that isn't there is ErrNotFound", func(t TB, store paylinks.Store) {
			_, err := store.Paylink(t.Context(), "nobody")
			require.ErrorIs(t, err, paylinks.ErrNotFound)
			_, err = store.FindPaylink(t.Context(), "shop", paylinks.Ref{SessionID: "none", PaymentID: "none", Reference: "none"})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
			err = store.Write(t.Context(), paylinks.Change{Update: newLink(t, "nobody")})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
		{"a new link has version 1, whatever its maker says", func(t TB, store paylinks.Store) {
			link := newLink(t, "a")
			link.Version = 7
			insert(t, store, link)
			require.EqualValues(t, 1, read(t, store, "a").Version)
		}},
		{"an id is taken once: ErrDuplicate", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			second := newLink(t, "a")
			second.OrderID = "another"
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Insert: second}), paylinks.ErrDuplicate)
			require.Equal(t, "order-a", read(t, store, "a").OrderID)
		}},
		{"an update counts the version and stores the link as it stands", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			link := read(t, store, "a")
			link.Status, link.Ref.PaymentID, link.NextCheckAt = paylinks.StatusAuthorized, "payment", at(3)
			write(t, store, paylinks.Change{Update: link})
			got := read(t, store, "a")
			assert.EqualValues(t, 2, got.Version)
			got.Version = link.Version
			equal(t, link, got)
		}},
		{"an update of an older version is ErrStale and changes nothing", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			old := read(t, store, "a")
			fresh := read(t, store, "a")
			fresh.Reason = "first"
			write(t, store, paylinks.Change{Update: fresh})
			old.Reason = "second"
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Update: old}), paylinks.ErrStale)
			got := read(t, store, "a")
			assert.Equal(t, "first", got.Reason)
			assert.EqualValues(t, 2, got.Version)
		}},
		{"of many updates of one version exactly one wins", func(t TB, store paylinks.Store) {
			const writers, rounds = 8, 3
			insert(t, store, newLink(t, "a"))
			for round := range rounds {
				link := read(t, store, "a")
				wins := 0
				for _, err := range together(writers, func(int) error {
					mine := *link
					return store.Write(t.Context(), paylinks.Change{Update: &mine})
				}) {
					if err == nil {
						wins++
					} else {
						assert.ErrorIs(t, err, paylinks.ErrStale)
					}
				}
				assert.Equal(t, 1, wins)
				assert.EqualValues(t, round+2, read(t, store, "a").Version)
			}
		}},
		{"no update is lost when each writer reads again", func(t TB, store paylinks.Store) {
			const writers, each = 4, 3
			insert(t, store, newLink(t, "a"))
			for _, err := range together(writers, func(int) error {
				done := 0
				// Each attempt that fails is one that another writer won: so many suffice.
				for range writers * each {
					if done == each {
						return nil
					}
					link, err := store.Paylink(t.Context(), "a")
					if err != nil {
						return err
					}
					link.Events++
					switch err := store.Write(t.Context(), paylinks.Change{Update: link}); {
					case err == nil:
						done++
					case !assert.ErrorIs(t, err, paylinks.ErrStale):
						return err
					}
				}
				assert.Equal(t, each, done, "every attempt found another winner")
				return nil
			}) {
				require.NoError(t, err)
			}
			require.EqualValues(t, writers*each, read(t, store, "a").Events)
		}},
		{"a link is found by any of the provider's ids, within its app", func(t TB, store paylinks.Store) {
			link := newLink(t, "a")
			link.Ref.SessionID, link.Ref.PaymentID = "session", "payment"
			other := newLink(t, "b")
			other.OrgAppID = "other"
			insert(t, store, link, other)
			for _, ref := range []paylinks.Ref{
				{SessionID: "session"},
				{PaymentID: "payment"},
				{Reference: "reference-a"},
				{SessionID: "unknown", PaymentID: "payment"},
				{SessionID: "session", PaymentID: "unknown", Reference: "unknown"},
			} {
				got, err := store.FindPaylink(t.Context(), "shop", ref)
				require.NoError(t, err, "%+v", ref)
				assert.Equal(t, "a", got.ID)
				_, err = store.FindPaylink(t.Context(), "other", ref)
				assert.ErrorIs(t, err, paylinks.ErrNotFound, "%+v", ref)
			}
		}},
		{"ids that are learnt later find the link, and those it had before don't", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			link := read(t, store, "a")
			link.Ref.SessionID, link.Ref.PaymentID, link.Ref.Reference = "session", "payment", "again"
			write(t, store, paylinks.Change{Update: link})
			for _, ref := range []paylinks.Ref{{SessionID: "session"}, {PaymentID: "payment"}, {Reference: "again"}} {
				got, err := store.FindPaylink(t.Context(), "shop", ref)
				require.NoError(t, err, "%+v", ref)
				assert.Equal(t, "a", got.ID)
			}
			_, err := store.FindPaylink(t.Context(), "shop", paylinks.Ref{Reference: "reference-a"})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
		{"no ids find no link, though links without ids are there", func(t TB, store paylinks.Store) {
			link := newLink(t, "a")
			link.Ref.Reference = ""
			insert(t, store, link)
			_, err := store.FindPaylink(t.Context(), "shop", paylinks.Ref{OrderID: link.OrderID})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
		{"of several links with one id the newest is found", func(t TB, store paylinks.Store) {
			for minute, id := range []string{"c", "a", "b"} {
				link := newLink(t, id)
				link.CreatedAt = at(minute)
				link.Ref.SessionID = "session"
				insert(t, store, link)
			}
			byPayment := newLink(t, "d")
			byPayment.CreatedAt, byPayment.Ref.PaymentID = at(1), "payment"
			insert(t, store, byPayment)
			got, err := store.FindPaylink(t.Context(), "shop", paylinks.Ref{SessionID: "session", PaymentID: "payment"})
			require.NoError(t, err)
			require.Equal(t, "b", got.ID)
		}},
		{"values handed in and out are copies", func(t TB, store paylinks.Store) {
			link := newLink(t, "a")
			link.Metadata = map[string]string{"cart": "1"}
			link.Messages = &paylinks.Messages{EN: "hello"}
			insert(t, store, link)
			assert.Zero(t, link.Version, "the store must leave what it was given alone")
			for range 2 {
				link.Metadata["cart"], link.Messages.EN, link.Reason = "2", "bye", "changed"
				got := read(t, store, "a")
				assert.Equal(t, "1", got.Metadata["cart"])
				assert.Equal(t, "hello", got.Messages.EN)
				assert.Empty(t, got.Reason)
				link = got
			}
		}},
	}
}
