package httpserver

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

const contentTypeStream = "text/event-stream"

// events answers a link's history, or streams it where the caller asks for a stream.
func (s *server) events(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	after, limit := q.sequence("cursor"), q.limit()
	if err := q.err(); err != nil {
		return err
	}
	if r.Method == http.MethodGet && accepts(r, contentTypeStream) {
		return s.stream(w, r, after)
	}

	id := r.PathValue("id")
	events, err := s.svc.Events(r.Context(), id, after, limit)
	if err != nil {
		return err
	}
	next, err := s.nextCursor(r.Context(), id, events, limit)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromEvents(events, next))
	return nil
}

// nextCursor is where to go on after a page, "" where nothing follows it.
func (s *server) nextCursor(ctx context.Context, id string, page []paylinks.Event, limit int) (string, error) {
	if len(page) < limit {
		return "", nil
	}
	last := page[len(page)-1].Sequence
	more, err := s.svc.Events(ctx, id, last, 1)
	if err != nil || len(more) == 0 {
		return "", err
	}
	return wire.EventCursor(last), nil
}

// sequence reads a cursor of the events, 0 without one.
func (q *query) sequence(name string) int64 {
	value := q.get(name)
	if value == "" {
		return 0
	}
	if sequence, ok := wire.ParseEventCursor(value); ok {
		return sequence
	}
	q.fail(name, "must be the next_cursor of the page before")
	return 0
}

func accepts(r *http.Request, contentType string) bool {
	for _, value := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(value, ",") {
			mediaType, parameters, err := mime.ParseMediaType(part)
			if quality, asked := parameters["q"]; err == nil && mediaType == contentType {
				weight, err := strconv.ParseFloat(quality, 64)
				return !asked || err != nil || weight > 0
			}
		}
	}
	return false
}
