package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// firstWindow is how far back the first sync of an app reads.
	firstWindow = 90 * 24 * time.Hour
	// syncLease is how long a sync belongs to its process without a sign of life, however long the gateway waits between two pages.
	syncLease = 2 * time.Minute
	// minLookBack is how far every sync reads back beyond the last one, as no two clocks agree.
	minLookBack = time.Minute
	// pageSize bounds what is held in memory, and lost by a crash, between two writes.
	pageSize = 500
	// maxSyncFailures is how many tries may fail without coming further before a sync does.
	maxSyncFailures = 8
	// maxSkipped is how many unreadable rows are kept with their reasons.
	maxSkipped = 1000
)

// SyncRequest asks for a sync of a gateway's payments.
type SyncRequest struct {
	// OrgAppID names the gateway's app.
	OrgAppID string
	// From and To bound the time that the provider filters by. Without either, the sync goes on from the last one, minus the gateway's
	// look-back, or from 90 days ago; and ends now.
	From time.Time
	To   time.Time
}

// SyncPayments has a gateway's payments read into the ledger. It returns at once: [Service.Run] does the work, and [Service.GetSync] shows how far
// it is. While a sync of the app isn't finished, a request without a window gets that one, and another window is an error with [CodeSyncInProgress].
func (s *Service) SyncPayments(ctx context.Context, req SyncRequest) (_ *Sync, err error) {
	defer named("sync", &err)
	var wrong fieldErrors
	wrong.required("org_app_id", req.OrgAppID)
	if err := wrong.err("sync"); err != nil {
		return nil, err
	}
	app, err := s.app(ctx, req.OrgAppID)
	if err != nil {
		return nil, err
	}
	return s.beginSync(ctx, app, req, s.now())
}

// beginSync stores a sync that is to run from due on, or finds the one that isn't finished.
func (s *Service) beginSync(ctx context.Context, app App, req SyncRequest, due time.Time) (*Sync, error) {
	ledger, ok := s.store.(Ledger)
	if app.Gateway == nil || !ok {
		return nil, orgAppNotFound(req.OrgAppID)
	}
	now := s.now()
	info := app.Gateway.Info()
	sync := &Sync{
		ID: newID(), OrgAppID: app.ID, Provider: info.ID, Explicit: !req.From.IsZero() || !req.To.IsZero(),
		Status: SyncRunning, StartedAt: now, DueAt: due,
	}
	var err error
	if sync.From, sync.To, err = s.syncWindow(ctx, ledger, req, info, now); err != nil {
		return nil, err
	}
	for range maxRounds {
		err := ledger.BeginSync(ctx, sync)
		if err == nil {
			wake(s.syncsDue)
			return sync, nil
		}
		if !errors.Is(err, ErrDuplicate) {
			return nil, err
		}
		open, err := s.openSync(ctx, ledger, sync)
		if !errors.Is(err, ErrNotFound) {
			return open, err
		}
		// It has finished at this moment.
	}
	return nil, syncInProgress(sync.Provider, "syncs of this app begin and end at this moment: ask again")
}

// syncWindow is what a sync reads: what its request says, and else from where the last one ended to now.
func (s *Service) syncWindow(ctx context.Context, ledger Ledger, req SyncRequest, info Info, now time.Time) (from, to time.Time, err error) {
	from, to = req.From.UTC().Truncate(time.Microsecond), req.To.UTC().Truncate(time.Microsecond)
	if to.IsZero() || to.After(now) {
		to = now
	}
	if from.IsZero() {
		last, err := ledger.LastSync(ctx, req.OrgAppID)
		switch {
		case errors.Is(err, ErrNotFound):
			from = to.Add(-firstWindow)
		case err != nil:
			return from, to, err
		default:
			from = last.To
			if req.To.IsZero() && from.After(to) {
				from = to // its process has a clock that is ahead of ours
			}
			from = from.Add(-max(info.LookBack, minLookBack))
		}
	}
	var wrong fieldErrors
	switch {
	case from.Before(to):
	case req.To.IsZero():
		wrong.add("from", "invalid", "must not be in the future")
	case req.From.IsZero():
		wrong.add("from", "required", "is required for a window that ends before the last sync did")
	default:
		wrong.add("to", "invalid", "must be after from")
	}
	return from, to, wrong.err("sync")
}

