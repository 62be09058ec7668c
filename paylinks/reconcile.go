package paylinks

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// crewSize is how many rows of one kind are worked on side by side.
	crewSize = 64
	// checksSize is how many claimed links there are at most: being looked at, or waiting for their app's turn.
	checksSize = 512
	// housekeeping is how often expired answers are removed.
	housekeeping = time.Hour
)

// Run does the background work until ctx ends, and then returns nil once what it had begun is finished: it settles operations whose outcome was unknown,
// looks at links that are due, and handles webhooks. Any number of processes may Run on one store and share the work.
func (s *Service) Run(ctx context.Context) error {
	if err := s.placeLocalEndpoint(ctx); err != nil {
		return err
	}
	s.countFromZero(ctx)
	operations, webhooks, links := newCrew(s.log, crewSize), newCrew(s.log, crewSize), newCrew(s.log, checksSize)
	deliveries, syncs, orders := newCrew(s.log, crewSize), newCrew(s.log, crewSize), newCrew(s.log, crewSize)
	var loops sync.WaitGroup
	loops.Go(func() {
		s.every(ctx, "operations", s.opts.PollInterval, nil, func(ctx context.Context) (bool, error) { return s.settleOperations(ctx, operations) })
	})
	loops.Go(func() {
		s.every(ctx, "webhooks", s.opts.PollInterval, s.webhooksDue, func(ctx context.Context) (bool, error) { return s.handleWebhooks(ctx, webhooks) })
	})
	loops.Go(func() {
		s.every(ctx, "links", s.opts.PollInterval, s.linksDue, func(ctx context.Context) (bool, error) { return s.checkLinks(ctx, links) })
	})
	loops.Go(func() {
		s.every(ctx, "deliveries", s.opts.PollInterval, s.deliveriesDue, func(ctx context.Context) (bool, error) { return s.deliverEvents(ctx, deliveries) })
	})
	loops.Go(func() {
		s.every(ctx, "syncs", s.opts.PollInterval, s.syncsDue, func(ctx context.Context) (bool, error) { return s.runSyncs(ctx, syncs) })
	})
	loops.Go(func() {
		s.every(ctx, "orders", s.opts.PollInterval, s.ordersDue, func(ctx context.Context) (bool, error) { return s.followOrders(ctx, orders) })
	})
	loops.Go(func() { s.every(ctx, "schedule", time.Minute, nil, s.scheduleSyncs) })
	loops.Go(func() { s.every(ctx, "answers", housekeeping, nil, s.forgetAnswers) })
	loops.Wait()
	for _, c := range []*crew{operations, webhooks, links, deliveries, syncs, orders} {
		c.wait()
	}
	s.Wait()
	s.endpointClient.CloseIdleConnections()
	return nil
}

// every does a step again and again: at once while there is more to do, else when the bell rings or the interval has passed.
func (s *Service) every(ctx context.Context, name string, interval time.Duration, bell <-chan struct{}, step func(context.Context) (more bool, err error)) {
	s.telemetry.zero(ctx, s.telemetry.failures, labels{work: name})
	for ctx.Err() == nil {
		more, err := step(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "background work failed and will be tried again", slog.String("work", name), slog.Any("cause", err))
			s.telemetry.count(ctx, s.telemetry.failures, 1, labels{work: name})
		}
		if err != nil || !more {
			waitFor(ctx, bell, interval-interval/8+rand.N(interval/4))
		}
	}
}

// settleOperations settles the operations that are due.
func (s *Service) settleOperations(ctx context.Context, c *crew) (more bool, err error) {
	free, now := c.free(), s.now()
	if free == 0 {
		return false, nil
	}
	operations, err := s.store.ClaimOperations(ctx, now, now.Add(2*s.lease()), free)
	for _, op := range operations {
		c.work(func() {
			if err := s.recover(ctx, op); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "an operation could not be settled yet", slog.String("paylink_id", op.PaylinkID), slog.String("operation", string(op.Kind)), slog.Any("cause", err))
			}
		})
	}
	return len(operations) == free, err
}

