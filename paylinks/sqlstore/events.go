package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	insertEventQuery = `INSERT INTO events (id, paylink_id, sequence, type, org_app_id, occurred_at, status, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	eventsOfPaylink = `SELECT id, paylink_id, sequence, type, org_app_id, occurred_at, status, data FROM events
		WHERE paylink_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`
	// forgetEventsQuery takes from events what a person may be known by. A database without json_remove gets one by its migrations.
	forgetEventsQuery = `UPDATE events SET data = json_remove(data, '$.metadata') WHERE paylink_id = ? AND data <> ''`
)

var eventWrites = []string{insertEventQuery, forgetEventsQuery}

func forgetEvents(paylinkID string) step { return run(forgetEventsQuery, []any{paylinkID}, nil) }

// insertEvent appends an event and makes its deliveries.
func insertEvent(e paylinks.Event) step {
	insert := run(insertEventQuery, []any{
		e.ID, e.PaylinkID, e.Sequence, string(e.Type), e.OrgAppID, micros(e.OccurredAt), string(e.Status), string(e.Data),
	}, paylinks.ErrDuplicate)
	deliver := deliverEvent(e)
	return func(ctx context.Context, t *transaction) error {
		if err := insert(ctx, t); err != nil {
			return err
		}
		return deliver(ctx, t)
	}
}

func scanEvent(row scanner) (paylinks.Event, error) {
	var e paylinks.Event
	var occurredAt int64
	var data string
	if err := row.Scan(&e.ID, &e.PaylinkID, &e.Sequence, &e.Type, &e.OrgAppID, &occurredAt, &e.Status, &data); err != nil {
		return e, err
	}
	e.OccurredAt = fromMicros(occurredAt)
	if data != "" {
		e.Data = json.RawMessage(data)
	}
	return e, nil
}

// Events lists the events of a link after a sequence number, oldest first.
func (s *Store) Events(ctx context.Context, paylinkID string, after int64, limit int) ([]paylinks.Event, error) {
	if limit < 1 {
		return nil, nil
	}
	rows, err := s.reader.query(ctx, eventsOfPaylink, paylinkID, after, limit)
	events, err := all(rows, err, scanEvent)
	return events, wrap("list events", err)
}
