package httpserver

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	headerLastEventID = "Last-Event-ID"
	// streamPage is how many events are read at a time while looking for the one to resume after.
	streamPage = 200
	// streamWrite is how long a write to a stream may take before its client counts as gone.
	streamWrite = 30 * time.Second
)

// stream sends a link's events as they happen, from the one after Last-Event-ID or the cursor. It ends when the client leaves or the
// server stops; a client resumes by itself, so that no event is missed and some may come twice.
func (s *server) stream(w http.ResponseWriter, r *http.Request, after int64) error {
	id := r.PathValue("id")
	after, err := s.resume(r.Context(), id, r.Header.Get(headerLastEventID), after)
	if err != nil {
		return err
	}

	header := w.Header()
	header.Set("Content-Type", contentTypeStream)
	// nginx would hold the events back.
	header.Set("X-Accel-Buffering", "no")
	out := newEventWriter(w)
	if out.begin() != nil {
		return nil
	}

	ctx, cancel := context.WithCancel(r.Context())
	updates := s.watch(ctx, id, after)
	defer func() {
		cancel()
		for range updates {
		}
	}()
	heartbeat := time.NewTicker(s.opts.Heartbeat)
	defer heartbeat.Stop()
	for {
		select {
		case u, open := <-updates:
			if !open {
				return nil
			}
			if u.err != nil {
				if ctx.Err() == nil {
					s.logFailure(r, u.err)
				}
				return nil
			}
			if out.event(u.event) != nil {
				return nil
			}
		case <-heartbeat.C:
			if out.comment("heartbeat") != nil {
				return nil
			}
		case <-s.opts.Stop:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// resume is the sequence after which a stream goes on. It also makes sure that the caller may see the link. An id that the link
// doesn't have is no reason to fail: the client gets everything, and knows events by their ids.
func (s *server) resume(ctx context.Context, id, lastEventID string, after int64) (int64, error) {
	if lastEventID == "" {
		_, err := s.svc.Events(ctx, id, after, 1)
		return after, err
	}
	for sequence := int64(0); ; {
		page, err := s.svc.Events(ctx, id, sequence, streamPage)
		if err != nil {
			return 0, err
		}
		for _, e := range page {
			if e.ID == lastEventID {
				return e.Sequence, nil
			}
		}
		if len(page) < streamPage {
			return after, nil
		}
		sequence = page[len(page)-1].Sequence
	}
}

type update struct {
	event paylinks.Event
	err   error
}

// watch hands over events in a channel, so that heartbeats can go between them. It's closed once the watching has ended.
func (s *server) watch(ctx context.Context, id string, after int64) <-chan update {
	updates := make(chan update)
	hand := func(u update) bool {
		select {
		case updates <- u:
			return true
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		defer close(updates)
		defer func() {
			if value := recover(); value != nil {
				hand(update{err: panicError(value)})
			}
		}()
		for event, err := range s.svc.Watch(ctx, id, after) {
			if !hand(update{event: event, err: err}) || err != nil {
				return
			}
		}
	}()
	return updates
}

// eventWriter writes server-sent events. Each write has a deadline of its own in place of the server's, which would cut the stream.
type eventWriter struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

func newEventWriter(w http.ResponseWriter) eventWriter {
	return eventWriter{w: w, controller: http.NewResponseController(w)}
}

func (e eventWriter) begin() error {
	// Not every ResponseWriter has deadlines to lift.
	_ = e.controller.SetReadDeadline(time.Time{})
	e.w.WriteHeader(http.StatusOK)
	return e.write("")
}

func (e eventWriter) event(event paylinks.Event) error {
	data, err := encodeJSON(wire.FromEvent(event))
	if err != nil {
		return err
	}
	return e.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n", event.ID, event.Type, data))
}

func (e eventWriter) comment(text string) error { return e.write(": " + text + "\n\n") }

func (e eventWriter) write(text string) error {
	// Deadlines of a connection are real time, whatever the clock of Options says.
	_ = e.controller.SetWriteDeadline(time.Now().Add(streamWrite))
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.controller.Flush()
}
