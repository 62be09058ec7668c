package paylinks_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// books is a Service that syncs a fake gateway into a store in memory.
type books struct {
	*paylinks.Service
	t       *testing.T
	gateway *walkedGateway
	store   everything
	clock   *clock
}

func newBooks(t *testing.T, rows int) *books {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	b := &books{t: t, gateway: newWalkedGateway(rows), store: store, clock: newClock()}
	b.Service = b.service(store)
	return b
}

// service is another Service over a store, with the same gateway and clock.
func (b *books) service(store paylinks.Store) *paylinks.Service {
	b.t.Helper()
	apps := paylinks.StaticApps{"gate-main": b.gateway, "gate-other": newWalkedGateway(3), "fake-main": newFakeProvider()}
	service, err := paylinks.New(store, apps, paylinks.Options{Now: b.clock.Now, Logger: quiet(), PollInterval: 10 * time.Millisecond})
	require.NoError(b.t, err)
	b.t.Cleanup(service.Wait)
	return service
}

// ask asks for a sync of the gateway.
func (b *books) ask(from, to time.Time) *paylinks.Sync {
	b.t.Helper()
	sync, err := b.SyncPayments(b.t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main", From: from, To: to})
	require.NoError(b.t, err)
	return sync
}

// sync asks for a sync and runs it.
func (b *books) sync(from, to time.Time) *paylinks.Sync {
	b.t.Helper()
	asked := b.ask(from, to)
	require.NoError(b.t, b.RunSyncs(b.t.Context()))
	return b.read(asked.ID)
}

func (b *books) read(id string) *paylinks.Sync {
	b.t.Helper()
	sync, err := b.GetSync(b.t.Context(), id)
	require.NoError(b.t, err)
	return sync
}

func (b *books) payments() map[string]paylinks.Payment {
	b.t.Helper()
	byID := map[string]paylinks.Payment{}
	req := paylinks.ListPaymentsRequest{Limit: 200}
	for {
		page, err := b.ListPayments(b.t.Context(), req)
		require.NoError(b.t, err)
		for _, p := range page.Payments {
			byID[p.Payment.ID] = p.Payment
		}
		if page.NextCursor == "" {
			return byID
		}
		req.Cursor = page.NextCursor
	}
}

// counts is what became of a sync's payments: fetched, created, updated, unchanged.
func counts(s *paylinks.Sync) [4]int { return [4]int{s.Fetched, s.Created, s.Updated, s.Unchanged} }

func TestASyncReadsAllPaymentsOfItsWindow(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 25)
	asked := b.ask(time.Time{}, time.Time{})
	assert.Equal(t, paylinks.SyncRunning, asked.Status)
	assert.Empty(t, b.payments(), "the call itself reads nothing")
	require.NoError(t, b.RunSyncs(t.Context()))
	sync := b.read(asked.ID)
	assert.Equal(t, paylinks.SyncCompleted, sync.Status)
	assert.Equal(t, [4]int{25, 25, 0, 0}, counts(sync))
	assert.Equal(t, b.clock.Now(), sync.FinishedAt)
	payments := b.payments()
	require.Len(t, payments, 25)
	assert.Equal(t, "4.50", payments["pi_003"].Amount.String())
}

func TestTheFirstSyncReadsNinetyDaysAndTheNextGoesOnFromThere(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	first := b.clock.Now()
	b.sync(time.Time{}, time.Time{})
	assert.Equal(t, paylinks.PaymentsQuery{From: first.AddDate(0, 0, -90), To: first}, b.gateway.lastQuery())

	b.clock.Advance(5 * time.Hour)
	b.sync(time.Time{}, time.Time{})
	assert.Equal(t, paylinks.PaymentsQuery{From: first.Add(-48 * time.Hour), To: first.Add(5 * time.Hour)}, b.gateway.lastQuery(), "the look-back sees late changes")
}