// openSync answers a request for a sync while another one isn't finished.
func (s *Service) openSync(ctx context.Context, ledger Ledger, wanted *Sync) (*Sync, error) {
	open, err := ledger.OpenSync(ctx, wanted.OrgAppID)
	if err != nil {
		return nil, err
	}
	same := open.Explicit && open.From.Equal(wanted.From) && open.To.Equal(wanted.To)
	if wanted.Explicit && !same {
		return nil, syncInProgress(open.Provider, "another sync of this app runs: wait for "+open.ID)
	}
	return open, nil
}

func syncInProgress(provider, message string) *Error {
	return &Error{Code: CodeSyncInProgress, Outcome: NotApplied, Op: "sync", Provider: provider, RetryAfter: defaultRetryAfter, Message: message}
}

// GetSync reads a sync of an app that the caller may use.
func (s *Service) GetSync(ctx context.Context, id string) (_ *Sync, err error) {
	defer named("sync", &err)
	ledger, ok := s.store.(Ledger)
	if !ok {
		return nil, syncNotFound()
	}
	sync, err := ledger.Sync(ctx, id)
	if errors.Is(err, ErrNotFound) || (err == nil && !CallerFrom(ctx).MayUse(sync.OrgAppID)) {
		return nil, syncNotFound()
	}
	return sync, err
}

func syncNotFound() *Error {
	return &Error{Code: CodeNotFound, Outcome: NotApplied, Op: "sync", Message: "no such sync: check the id"}
}

// runSyncs takes up the syncs that are due.
func (s *Service) runSyncs(ctx context.Context, c *crew) (more bool, err error) {
	ledger, ok := s.store.(Ledger)
	free, now := c.free(), s.now()
	if !ok || free == 0 {
		return false, nil
	}
	syncs, err := ledger.ClaimSyncs(ctx, now, now.Add(syncLease), free)
	for _, sync := range syncs {
		c.work(func() { s.runSync(ctx, ledger, sync) })
	}
	return len(syncs) == free, err
}

// runSync walks a sync on from where it is, and notes how that ended.
func (s *Service) runSync(ctx context.Context, ledger Ledger, sync *Sync) {
	ctx, span := s.trace(ctx, "sync")
	var err error
	defer span.end(&err)
	err = s.holding(ctx, ledger, sync.ID, func() error { return s.walk(ctx, ledger, sync) })
	now := s.now()
	sync.Error = ""
	switch {
	case err == nil:
		sync.Status, sync.FinishedAt = SyncCompleted, now
	case ctx.Err() != nil:
		sync.Status, sync.DueAt = SyncInterrupted, now
	case sync.Failures+1 < maxSyncFailures && temporary(err):
		sync.Failures++
		sync.Error, sync.DueAt = told(err), now.Add(syncPause(sync.Failures, err))
	default:
		sync.Status, sync.Error, sync.FinishedAt = SyncFailed, told(err), now
	}
	if err != nil {
		level := slog.LevelWarn
		if sync.Status == SyncFailed {
			level = slog.LevelError
		}
		s.log.Log(ctx, level, "a sync of payments stopped", slog.String("org_app_id", sync.OrgAppID), slog.String("sync_id", sync.ID),
			slog.String("status", string(sync.Status)), slog.Any("cause", err))
	}
	s.walked(ctx, sync)
	if err := ledger.WritePage(context.WithoutCancel(ctx), sync, nil); err != nil {
		s.log.ErrorContext(ctx, "a sync could not be recorded: it will be taken up again", slog.String("sync_id", sync.ID), slog.Any("cause", err))
	}
}

