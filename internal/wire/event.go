package wire

import (
	"encoding/base64"
	"strconv"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// FromEvent is an event on the wire.
func FromEvent(e paylinks.Event) api.Event {
	return api.Event{
		ID:         e.ID,
		Type:       e.Type,
		Sequence:   e.Sequence,
		OccurredAt: utc(e.OccurredAt),
		PaylinkID:  e.PaylinkID,
		Status:     e.Status,
		Data:       e.Data,
	}
}

// FromEvents is a page of events.
func FromEvents(events []paylinks.Event, nextCursor string) api.EventList {
	list := api.EventList{Events: make([]api.Event, 0, len(events)), NextCursor: nextCursor}
	for _, e := range events {
		list.Events = append(list.Events, FromEvent(e))
	}
	return list
}

// EventCursor is the cursor that follows the event with a sequence.
func EventCursor(sequence int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(sequence, 10)))
}

// ParseEventCursor reads what [EventCursor] writes, and nothing else.
func ParseEventCursor(cursor string) (sequence int64, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	sequence, err = strconv.ParseInt(string(text), 10, 64)
	return sequence, err == nil && sequence >= 0 && EventCursor(sequence) == cursor
}