func TestAWindowOfItsOwnDoesNotMoveTheCursor(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	began := b.clock.Now()
	b.sync(time.Time{}, time.Time{})
	b.clock.Advance(10 * 24 * time.Hour)
	from, to := began.Add(time.Hour), began.Add(9*24*time.Hour)
	b.sync(from, to)
	assert.Equal(t, paylinks.PaymentsQuery{From: from, To: to}, b.gateway.lastQuery())
	b.sync(from, time.Time{})
	assert.Equal(t, paylinks.PaymentsQuery{From: from, To: b.clock.Now()}, b.gateway.lastQuery(), "to is now where none is named")
	b.sync(time.Time{}, time.Time{})
	assert.Equal(t, began.Add(-48*time.Hour), b.gateway.lastQuery().From)
}

func TestAFailedSyncDoesNotMoveTheCursor(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	began := b.clock.Now()
	b.gateway.stopAt(0, 1, &paylinks.ProviderError{Refusal: paylinks.RefusedCredentials})
	failed := b.sync(time.Time{}, time.Time{})
	require.Equal(t, paylinks.SyncFailed, failed.Status)
	b.clock.Advance(time.Hour)
	b.sync(time.Time{}, time.Time{})
	assert.Equal(t, began.Add(time.Hour).AddDate(0, 0, -90), b.gateway.lastQuery().From)
}

func TestAWindowIsAlwaysOneThatAGatewayCanRead(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	b.gateway.lookBack = 0
	now := b.clock.Now()
	b.sync(time.Time{}, time.Time{})
	require.Equal(t, paylinks.SyncCompleted, b.sync(time.Time{}, time.Time{}).Status, "at the same moment again")

	for name, c := range map[string]struct {
		from, to time.Time
		field    string
	}{
		"from in the future":               {now.Add(time.Minute), time.Time{}, "from"},
		"from now":                         {now, time.Time{}, "from"},
		"to before from":                   {now.Add(-time.Hour), now.Add(-2 * time.Hour), "to"},
		"to is from":                       {now.Add(-time.Hour), now.Add(-time.Hour), "to"},
		"to long before the last one's to": {time.Time{}, now.Add(-time.Hour), "from"},
	} {
		_, err := b.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main", From: c.from, To: c.to})
		require.ErrorIs(t, err, paylinks.CodeValidationFailed, name)
		assert.Equal(t, c.field, asError(t, err).Fields[0].Field, name)
	}
	late := b.sync(now.Add(-time.Hour), now.Add(time.Hour))
	assert.Equal(t, now, late.To, "nothing is read of the future")

	b.clock.Advance(-10 * time.Minute) // another process, whose clock is behind
	require.Equal(t, paylinks.SyncCompleted, b.sync(time.Time{}, time.Time{}).Status)
}

func TestAnAppHasOneSyncAtATime(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	now := b.clock.Now()
	running := b.ask(time.Time{}, time.Time{})
	b.clock.Advance(time.Minute)
	assert.Equal(t, running.ID, b.ask(time.Time{}, time.Time{}).ID)
	_, err := b.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main", From: now.Add(-time.Hour), To: now})
	require.ErrorIs(t, err, paylinks.CodeSyncInProgress)
	assert.Contains(t, asError(t, err).Message, running.ID)
	assert.Positive(t, asError(t, err).RetryAfter)
	_, err = b.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-other", From: now.Add(-time.Hour), To: now})
	require.NoError(t, err, "another app isn't held up")

	require.NoError(t, b.RunSyncs(t.Context()))
	from := now.Add(-time.Hour).Add(300 * time.Nanosecond)
	explicit := b.ask(from, now)
	assert.Equal(t, explicit.ID, b.ask(from, now).ID, "the same window gets the same sync")
	assert.Equal(t, explicit.ID, b.ask(time.Time{}, time.Time{}).ID)
	_, err = b.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main", From: now.Add(-2 * time.Hour), To: now})
	require.ErrorIs(t, err, paylinks.CodeSyncInProgress)
}

