package sqlstore

import (
	"github.com/paylinks/paylinks-go/paylinks"
)

const webhookColumns = `id, provider, org_app_id, dedup_key, type, ref, facts, received_at, attempts, done, paylink_id, due_at`

const (
	insertWebhookQuery = `INSERT INTO webhooks (provider, org_app_id, dedup_key, type, ref, facts, received_at, attempts, done,
		paylink_id, due_at, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	// The app and the key of a webhook are what it was recognized by: they stay.
	updateWebhookQuery = `UPDATE webhooks SET type = ?, ref = ?, facts = ?, received_at = ?, attempts = ?, done = ?,
		paylink_id = ?, due_at = ? WHERE id = ?`
)

var dueWebhooks = due{
	table: "webhooks",
	query: `SELECT ` + webhookColumns + ` FROM webhooks WHERE done = 0 AND due_at <= ? ORDER BY due_at LIMIT ?`,
	move:  `UPDATE webhooks SET due_at = ? WHERE id = ?`,
}

var webhookWrites = []string{insertWebhookQuery, updateWebhookQuery, dueWebhooks.move}

func insertWebhook(w *paylinks.Webhook) (step, error) {
	state, err := webhookState(w)
	return run(insertWebhookQuery, append([]any{w.Provider, w.OrgAppID, w.DedupKey}, state...), paylinks.ErrDuplicate), err
}

func updateWebhook(w *paylinks.Webhook) (step, error) {
	state, err := webhookState(w)
	return run(updateWebhookQuery, state, paylinks.ErrNotFound), err
}

// webhookState is the values of the columns that both statements end in.
func webhookState(w *paylinks.Webhook) ([]any, error) {
	ref, err := document(w.Ref)
	if err != nil {
		return nil, err
	}
	facts := ""
	if w.Facts != nil {
		if facts, err = document(w.Facts); err != nil {
			return nil, err
		}
	}
	return []any{
		w.Type, ref, facts, micros(w.ReceivedAt), w.Attempts, flag(w.Done), w.PaylinkID, micros(w.DueAt), w.ID,
	}, nil
}

func scanWebhook(row scanner) (*paylinks.Webhook, error) {
	w := new(paylinks.Webhook)
	var ref, facts string
	var receivedAt, dueAt int64
	err := row.Scan(&w.ID, &w.Provider, &w.OrgAppID, &w.DedupKey, &w.Type, &ref, &facts, &receivedAt, &w.Attempts, &w.Done,
		&w.PaylinkID, &dueAt)
	if err != nil {
		return nil, err
	}
	if err := undocument(ref, &w.Ref); err != nil {
		return nil, err
	}
	if facts != "" {
		w.Facts = new(paylinks.Snapshot)
		if err := undocument(facts, w.Facts); err != nil {
			return nil, err
		}
	}
	w.ReceivedAt, w.DueAt = fromMicros(receivedAt), fromMicros(dueAt)
	return w, nil
}