// handleWebhooks handles the webhooks that are due.
func (s *Service) handleWebhooks(ctx context.Context, c *crew) (more bool, err error) {
	free, now := c.free(), s.now()
	if free == 0 {
		return false, nil
	}
	hooks, err := s.store.ClaimWebhooks(ctx, now, now.Add(s.lease()), free)
	for _, hook := range hooks {
		c.work(func() {
			if err := s.handleWebhook(ctx, hook); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "a webhook could not be handled yet", slog.String("org_app_id", hook.OrgAppID), slog.Any("cause", err))
			}
		})
	}
	return len(hooks) == free, err
}

// checkLinks looks at the links that are due, but for those of apps that have enough to do.
func (s *Service) checkLinks(ctx context.Context, c *crew) (more bool, err error) {
	free, now := min(c.free(), crewSize), s.now()
	if free == 0 {
		return false, nil
	}
	links, err := s.store.ClaimPaylinks(ctx, now, now.Add(s.lease()), free, s.paces.busy(now))
	for _, link := range links {
		pace := s.paces.of(link.OrgAppID)
		pace.expect()
		c.work(func() { s.check(ctx, link, pace) })
	}
	return len(links) == free, err
}

// check looks at one link whose time has come, at its app's pace. One that isn't reached before its claim runs out is claimed again.
func (s *Service) check(ctx context.Context, link *Paylink, pace *pace) {
	done := pace.begin()
	defer done()
	app, err := s.linkApp(ctx, link.OrgAppID)
	if err != nil {
		return // an app that was removed: its links wait until it's back
	}
	late := func() bool { return pace.resting(s.now()) || !s.now().Before(link.NextCheckAt) }
	if late() || pace.wait(ctx, app.Provider.Info()) != nil || late() {
		return
	}
	err = s.lookAgain(ctx, link, app)
	if ctx.Err() != nil {
		return
	}
	s.tellRest(ctx, link, pace.learn(err, s.now()), err)
	if err != nil {
		s.log.DebugContext(ctx, "a link could not be checked and waits for its next turn", slog.String("paylink_id", link.ID))
	}
}

// lookAgain reads the provider's truth about a link whose time has come. How late that is counts from when the link asked for it: claims don't
// move that.
func (s *Service) lookAgain(ctx context.Context, link *Paylink, app App) (err error) {
	ctx, span := s.trace(ctx, "check")
	defer span.end(&err)
	about(ctx, link)
	due := nextCheck(link, app.Provider.Info(), link.UpdatedAt)
	s.telemetry.observe(ctx, s.telemetry.checkLag, s.now().Sub(due), labels{provider: link.Provider})
	_, err = s.refresh(ctx, link, app, glance{source: SourcePoll, wait: s.opts.CallTimeout})
	return err
}

// tellRest tells the operator when an app's provider comes to be left alone for a while, and when it's back.
func (s *Service) tellRest(ctx context.Context, link *Paylink, change restChange, cause error) {
	if change == restAsBefore {
		return
	}
	attrs := []any{slog.String("provider", link.Provider), slog.String("org_app_id", link.OrgAppID)}
	if change == restBegins {
		s.log.ErrorContext(ctx, "a provider is away: its links are left as they are, and it's asked less and less", append(attrs, slog.Any("cause", cause))...)
	} else {
		s.log.InfoContext(ctx, "a provider that was away answers again", attrs...)
	}
	s.telemetry.turn(ctx, s.telemetry.resting, change == restBegins, labels{provider: link.Provider, orgApp: link.OrgAppID})
}

// forgetAnswers removes idempotent answers that have expired.
func (s *Service) forgetAnswers(ctx context.Context) (more bool, err error) {
	return false, s.store.Write(ctx, Change{ForgetAnswersBefore: s.now()})
}

// crew does a bounded number of things side by side.
type crew struct {
	log   *slog.Logger
	slots chan struct{}
	group sync.WaitGroup
}

func newCrew(log *slog.Logger, size int) *crew {
	return &crew{log: log, slots: make(chan struct{}, size)}
}

// free is how many more things can be started without waiting.
func (c *crew) free() int { return cap(c.slots) - len(c.slots) }

func (c *crew) work(do func()) {
	c.slots <- struct{}{}
	c.group.Go(func() {
		defer func() { <-c.slots }()
		defer func() {
			if value := recover(); value != nil {
				c.log.Error("background work panicked", slog.Any("panic", value), slog.String("stack", string(debug.Stack())))
			}
		}()
		do()
	})
}

func (c *crew) wait() { c.group.Wait() }