func TestOnlyGatewaysOfTheCallerAreSynced(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	mine := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "c", OrgApps: []string{"gate-other"}})
	for app, ctx := range map[string]context.Context{"nowhere": t.Context(), "fake-main": t.Context(), "gate-main": mine} {
		_, err := b.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: app})
		require.ErrorIs(t, err, paylinks.CodeOrgAppNotFound, app)
	}
	_, err := b.SyncPayments(t.Context(), paylinks.SyncRequest{})
	require.ErrorIs(t, err, paylinks.CodeValidationFailed)
	sync := b.sync(time.Time{}, time.Time{})
	_, err = b.GetSync(mine, sync.ID)
	require.ErrorIs(t, err, paylinks.CodeNotFound)
	_, err = b.GetSync(t.Context(), "none")
	require.ErrorIs(t, err, paylinks.CodeNotFound)
	for _, app := range []string{"", "gate-main", "gate-other"} {
		page, err := b.ListPayments(mine, paylinks.ListPaymentsRequest{OrgAppID: app})
		require.NoError(t, err)
		assert.Empty(t, page.Payments)
	}
}

// crash ends a process in the middle of a walk: its Service writes nothing any more.
type crash struct {
	everything
	after int
}

func (c *crash) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	if c.after == 0 {
		return errDisk
	}
	c.after--
	return c.everything.WritePage(ctx, sync, payments)
}

func TestASyncThatACrashCutOffGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 35)
	asked := b.ask(time.Time{}, time.Time{})
	require.NoError(t, b.service(&crash{b.store, 2}).RunSyncs(t.Context()))
	cut := b.read(asked.ID)
	assert.Equal(t, paylinks.SyncRunning, cut.Status)
	assert.Equal(t, "2", cut.Checkpoint)
	require.Len(t, b.payments(), 20)

	again := b.service(b.store)
	require.NoError(t, again.RunSyncs(t.Context()))
	assert.Equal(t, 1, b.gateway.walks(), "until its lease runs out it belongs to the process that died")
	b.clock.Advance(2 * time.Minute)
	require.NoError(t, again.RunSyncs(t.Context()))
	assert.Equal(t, "2", b.gateway.lastQuery().Resume)
	done := b.read(asked.ID)
	assert.Equal(t, paylinks.SyncCompleted, done.Status)
	assert.Equal(t, [4]int{35, 35, 0, 0}, counts(done), "no row was read twice")
	require.Len(t, b.payments(), 35)
}

// A page that can't be stored must not be skipped by the checkpoint that it carries.
func TestNoPaymentIsLostWhereThePageCannotBeStored(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 35)
	asked := b.ask(time.Time{}, time.Time{})
	flaky := &flakyPages{everything: b.store, failing: 2}
	service := b.service(flaky)
	require.NoError(t, service.RunSyncs(t.Context()))
	stopped := b.read(asked.ID)
	require.Equal(t, paylinks.SyncRunning, stopped.Status)
	assert.Equal(t, "1", stopped.Checkpoint)
	assert.Equal(t, 10, stopped.Fetched)
	assert.Equal(t, 1, stopped.Failures)
	assert.Equal(t, "something failed inside: the server's log has it", stopped.Error)
	b.clock.Advance(time.Minute)
	require.NoError(t, service.RunSyncs(t.Context()))
	assert.Equal(t, paylinks.SyncCompleted, b.read(asked.ID).Status)
	assert.Empty(t, b.read(asked.ID).Error)
	require.Len(t, b.payments(), 35)
}

// flakyPages fails to store the page with a number, once.
type flakyPages struct {
	everything
	failing int
}

func (f *flakyPages) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	if len(payments) > 0 {
		if f.failing--; f.failing == 0 {
			return errDisk
		}
	}
	return f.everything.WritePage(ctx, sync, payments)
}

func TestRowsThatCannotBeReadAreSkippedAndNamed(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 25)
	b.gateway.bad["pi_003"], b.gateway.bad["pi_024"] = "amount has no currency", "no status"
	sync := b.sync(time.Time{}, time.Time{})
	assert.Equal(t, paylinks.SyncCompleted, sync.Status)
	assert.Equal(t, []paylinks.SkippedRow{{ID: "pi_003", Reason: "amount has no currency"}, {ID: "pi_024", Reason: "no status"}}, sync.Skipped)
	assert.Equal(t, 2, sync.SkippedCount)
	assert.Equal(t, 23, sync.Fetched)
	require.Len(t, b.payments(), 23)
}

