package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	insertEventQuery = `INSERT INTO events (id, paylink_id, sequence, type, org_app_id, occurred_at, status, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	eventsOfPaylink = `SELECT id, paylink_id, sequence, type, org_app_id, occurred_at, status, data FROM events
		WHERE paylink_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`
	eventData    = `SELECT id, data FROM events WHERE paylink_id = ? AND data <> ''`
	putEventData = `UPDATE events SET data = ? WHERE id = ?`
)

var eventWrites = []string{insertEventQuery, eventData, putEventData}

// forgetEvents takes from events what a person may be known by. Databases each edit JSON in their own way, and not all of it: this one is for all.
func forgetEvents(paylinkID string) step {
	return func(ctx context.Context, t *transaction) error {
		rows, err := t.query(ctx, eventData, paylinkID)
		events, err := all(rows, err, func(row scanner) (e struct{ id, data string }, err error) {
			err = row.Scan(&e.id, &e.data)
			return e, err
		})
		if err != nil {
			return err
		}
		for _, e := range events {
			kept, err := withoutMember(e.data, "metadata")
			if err != nil {
				return err
			}
			if kept == e.data {
				continue
			}
			if _, err := t.exec(ctx, putEventData, kept, e.id); err != nil {
				return err
			}
		}
		return nil
	}
}

// withoutMember is a JSON object without one of its members, the others as and where they were. What isn't an object stays as it is.
func withoutMember(text, name string) (string, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	switch start, err := decoder.Token(); {
	case err != nil:
		return "", fmt.Errorf("sqlstore: decode the data of an event: %w", err)
	case start != json.Delim('{'):
		return text, nil
	}
	var kept strings.Builder
	for separator := "{"; decoder.More(); {
		key, err := decoder.Token()
		if err != nil {
			return "", fmt.Errorf("sqlstore: decode the data of an event: %w", err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return "", fmt.Errorf("sqlstore: decode the data of an event: %w", err)
		}
		if key == name {
			continue
		}
		quoted, err := json.Marshal(key)
		if err != nil {
			return "", fmt.Errorf("sqlstore: encode the data of an event: %w", err)
		}
		kept.WriteString(separator + string(quoted) + ":" + string(value))
		separator = ","
	}
	if kept.Len() == 0 {
		return "{}", nil
	}
	return kept.String() + "}", nil
}

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
	events, err := readAll(ctx, s.reader, scanEvent, eventsOfPaylink, paylinkID, after, limit)
	return events, wrap("list events", err)
}