// holding does something to a sync, and meanwhile shows those who look for work that the sync has somebody.
func (s *Service) holding(ctx context.Context, ledger Ledger, id string, do func() error) error {
	done := make(chan struct{})
	var signs sync.WaitGroup
	signs.Go(func() {
		for waitFor(ctx, done, syncLease/4); ctx.Err() == nil; waitFor(ctx, done, syncLease/4) {
			select {
			case <-done:
				return
			default:
			}
			if err := ledger.HoldSync(ctx, id, s.now().Add(syncLease)); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "a sync that runs could not be held", slog.String("sync_id", id), slog.Any("cause", err))
			}
		}
	})
	defer signs.Wait()
	defer close(done)
	return do()
}

// temporary tells whether a walk that failed may work later: it may, unless the provider or our own set-up refuses it.
func temporary(err error) bool {
	var refused *ProviderError
	if errors.As(err, &refused) {
		return refused.Refusal == Unreachable || refused.Refusal == RefusedRate
	}
	return !errors.Is(err, CodeOrgAppNotFound)
}

// told is why a walk failed, in words that may be shown.
func told(err error) string {
	var refused *ProviderError
	var known *Error
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &known):
		return known.Message
	default:
		return "something failed inside: the server's log has it"
	}
}

// syncPause is how long a sync waits after a failure: as long as the provider wishes, within reason.
func syncPause(failures int, err error) time.Duration {
	pause := retryPause(failures)
	var refused *ProviderError
	if errors.As(err, &refused) {
		pause = max(pause, min(refused.RetryAfter, time.Hour))
	}
	return pause
}

