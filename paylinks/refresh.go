package paylinks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Get reads a link. If it hasn't ended and its state is older than the refresh interval, the provider is asked first, by one call
// at a time however many ask. A provider that fails or is slow costs no error: the link is as stored, with Stale set.
func (s *Service) Get(ctx context.Context, id string) (_ *Paylink, err error) {
	ctx, span := s.trace(ctx, "get")
	defer span.end(&err)
	link, app, err := s.open(ctx, "get", id)
	if err != nil {
		return nil, err
	}
	if !s.mayHaveChanged(link) {
		return link, nil
	}
	fresh, err := s.refresh(ctx, link, app, glance{source: SourceGet, wait: s.opts.RefreshTimeout})
	if err == nil {
		return fresh, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// The refresh may have failed after others wrote: answer what is stored now.
	if link, err = s.store.Paylink(ctx, id); err != nil {
		return nil, err
	}
	link.Stale = true
	return link, nil
}

// mayHaveChanged tells whether the provider could say something new about a link: anything about an open one, and refunds about a captured one.
func (s *Service) mayHaveChanged(link *Paylink) bool {
	return link.Status != StatusCreating && !link.Status.Ended() && link.Status != StatusRefunded && s.older(link)
}

// refreshes are the provider reads under way, one per link, and those that failed a moment ago.
type refreshes struct {
	mu   sync.Mutex
	byID map[string]*refreshing
}

type refreshing struct {
	done     chan struct{}
	link     *Paylink
	err      error
	failedAt time.Time
}

// maxRemembered is how many failed refreshes are remembered before the old ones are swept out.
const maxRemembered = 4096

// join returns the refresh of a link that's under way, or a failure younger than pause, or else makes a new one that's the caller's to do.
func (r *refreshes) join(id string, now time.Time, pause time.Duration) (flight *refreshing, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.byID[id]; ok && (known.failedAt.IsZero() || now.Sub(known.failedAt) < pause) {
		return known, false
	}
	if r.byID == nil {
		r.byID = map[string]*refreshing{}
	}
	if len(r.byID) > maxRemembered {
		for key, known := range r.byID {
			if !known.failedAt.IsZero() && now.Sub(known.failedAt) >= pause {
				delete(r.byID, key)
			}
		}
	}
	flight = &refreshing{done: make(chan struct{})}
	r.byID[id] = flight
	return flight, true
}

// finish ends a refresh and lets everyone who waits have its result.
func (r *refreshes) finish(id string, flight *refreshing, link *Paylink, err error, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	flight.link, flight.err = link, err
	if err != nil {
		flight.failedAt = now
	} else {
		delete(r.byID, id)
	}
	close(flight.done)
}

// glance is why the provider is asked about a link, and how long to wait for it.
type glance struct {
	source Source
	wait   time.Duration
	// fresh: only a call that begins from now on will do, since something has just happened at the provider, or is about to be decided.
	fresh bool
	// told is what a webhook says that the provider's API doesn't.
	told *Snapshot
}

// refresh asks the provider about a link and stores what it says. There's at most one call under way for a link: who comes second shares its
// result, or waits for it to end and makes the next. refresh returns after the time to wait at the latest; the call itself goes on for
// whoever asks next. Links are shared between callers as copies.
func (s *Service) refresh(ctx context.Context, link *Paylink, app App, g glance) (*Paylink, error) {
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	pause := s.opts.RefreshInterval
	if g.fresh {
		pause = 0
	}
	for {
		flight, mine := s.refreshes.join(link.ID, s.now(), pause)
		if mine {
			s.background.Go(func() {
				fresh, err := s.askSafely(context.WithoutCancel(ctx), link.ID, app, g)
				s.refreshes.finish(link.ID, flight, fresh, err, s.now())
			})
		}
		select {
		case <-flight.done:
		case <-timer.C:
			return nil, context.DeadlineExceeded
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if g.fresh && !mine {
			continue
		}
		if flight.err != nil {
			return nil, flight.err
		}
		fresh := *flight.link
		return &fresh, nil
	}
}

// askSafely is ask, with a panic as an error: others wait for its end.
func (s *Service) askSafely(ctx context.Context, id string, app App, g glance) (link *Paylink, err error) {
	defer func() {
		if value := recover(); value != nil {
			s.log.ErrorContext(ctx, "a refresh panicked", slog.String("paylink_id", id), slog.String("panic", panicText(value)), slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("paylinks: a refresh panicked: %s", panicText(value))
		}
	}()
	return s.ask(ctx, id, app, g)
}

// ask reads a link's truth from the provider and stores it, together with what only a webhook can tell. Where somebody else writes the
// link meanwhile, the facts may be older than that, so the provider is asked again.
func (s *Service) ask(ctx context.Context, id string, app App, g glance) (*Paylink, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	for range maxRounds {
		link, err := s.store.Paylink(ctx, id)
		if err != nil {
			return nil, err
		}
		if g.source == SourceGet && !s.mayHaveChanged(link) {
			return link, nil // refreshed since the caller read it
		}
		facts, err := s.fetch(ctx, app.Provider, link)
		if err != nil && s.forgotten(link, app.Provider.Info(), err) {
			return s.record(ctx, link, news{source: g.source, end: StatusExpired, reason: "gone_at_provider"}, app.Provider.Info())
		}
		if err != nil {
			s.log.WarnContext(ctx, "a provider could not be asked about a link",
				slog.String("paylink_id", id), slog.String("provider", link.Provider), slog.String("org_app_id", link.OrgAppID), slog.Any("cause", err))
			return nil, err
		}
		if facts.ConfirmNeeded || link.FinalizePending {
			facts = s.confirm(ctx, app.Provider, link, facts)
		}
		facts = facts.with(g.told)
		if facts.Status == StatusExpired && !link.Status.Ended() {
			if facts.Status, err = s.howItEnded(ctx, link); err != nil {
				return nil, err
			}
		}
		fresh, err := s.record(ctx, link, news{source: g.source, snapshot: &facts}, app.Provider.Info())
		if !errors.Is(err, ErrStale) {
			return fresh, err
		}
	}
	return s.store.Paylink(ctx, id)
}

// howItEnded is the end of a link that the provider calls expired. Providers have one word for a link that ran out and one that was cancelled: where
// a cancellation is on its way, it's that.
func (s *Service) howItEnded(ctx context.Context, link *Paylink) (Status, error) {
	cancelling, err := s.operation(ctx, link.ID, func(op *Operation) bool { return op.Open && op.Kind == OperationCancel && !op.Void })
	if err != nil || cancelling == nil {
		return StatusExpired, err
	}
	return StatusCancelled, nil
}

// forgotten tells whether the provider doesn't know an unpaid link any more, after the last moment at which it could have been paid.
func (s *Service) forgotten(link *Paylink, info Info, err error) bool {
	refusal := asProviderError(err).Refusal
	return link.Status == StatusCreated && (refusal == RefusedNotFound || refusal == RefusedState) && !s.now().Before(deadline(link, info))
}

// confirm acknowledges a payment that the provider wants acknowledged. Where that fails, the facts stand as they were and the
// next look tries again.
func (s *Service) confirm(ctx context.Context, provider Provider, link *Paylink, facts Snapshot) Snapshot {
	confirmer, ok := provider.(Confirmer)
	if !ok {
		return facts
	}
	confirmed, err := s.exchange(ctx, link, callConfirm, func(ctx context.Context) (Snapshot, error) {
		return confirmer.Confirm(ctx, link.Ref.learn(facts.Ref))
	})
	if err != nil {
		s.log.WarnContext(ctx, "a payment could not be confirmed at the provider: it will be tried again",
			slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.Any("cause", err))
		return facts
	}
	return confirmed
}

// record writes news about a link. [ErrStale] means that it has changed since it was read.
func (s *Service) record(ctx context.Context, link *Paylink, heard news, info Info) (*Paylink, error) {
	if err := s.keepForProgram(ctx); err != nil {
		return nil, err
	}
	next := *link
	events := s.learn(ctx, &next, heard, info, s.now())
	change := Change{Update: &next, Events: events, WakeOrder: s.wakeOrder(&next, events)}
	if err := s.store.Write(ctx, change); err != nil {
		return nil, err
	}
	next.Version++
	s.statusChanged(ctx, link.Status, &next)
	s.published(ctx, link.Provider, events)
	s.woken(change.WakeOrder)
	return &next, nil
}
