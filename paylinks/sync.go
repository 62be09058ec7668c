package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	// firstWindow is how far back the first sync of an app reads.
	firstWindow = 90 * 24 * time.Hour
	// syncLease is how long a sync belongs to its process without a sign of life: longer than a gateway waits between two pages.
	syncLease = 10 * time.Minute
	// pageSize bounds what is held in memory, and lost by a crash, between two writes.
	pageSize = 500
	// maxSyncFailures is how many tries in a row may fail before a sync does.
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
func (s *Service) SyncPayments(ctx context.Context, req SyncRequest) (*Sync, error) {
	app, err := s.app(ctx, req.OrgAppID)
	if err != nil {
		return nil, err
	}
	ledger, ok := s.store.(Ledger)
	if app.Gateway == nil || !ok {
		return nil, orgAppNotFound(req.OrgAppID)
	}
	now := s.now()
	explicit := !req.From.IsZero() || !req.To.IsZero()
	if err := req.check(now); err != nil {
		return nil, err
	}
	info := app.Gateway.Info()
	sync := &Sync{
		ID: newID(), OrgAppID: app.ID, Provider: info.ID, From: req.From.UTC(), To: req.To.UTC(), Explicit: explicit,
		Status: SyncRunning, StartedAt: now, DueAt: now,
	}
	if sync.To.IsZero() || sync.To.After(now) {
		sync.To = now
	}
	if sync.From.IsZero() {
		if sync.From, err = s.syncFrom(ctx, ledger, app.ID, info, sync.To); err != nil {
			return nil, err
		}
	}
	err = ledger.BeginSync(ctx, sync)
	if errors.Is(err, ErrDuplicate) {
		return s.openSync(ctx, ledger, sync)
	}
	if err != nil {
		return nil, err
	}
	wake(s.syncsDue)
	return sync, nil
}

func (r SyncRequest) check(now time.Time) error {
	var wrong fieldErrors
	if !r.From.IsZero() && r.From.After(now) {
		wrong.add("from", "invalid", "must not be in the future")
	}
	if !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To) {
		wrong.add("to", "invalid", "must be after from")
	}
	return wrong.err("sync")
}

// syncFrom is where a sync without a window begins.
func (s *Service) syncFrom(ctx context.Context, ledger Ledger, orgAppID string, info Info, to time.Time) (time.Time, error) {
	last, err := ledger.LastSync(ctx, orgAppID)
	switch {
	case errors.Is(err, ErrNotFound):
		return to.Add(-firstWindow), nil
	case err != nil:
		return time.Time{}, err
	default:
		return last.To.Add(-info.LookBack), nil
	}
}

// openSync answers a request for a sync while another one isn't finished.
func (s *Service) openSync(ctx context.Context, ledger Ledger, wanted *Sync) (*Sync, error) {
	open, err := ledger.OpenSync(ctx, wanted.OrgAppID)
	if err != nil {
		return nil, err
	}
	same := open.Explicit && open.From.Equal(wanted.From) && open.To.Equal(wanted.To)
	if wanted.Explicit && !same {
		return nil, &Error{
			Code: CodeSyncInProgress, Outcome: NotApplied, Op: "sync", Provider: open.Provider, RetryAfter: defaultRetryAfter,
			Message: "another sync of this app runs: wait for " + open.ID,
		}
	}
	return open, nil
}

// GetSync reads a sync of an app that the caller may use.
func (s *Service) GetSync(ctx context.Context, id string) (*Sync, error) {
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
	err := s.walk(ctx, ledger, sync)
	now := s.now()
	sync.Error = ""
	switch {
	case err == nil:
		sync.Status, sync.FinishedAt = SyncCompleted, now
	case ctx.Err() != nil:
		sync.Status, sync.DueAt = SyncInterrupted, now
	case sync.Failures+1 < maxSyncFailures && temporary(err):
		sync.Failures++
		sync.Error, sync.DueAt = err.Error(), now.Add(retryPause(sync.Failures))
	default:
		sync.Status, sync.Error, sync.FinishedAt = SyncFailed, err.Error(), now
	}
	if err != nil {
		s.log.Warn("a sync of payments stopped", slog.String("org_app_id", sync.OrgAppID), slog.String("sync_id", sync.ID),
			slog.String("status", string(sync.Status)), slog.Any("cause", err))
	}
	if err := ledger.WritePage(context.WithoutCancel(ctx), sync, nil); err != nil {
		s.log.Error("a sync could not be recorded: it will be taken up again", slog.String("sync_id", sync.ID), slog.Any("cause", err))
	}
}

// temporary tells whether a walk that failed may work later.
func temporary(err error) bool {
	var cause *ProviderError
	return errors.As(err, &cause) && (cause.Refusal == Unreachable || cause.Refusal == RefusedRate)
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
	page := newPage(s, ledger, sync)
	for payment, err := range app.Gateway.Payments(ctx, PaymentsQuery{From: sync.From, To: sync.To, Resume: sync.Checkpoint}) {
		var bad *BadRow
		switch {
		case errors.As(err, &bad):
			page.skip(bad)
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
	service  *Service
	ledger   Ledger
	sync     *Sync
	payments []*SyncedPayment
	at       map[string]int
}

func newPage(s *Service, ledger Ledger, sync *Sync) *page {
	return &page{service: s, ledger: ledger, sync: sync, at: map[string]int{}}
}

// skip notes a row that can't be read.
func (p *page) skip(bad *BadRow) {
	p.sync.SkippedCount++
	if len(p.sync.Skipped) < maxSkipped {
		p.sync.Skipped = append(p.sync.Skipped, SkippedRow{ID: bad.ID, Reason: bad.Reason})
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
		p.sync.Checkpoint = payment.Checkpoint
	}
	if payment.Checkpoint == "" && len(p.payments) < pageSize {
		return nil
	}
	return p.write(ctx)
}

// write stores the page and how far the sync has come.
func (p *page) write(ctx context.Context) error {
	if len(p.payments) == 0 {
		return nil
	}
	p.sync.Fetched += len(p.payments)
	p.sync.Failures = 0
	p.sync.DueAt = p.service.now().Add(syncLease)
	if err := p.ledger.WritePage(context.WithoutCancel(ctx), p.sync, p.payments); err != nil {
		return err
	}
	p.payments = p.payments[:0]
	clear(p.at)
	return nil
}

// ListPaymentsRequest selects synced payments, newest first. Empty fields don't filter.
type ListPaymentsRequest struct {
	Provider    string
	OrgAppID    string
	Status      PaymentStatus
	Reference   string
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
func (s *Service) ListPayments(ctx context.Context, req ListPaymentsRequest) (PaymentsPage, error) {
	var wrong fieldErrors
	query := SyncedPaymentQuery{
		Provider: req.Provider, Status: req.Status, Reference: req.Reference, CreatedFrom: req.CreatedFrom, CreatedTo: req.CreatedTo,
		Limit: checkLimit(&wrong, req.Limit), After: wrong.cursor(req.Cursor),
	}
	if req.Status != "" && !req.Status.Valid() {
		wrong.add("status", "invalid", "must be a status of a payment, such as captured or refunded")
	}
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
