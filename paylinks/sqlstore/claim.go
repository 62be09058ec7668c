package sqlstore

import (
	"context"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// claim takes up to limit due records and moves their time to until, in one transaction of the writer. more are arguments of the query between the time
// and the limit.
func claim[T any](
	ctx context.Context, s *Store, records due, now, until time.Time, limit int,
	scan func(scanner) (T, error), id func(T) string, more ...any,
) ([]T, error) {
	if limit < 1 {
		return nil, nil
	}
	var claimed []T
	err := s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		args := append(append([]any{now.UnixMicro()}, more...), limit)
		rows, err := t.query(ctx, records.text(s.config.Dialect), args...)
		claimed, err = all(rows, err, scan)
		if err != nil {
			return err
		}
		for _, record := range claimed {
			if _, err := t.exec(ctx, records.move, micros(until), id(record)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// ClaimPaylinks takes links that are to be looked at.
func (s *Store) ClaimPaylinks(ctx context.Context, now, until time.Time, limit int, except []string) ([]*paylinks.Paylink, error) {
	apps, err := document(append([]string{}, except...)) // an empty array, never null
	if err != nil {
		return nil, err
	}
	links, err := claim(ctx, s, duePaylinks, now, until, limit, scanPaylink, func(p *paylinks.Paylink) string { return p.ID }, apps)
	for _, link := range links {
		link.NextCheckAt = fromMicros(micros(until))
	}
	return links, wrap("claim links", err)
}

// ClaimOperations takes open operations that are to be settled.
func (s *Store) ClaimOperations(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Operation, error) {
	operations, err := claim(ctx, s, dueOperations, now, until, limit, scanOperation, func(o *paylinks.Operation) string { return o.ID })
	for _, operation := range operations {
		operation.DueAt = fromMicros(micros(until))
	}
	return operations, wrap("claim operations", err)
}

// ClaimWebhooks takes webhooks that are to be handled.
func (s *Store) ClaimWebhooks(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Webhook, error) {
	webhooks, err := claim(ctx, s, dueWebhooks, now, until, limit, scanWebhook, func(w *paylinks.Webhook) string { return w.ID })
	for _, webhook := range webhooks {
		webhook.DueAt = fromMicros(micros(until))
	}
	return webhooks, wrap("claim webhooks", err)
}