func TestAThousandSkippedRowsAreNamedAndAllAreCounted(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 1100)
	for _, row := range b.gateway.rows {
		b.gateway.bad[row.ID] = "no status"
	}
	sync := b.sync(time.Time{}, time.Time{})
	assert.Len(t, sync.Skipped, 1000)
	assert.Equal(t, 1100, sync.SkippedCount)
}

func TestARowThatIsSkippedTwiceIsNamedOnce(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 8)
	b.gateway.bad["pi_003"] = "no status"
	b.gateway.stopAt(5, 1, unreachable(paylinks.NotApplied))
	sync := b.sync(time.Time{}, time.Time{})
	b.clock.Advance(time.Minute)
	require.NoError(t, b.RunSyncs(t.Context()))
	require.Equal(t, 2, b.gateway.walks())
	sync = b.read(sync.ID)
	require.Equal(t, paylinks.SyncCompleted, sync.Status)
	assert.Equal(t, 1, sync.SkippedCount)
	assert.Len(t, sync.Skipped, 1)
}

func TestTemporaryFailuresAreTriedAgainAndThenFailTheSync(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 25)
	failure := unreachable(paylinks.NotApplied)
	failure.Status, failure.Message = 502, "no answer that can be understood"
	b.gateway.stopAt(15, 3, failure)
	sync := b.sync(time.Time{}, time.Time{})
	for range 3 {
		require.Equal(t, paylinks.SyncRunning, sync.Status)
		assert.Equal(t, "unreachable (HTTP 502): no answer that can be understood", sync.Error)
		stored, err := b.store.OpenSync(t.Context(), "gate-main")
		require.NoError(t, err)
		pause := stored.DueAt.Sub(b.clock.Now())
		assert.Positive(t, pause)
		b.clock.Advance(pause - time.Microsecond)
		walks := b.gateway.walks()
		require.NoError(t, b.RunSyncs(t.Context()))
		require.Equal(t, walks, b.gateway.walks(), "it isn't hurried")
		b.clock.Advance(time.Microsecond)
		require.NoError(t, b.RunSyncs(t.Context()))
		sync = b.read(sync.ID)
	}
	assert.Equal(t, paylinks.SyncCompleted, sync.Status)
	assert.Empty(t, sync.Error)
	require.Len(t, b.payments(), 25)

	b.gateway.stopAt(15, 1000, failure)
	b.clock.Advance(time.Hour)
	sync = b.sync(time.Time{}, time.Time{})
	walks := b.gateway.walks()
	for sync.Status == paylinks.SyncRunning {
		require.Less(t, b.gateway.walks(), walks+20)
		b.clock.Advance(time.Hour)
		require.NoError(t, b.RunSyncs(t.Context()))
		sync = b.read(sync.ID)
	}
	assert.Equal(t, paylinks.SyncFailed, sync.Status)
	assert.Equal(t, walks+7, b.gateway.walks(), "eight tries that come no further")
	assert.Equal(t, "unreachable (HTTP 502): no answer that can be understood", sync.Error)
	assert.False(t, sync.FinishedAt.IsZero())
	assert.NotEqual(t, sync.ID, b.ask(time.Time{}, time.Time{}).ID, "the next one can begin")
}

func TestAProvidersWishToWaitIsHonoured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ wish, want time.Duration }{{0, 2 * time.Second}, {5 * time.Minute, 5 * time.Minute}, {48 * time.Hour, time.Hour}} {
		b := newBooks(t, 5)
		b.gateway.stopAt(0, 1, &paylinks.ProviderError{Refusal: paylinks.RefusedRate, RetryAfter: c.wish})
		b.sync(time.Time{}, time.Time{})
		stored, err := b.store.OpenSync(t.Context(), "gate-main")
		require.NoError(t, err)
		assert.Equal(t, c.want, stored.DueAt.Sub(b.clock.Now()))
	}
}

func TestWhatWillNotWorkLaterFailsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 25)
	b.gateway.stopAt(15, 1, &paylinks.ProviderError{Refusal: paylinks.RefusedCredentials, Status: 401, Message: "check the key", Err: errors.New("sk_live_secret")})
	sync := b.sync(time.Time{}, time.Time{})
	assert.Equal(t, paylinks.SyncFailed, sync.Status)
	assert.Equal(t, "credentials (HTTP 401): check the key", sync.Error)
	assert.Equal(t, 15, sync.Fetched, "what was read before is kept")
	require.Len(t, b.payments(), 15)

	gone := b.ask(time.Time{}, time.Time{})
	empty, err := paylinks.New(b.store, paylinks.StaticApps{}, paylinks.Options{Now: b.clock.Now, Logger: quiet()})
	require.NoError(t, err)
	require.NoError(t, empty.RunSyncs(t.Context()))
	assert.Equal(t, paylinks.SyncFailed, b.read(gone.ID).Status)
	assert.Contains(t, b.read(gone.ID).Error, `no app "gate-main"`)
}

func TestLateChangesAreSeenAndTheRestIsUnchanged(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 12)
	b.sync(time.Time{}, time.Time{})
	b.gateway.change(4, func(p *paylinks.Payment) {
		p.Captured, p.Status, p.ProviderStatus = p.Amount, paylinks.PaymentCaptured, "succeeded"
		p.UpdatedAt = b.clock.Now().Add(time.Minute)
	})
	b.clock.Advance(time.Hour)
	sync := b.sync(time.Time{}, time.Time{})
	assert.Equal(t, [4]int{12, 0, 1, 11}, counts(sync))
	changed := b.payments()["pi_004"]
	assert.Equal(t, paylinks.PaymentCaptured, changed.Status)
	assert.Equal(t, "5.50", changed.Captured.String())

	page, err := b.ListPayments(t.Context(), paylinks.ListPaymentsRequest{Status: paylinks.PaymentCaptured})
	require.NoError(t, err)
	require.Len(t, page.Payments, 1)
	assert.Equal(t, b.clock.Now(), page.Payments[0].SyncedAt)
}

// A provider may give a payment twice within a page, as rows move while it's being read.
func TestAPaymentThatComesTwiceCountsByItsLastRow(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 5)
	b.gateway.change(3, func(p *paylinks.Payment) {
		*p = gatewayRow(1)
		p.Status = paylinks.PaymentCaptured
	})
	sync := b.sync(time.Time{}, time.Time{})
	assert.Equal(t, [4]int{4, 4, 0, 0}, counts(sync))
	assert.Equal(t, paylinks.PaymentCaptured, b.payments()["pi_001"].Status)
}

func TestASyncWhoseProcessStopsIsInterruptedAndGoesOn(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 25)
	ctx, stop := context.WithCancel(t.Context())
	b.gateway.before = func(ctx context.Context, row int) error {
		if row == 17 {
			stop()
			return ctx.Err()
		}
		return nil
	}
	asked := b.ask(time.Time{}, time.Time{})
	require.NoError(t, b.RunSyncs(ctx))
	sync := b.read(asked.ID)
	assert.Equal(t, paylinks.SyncInterrupted, sync.Status)
	assert.True(t, sync.Status.Open())
	assert.Zero(t, sync.Failures)
	require.Len(t, b.payments(), 17)

	require.NoError(t, b.service(b.store).RunSyncs(t.Context()), "nobody has to wait for a lease")
	assert.Equal(t, "1", b.gateway.lastQuery().Resume)
	assert.Equal(t, paylinks.SyncCompleted, b.read(asked.ID).Status)
	require.Len(t, b.payments(), 25)
}

// A walk through any number of payments holds a page of them.
func TestASyncHoldsOnePageInMemory(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 1200)
	b.gateway.pageRows = 100_000 // no checkpoints at all
	watched := &pages{everything: b.store}
	asked := b.ask(time.Time{}, time.Time{})
	given := 0
	b.gateway.before = func(context.Context, int) error {
		given++
		if held := given - 1 - watched.stored; held > 500 {
			return fmt.Errorf("%d payments are held", held)
		}
		return nil
	}
	require.NoError(t, b.service(watched).RunSyncs(t.Context()))
	assert.Equal(t, paylinks.SyncCompleted, b.read(asked.ID).Status)
	assert.Equal(t, []int{500, 500, 200, 0}, watched.sizes)
}

