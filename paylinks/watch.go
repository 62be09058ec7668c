package paylinks

import (
	"context"
	"iter"
	"sync"
	"time"
)

// Events lists the events of a link with a sequence above after, oldest first. limit is 1 to 200, 0 for 50.
func (s *Service) Events(ctx context.Context, id string, after int64, limit int) (_ []Event, err error) {
	defer named("events", &err)
	var wrong fieldErrors
	limit = checkLimit(&wrong, limit)
	if err := wrong.err("events"); err != nil {
		return nil, err
	}
	if _, err := s.paylink(ctx, "events", id); err != nil {
		return nil, err
	}
	return s.store.Events(ctx, id, after, limit)
}

// watchInterval is how soon an event that another process wrote is seen.
const watchInterval = 2 * time.Second

// Watch yields the events of a link with a sequence above after and then those to come, in order and without gaps, until ctx
// ends (no error) or the store fails (the error).
func (s *Service) Watch(ctx context.Context, id string, after int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		news := s.watchers.add(id)
		defer s.watchers.remove(id, news)
		for ctx.Err() == nil {
			events, err := s.Events(ctx, id, after, maxLimit)
			if err != nil {
				if ctx.Err() == nil {
					named("watch", &err)
					yield(Event{}, err)
				}
				return
			}
			for _, event := range events {
				if !yield(event, nil) {
					return
				}
				after = event.Sequence
			}
			if len(events) == 0 {
				waitFor(ctx, news, watchInterval)
			}
		}
	}
}

// waitFor returns when news arrive, after a time, or when ctx ends.
func waitFor(ctx context.Context, news <-chan struct{}, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-news:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// watchers are those who wait for events of a link in this process.
type watchers struct {
	mu   sync.Mutex
	byID map[string]map[chan struct{}]struct{}
}

func (w *watchers) add(id string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID == nil {
		w.byID = map[string]map[chan struct{}]struct{}{}
	}
	if w.byID[id] == nil {
		w.byID[id] = map[chan struct{}]struct{}{}
	}
	news := make(chan struct{}, 1)
	w.byID[id][news] = struct{}{}
	return news
}

func (w *watchers) remove(id string, news chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.byID[id], news)
	if len(w.byID[id]) == 0 {
		delete(w.byID, id)
	}
}

func (w *watchers) tell(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for news := range w.byID[id] {
		wake(news)
	}
}

// published tells this process's watchers, and those who count, of events that are stored.
func (s *Service) published(ctx context.Context, provider string, events []Event) {
	for _, event := range events {
		s.telemetry.count(ctx, s.telemetry.events, 1, labels{provider: provider, event: string(event.Type)})
		s.watchers.tell(event.PaylinkID)
	}
	if len(events) > 0 {
		wake(s.deliveriesDue)
	}
}

// wake rings a bell that holds one ring.
func wake(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}
