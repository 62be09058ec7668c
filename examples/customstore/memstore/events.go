package memstore

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/paylinks/paylinks-go/paylinks"
)

// appendEvents appends events and makes their deliveries. In a database (paylink_id, sequence) is unique.
func (s *Store) appendEvents(change paylinks.Change) error {
	for i := range change.Events {
		e := cloneEvent(&change.Events[i])
		if s.links[e.PaylinkID] == nil {
			return paylinks.ErrNotFound
		}
		for _, other := range s.events {
			if other.ID == e.ID || (other.PaylinkID == e.PaylinkID && other.Sequence == e.Sequence) {
				return paylinks.ErrDuplicate
			}
		}
		put(s, s.events, e.ID, e)
		s.deliver(e)
	}
	return nil
}

// forgetMetadata takes the merchant's own data from the events of a link, those of this change among them.
func (s *Store) forgetMetadata(change paylinks.Change) error {
	if change.Forget == "" {
		return nil
	}
	for id, e := range s.events {
		if e.PaylinkID != change.Forget || len(e.Data) == 0 {
			continue
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(e.Data, &members); err != nil {
			return err
		}
		delete(members, "metadata")
		data, err := json.Marshal(members)
		if err != nil {
			return err
		}
		row := *e
		row.Data = data
		put(s, s.events, id, &row)
	}
	return nil
}

// Events lists the events of a link after a sequence number, oldest first.
func (s *Store) Events(ctx context.Context, paylinkID string, after int64, limit int) ([]paylinks.Event, error) {
	rows, err := list(ctx, s, s.events, limit,
		func(e *paylinks.Event) bool { return e.PaylinkID == paylinkID && e.Sequence > after },
		func(a, b *paylinks.Event) int { return cmp.Compare(a.Sequence, b.Sequence) }, cloneEvent)
	var events []paylinks.Event
	for _, row := range rows {
		events = append(events, *row)
	}
	return events, err
}
