package memstore

import (
	"context"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// insertWebhook stores a webhook once. In a database (org_app_id, dedup_key) is unique, also of those that are done.
func (s *Store) insertWebhook(change paylinks.Change) error {
	if change.Webhook == nil {
		return nil
	}
	row := cloneWebhook(change.Webhook)
	for _, other := range s.webhooks {
		if other.ID == row.ID || (other.OrgAppID == row.OrgAppID && other.DedupKey == row.DedupKey) {
			return paylinks.ErrDuplicate
		}
	}
	put(s, s.webhooks, row.ID, row)
	return nil
}

func (s *Store) updateWebhook(change paylinks.Change) error {
	if change.HandledWebhook == nil {
		return nil
	}
	if s.webhooks[change.HandledWebhook.ID] == nil {
		return paylinks.ErrNotFound
	}
	put(s, s.webhooks, change.HandledWebhook.ID, cloneWebhook(change.HandledWebhook))
	return nil
}

// ClaimWebhooks takes webhooks that are to be handled.
func (s *Store) ClaimWebhooks(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Webhook, error) {
	return claim(ctx, s, s.webhooks, now, until, limit,
		func(w *paylinks.Webhook) bool { return !w.Done },
		func(w *paylinks.Webhook) *time.Time { return &w.DueAt }, cloneWebhook)
}