// pages counts what is stored.
type pages struct {
	everything
	sizes  []int
	stored int
}

func (p *pages) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	p.sizes, p.stored = append(p.sizes, len(payments)), p.stored+len(payments)
	return p.everything.WritePage(ctx, sync, payments)
}

// However long a gateway has nothing to say, its sync stays with the process that walks it.
func TestALongPauseOfTheGatewayDoesNotGiveTheSyncAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, err := sqlite.OpenMemory(t.Context())
		require.NoError(t, err)
		gateway := newWalkedGateway(15)
		gateway.before = func(ctx context.Context, row int) error {
			if row == 12 {
				<-time.After(time.Hour) // synctest's hour
			}
			return ctx.Err()
		}
		process := func() *paylinks.Service {
			service, err := paylinks.New(store, paylinks.StaticApps{"gate-main": gateway}, paylinks.Options{Logger: quiet(), PollInterval: 5 * time.Minute})
			require.NoError(t, err)
			return service
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := [2]chan error{}
		services := [2]*paylinks.Service{process(), process()}
		asked, err := services[0].SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: "gate-main"})
		require.NoError(t, err)
		for i, service := range services {
			ended[i] = newEnding(ctx, service)
		}
		time.Sleep(2 * time.Hour) //nolint:forbidigo // synctest's: it returns once everything else waits
		sync, err := services[1].GetSync(ctx, asked.ID)
		require.NoError(t, err)
		assert.Equal(t, paylinks.SyncCompleted, sync.Status)
		assert.Equal(t, 1, gateway.walks())
		cancel()
		for _, ending := range ended {
			require.NoError(t, <-ending)
		}
		require.NoError(t, store.Close())
	})
}

func newEnding(ctx context.Context, service *paylinks.Service) chan error {
	ending := make(chan error, 1)
	go func() { ending <- service.Run(ctx) }()
	return ending
}

// Run itself takes up what SyncPayments has asked for.
func TestRunSyncsWithoutBeingTold(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 25)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	all := make(chan struct{})
	b.gateway.before = func(_ context.Context, row int) error {
		if row == 24 {
			close(all)
		}
		return nil
	}
	ended := newEnding(ctx, b.Service)
	asked := b.ask(time.Time{}, time.Time{})
	select {
	case <-all:
	case <-ctx.Done():
		require.Fail(t, "nobody runs the sync")
	}
	assert.Eventually(t, func() bool { return b.read(asked.ID).Status == paylinks.SyncCompleted }, soon, time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	assert.Equal(t, [4]int{25, 25, 0, 0}, counts(b.read(asked.ID)))
}

func TestPaymentsAreListedByPages(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 7)
	b.sync(time.Time{}, time.Time{})
	var seen []string
	req := paylinks.ListPaymentsRequest{Limit: 3}
	for range 3 {
		page, err := b.ListPayments(t.Context(), req)
		require.NoError(t, err)
		for _, p := range page.Payments {
			seen = append(seen, p.Payment.ID)
		}
		req.Cursor = page.NextCursor
	}
	assert.Empty(t, req.Cursor)
	assert.Equal(t, []string{"pi_006", "pi_005", "pi_004", "pi_003", "pi_002", "pi_001", "pi_000"}, seen)

	page, err := b.ListPayments(t.Context(), paylinks.ListPaymentsRequest{Reference: "order-4", Provider: "gate"})
	require.NoError(t, err)
	require.Len(t, page.Payments, 1)
	for _, wrong := range []paylinks.ListPaymentsRequest{
		{Limit: 201},
		{Status: "paid"},
		{Cursor: "!"},
		{CreatedFrom: b.clock.Now(), CreatedTo: b.clock.Now().Add(-time.Hour)},
	} {
		_, err := b.ListPayments(t.Context(), wrong)
		require.ErrorIs(t, err, paylinks.CodeValidationFailed, "%+v", wrong)
	}
}
