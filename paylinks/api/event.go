package api

import (
	"encoding/json"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Event is one change of one link, in the list of events, in their stream, and in what is sent to the user's own endpoints.
type Event struct {
	ID   string             `json:"id"`
	Type paylinks.EventType `json:"type"`
	// Sequence counts the events of one link from 1, without gaps.
	Sequence   int64     `json:"sequence"`
	OccurredAt time.Time `json:"occurred_at"`
	PaylinkID  string    `json:"paylink_id"`
	// Status is the link's after the change.
	Status paylinks.Status `json:"status"`
	// Data is a [paylinks.EventData].
	Data json.RawMessage `json:"data,omitempty"`
}

// EventList is a page of a link's events, oldest first.
type EventList struct {
	Events []Event `json:"events"`
	// NextCursor is absent on the last page.
	NextCursor string `json:"next_cursor,omitempty"`
}