// walk reads pages and stores each, with the checkpoint after which a later walk goes on.
func (s *Service) walk(ctx context.Context, ledger Ledger, sync *Sync) error {
	app, err := s.apps.App(ctx, sync.OrgAppID)
	if err != nil {
		return err
	}
	if app.Gateway == nil {
		return orgAppNotFound(sync.OrgAppID)
	}
	sync.Status = SyncRunning
	page := &page{service: s, ledger: ledger, sync: sync, checkpoint: sync.Checkpoint, at: map[string]int{}}
	for payment, err := range app.Gateway.Payments(ctx, PaymentsQuery{From: sync.From, To: sync.To, Resume: sync.Checkpoint}) {
		var bad *BadRow
		switch {
		case errors.As(err, &bad):
			page.skip(ctx, bad)
			continue
		case err != nil:
			return errors.Join(page.write(ctx), err)
		}
		if err := page.add(ctx, payment); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return page.write(ctx)
}

// page gathers the payments of a sync until they're written.
type page struct {
	service *Service
	ledger  Ledger
	// sync is as stored: it moves on with each page that is written.
	sync       *Sync
	payments   []*SyncedPayment
	at         map[string]int
	checkpoint string
}

// skip notes a row that can't be read. A walk that goes on may meet it again.
func (p *page) skip(ctx context.Context, bad *BadRow) {
	row := SkippedRow{ID: bad.ID, Reason: bad.Reason}
	if row.ID != "" && slices.Contains(p.sync.Skipped, row) {
		return
	}
	p.sync.SkippedCount++
	p.service.telemetry.count(ctx, p.service.telemetry.syncRows, 1, labels{provider: p.sync.Provider, result: resultSkipped})
	if len(p.sync.Skipped) < maxSkipped {
		p.sync.Skipped = append(p.sync.Skipped, row)
	}
}

// add takes a payment, and writes the page at a checkpoint or once it's full. A payment that comes twice counts by its last row.
func (p *page) add(ctx context.Context, payment Payment) error {
	synced := &SyncedPayment{ID: newID(), Provider: p.sync.Provider, OrgAppID: p.sync.OrgAppID, Payment: payment, SyncedAt: p.service.now()}
	if i, twice := p.at[payment.ID]; twice {
		p.payments[i] = synced
	} else {
		p.at[payment.ID] = len(p.payments)
		p.payments = append(p.payments, synced)
	}
	if payment.Checkpoint != "" {
		p.checkpoint = payment.Checkpoint
	}
	if payment.Checkpoint == "" && len(p.payments) < pageSize {
		return nil
	}
	return p.write(ctx)
}

// write stores the page and how far the sync has come with it, also when its process is to stop. A walk that fails again and again at one
// place doesn't come further.
func (p *page) write(ctx context.Context) error {
	if len(p.payments) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	next := *p.sync
	next.Fetched += len(p.payments)
	if next.Checkpoint != p.checkpoint {
		next.Checkpoint, next.Failures = p.checkpoint, 0
	}
	next.DueAt = p.service.now().Add(syncLease)
	for _, payment := range p.payments {
		if err := p.service.settleOrderByPayment(ctx, next.OrgAppID, payment.Payment); err != nil {
			return err
		}
	}
	if err := p.ledger.WritePage(ctx, &next, p.payments); err != nil {
		return err
	}
	*p.sync = next
	p.service.telemetry.count(ctx, p.service.telemetry.syncPages, 1, labels{provider: next.Provider})
	p.service.telemetry.count(ctx, p.service.telemetry.syncRows, len(p.payments), labels{provider: next.Provider, result: resultStored})
	p.payments = p.payments[:0]
	clear(p.at)
	return nil
}

// ListPaymentsRequest selects synced payments, newest first. Empty fields don't filter.
type ListPaymentsRequest struct {
	// Provider and OrgAppID are a gateway's id and an app's.
	Provider string
	OrgAppID string
	Status   PaymentStatus
	// Reference is the order's.
	Reference string
	// CreatedFrom is inclusive, CreatedTo exclusive; both are over the provider's time of creation.
	CreatedFrom time.Time
	CreatedTo   time.Time
	// Limit is 1 to 200, 0 for 50.
	Limit int
	// Cursor is the NextCursor of the page before.
	Cursor string
}

// PaymentsPage is a page of synced payments.
type PaymentsPage struct {
	Payments []*SyncedPayment
	// NextCursor is "" on the last page.
	NextCursor string
}

// ListPayments lists the synced payments of the apps that the caller may use, newest first, page by page.
func (s *Service) ListPayments(ctx context.Context, req ListPaymentsRequest) (_ PaymentsPage, err error) {
	defer named("payments", &err)
	var wrong fieldErrors
	query := SyncedPaymentQuery{
		Provider: req.Provider, Status: req.Status, Reference: req.Reference, CreatedFrom: req.CreatedFrom, CreatedTo: req.CreatedTo,
		Limit: checkLimit(&wrong, req.Limit), After: wrong.cursor(req.Cursor),
	}
	if req.Status != "" && !req.Status.Valid() {
		wrong.add("status", "invalid", "must be a status of a payment, such as captured or refunded")
	}
	wrong.legible("provider", req.Provider)
	wrong.legible("org_app_id", req.OrgAppID)
	wrong.legible("reference", req.Reference)
	wrong.window(req.CreatedFrom, req.CreatedTo)
	if err := wrong.err("payments"); err != nil {
		return PaymentsPage{}, err
	}
	ledger, ok := s.store.(Ledger)
	apps, none := visibleApps(ctx, req.OrgAppID)
	if !ok || none {
		return PaymentsPage{}, nil
	}
	query.OrgAppIDs = apps
	limit := query.Limit
	query.Limit++ // one more tells whether there is a next page
	payments, err := ledger.Payments(ctx, query)
	if err != nil || len(payments) <= limit {
		return PaymentsPage{Payments: payments}, err
	}
	last := payments[limit-1]
	return PaymentsPage{Payments: payments[:limit], NextCursor: encodeCursor(last.Payment.CreatedAt, last.ID)}, nil
}
