package storetest

import (
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func webhookChecks() []Check {
	return []Check{
		{"a delivery is known per app: ErrDuplicate", func(t TB, store paylinks.Store) {
			first := newWebhook("1")
			write(t, store, paylinks.Change{Webhook: first})
			second := newWebhook("2")
			second.DedupKey = first.DedupKey
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Webhook: second}), paylinks.ErrDuplicate)
			second.OrgAppID = "other"
			write(t, store, paylinks.Change{Webhook: second})
		}},
		{"a delivery that is handled is still known", func(t TB, store paylinks.Store) {
			webhook := newWebhook("1")
			write(t, store, paylinks.Change{Webhook: webhook})
			webhook.Done, webhook.PaylinkID = true, "a"
			write(t, store, paylinks.Change{HandledWebhook: webhook})
			again := newWebhook("2")
			again.DedupKey = webhook.DedupKey
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Webhook: again}), paylinks.ErrDuplicate)
		}},
		{"of many deliveries of one webhook exactly one is stored", func(t TB, store paylinks.Store) {
			stored := 0
			for _, err := range together(6, func(i int) error {
				webhook := newWebhook(fmt.Sprint(i))
				webhook.DedupKey = "same"
				return store.Write(t.Context(), paylinks.Change{Webhook: webhook})
			}) {
				if err == nil {
					stored++
				} else {
					assert.ErrorIs(t, err, paylinks.ErrDuplicate)
				}
			}
			require.Equal(t, 1, stored)
		}},
		{"a webhook keeps its new state", func(t TB, store paylinks.Store) {
			webhook := newWebhook("1")
			write(t, store, paylinks.Change{Webhook: webhook})
			webhook.Attempts, webhook.DueAt, webhook.PaylinkID = 3, at(7), "a"
			write(t, store, paylinks.Change{HandledWebhook: webhook})
			got, err := store.ClaimWebhooks(t.Context(), at(7), at(8), 10)
			require.NoError(t, err)
			require.Len(t, got, 1)
			webhook.DueAt = at(8)
			equal(t, webhook, got[0])
		}},
		{"the state of an unknown webhook is ErrNotFound", func(t TB, store paylinks.Store) {
			err := store.Write(t.Context(), paylinks.Change{HandledWebhook: newWebhook("nobody")})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
	}
}
