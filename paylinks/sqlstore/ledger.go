package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

const syncColumns = `document, due_at`

const (
	insertSyncQuery = `INSERT INTO syncs (open, cursor_at, due_at, document, id, org_app_id, held) VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`
	// One that is finished stays as it is: whoever comes late with another page has lost the sync to somebody else.
	updateSyncQuery = `UPDATE syncs SET open = ?, cursor_at = ?, due_at = ?, document = ?, held = ? WHERE id = ? AND open = 1`
	holdSyncQuery   = `UPDATE syncs SET due_at = ?, held = 1 WHERE id = ? AND open = 1`

	syncByID     = `SELECT ` + syncColumns + ` FROM syncs WHERE id = ?`
	openSyncOf   = `SELECT ` + syncColumns + ` FROM syncs WHERE org_app_id = ? AND open = 1`
	lastSyncOf   = `SELECT ` + syncColumns + ` FROM syncs WHERE org_app_id = ? AND cursor_at > 0 ORDER BY cursor_at DESC LIMIT 1`
	putPaymentID = `INSERT INTO payments (id, provider, org_app_id, provider_payment_id, reference, status, created_at, synced_at, document, raw)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_app_id, provider_payment_id) DO UPDATE SET provider = excluded.provider, reference = excluded.reference,
			status = excluded.status, created_at = excluded.created_at, synced_at = excluded.synced_at, document = excluded.document, raw = excluded.raw
			WHERE payments.document <> excluded.document
		RETURNING id`
)

var dueSyncs = due{
	table: "syncs",
	query: `SELECT ` + syncColumns + ` FROM syncs WHERE open = 1 AND due_at <= ? ORDER BY due_at LIMIT ?`,
	move:  holdSyncQuery,
}

var ledgerWrites = []string{insertSyncQuery, updateSyncQuery, holdSyncQuery, putPaymentID}

var _ paylinks.Ledger = (*Store)(nil)

// BeginSync stores a new sync. The unique index over open ones keeps it the only one of its app.
func (s *Store) BeginSync(ctx context.Context, sync *paylinks.Sync) error {
	state, err := syncState(sync)
	if err != nil {
		return err
	}
	return wrap("begin a sync", s.writer.do(ctx, run(insertSyncQuery, append(state, sync.ID, sync.OrgAppID), paylinks.ErrDuplicate)))
}

// syncState is the values of the columns that change.
func syncState(sync *paylinks.Sync) ([]any, error) {
	stored := *sync
	toMicros(&stored.From, &stored.To, &stored.StartedAt, &stored.FinishedAt)
	text, err := document(&stored)
	cursor := int64(0)
	if sync.Status == paylinks.SyncCompleted && !sync.Explicit {
		cursor = micros(sync.To)
	}
	return []any{flag(sync.Status.Open()), cursor, micros(sync.DueAt), text}, err
}

func scanSync(row scanner) (*paylinks.Sync, error) {
	var text string
	var dueAt int64
	if err := row.Scan(&text, &dueAt); err != nil {
		return nil, err
	}
	sync := new(paylinks.Sync)
	if err := undocument(text, sync); err != nil {
		return nil, err
	}
	sync.DueAt = fromMicros(dueAt)
	return sync, nil
}

func (s *Store) sync(ctx context.Context, query, arg string) (*paylinks.Sync, error) {
	sync, err := readOne(ctx, s.reader, scanSync, query, arg)
	return sync, wrap("read a sync", err)
}

// Sync reads a sync.
func (s *Store) Sync(ctx context.Context, id string) (*paylinks.Sync, error) {
	return s.sync(ctx, syncByID, id)
}

// OpenSync reads the sync of an app that isn't finished.
func (s *Store) OpenSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	return s.sync(ctx, openSyncOf, orgAppID)
}

// LastSync reads the completed sync of an app, without a window of its own, that reached furthest.
func (s *Store) LastSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	return s.sync(ctx, lastSyncOf, orgAppID)
}

// ClaimSyncs takes unfinished syncs that are to be gone on with.
func (s *Store) ClaimSyncs(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Sync, error) {
	syncs, err := claim(ctx, s, dueSyncs, now, until, limit, scanSync, func(sync *paylinks.Sync) string { return sync.ID })
	for _, sync := range syncs {
		sync.DueAt = fromMicros(micros(until))
	}
	return syncs, wrap("claim syncs", err)
}

// HoldSync moves the time at which an unfinished sync is due.
func (s *Store) HoldSync(ctx context.Context, id string, until time.Time) error {
	return wrap("hold a sync", s.writer.do(ctx, run(holdSyncQuery, []any{micros(until), id}, paylinks.ErrNotFound)))
}

// WritePage stores payments and their sync in one transaction.
func (s *Store) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	rows := make([][]any, len(payments))
	for i, payment := range payments {
		var err error
		if rows[i], err = paymentValues(payment); err != nil {
			return err
		}
	}
	// Two processes that write the same payments do so in the same order, so that they don't each wait for the other.
	slices.SortStableFunc(rows, func(a, b []any) int { return strings.Compare(a[3].(string), b[3].(string)) })
	var next paylinks.Sync
	err := s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		next = *sync
		for _, row := range rows {
			if err := putPayment(ctx, t, row, &next); err != nil {
				return err
			}
		}
		state, err := syncState(&next)
		if err != nil {
			return err
		}
		return run(updateSyncQuery, append(state, flag(len(payments) > 0), next.ID), paylinks.ErrNotFound)(ctx, t)
	})
	if err != nil {
		return wrap("write a page of payments", err)
	}
	sync.Created, sync.Updated, sync.Unchanged = next.Created, next.Updated, next.Unchanged
	return nil
}

// putPayment stores a payment and counts what it was. The row that comes back has the ID of whoever was first; none does where
// nothing is to be changed.
func putPayment(ctx context.Context, t *transaction, row []any, sync *paylinks.Sync) error {
	var id string
	err := t.queryRow(ctx, putPaymentID, row, &id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		sync.Unchanged++
	case err != nil:
		return err
	case id == row[0]:
		sync.Created++
	default:
		sync.Updated++
	}
	return nil
}

func paymentValues(p *paylinks.SyncedPayment) ([]any, error) {
	stored := p.Payment
	stored.Raw = nil
	toMicros(&stored.CreatedAt, &stored.UpdatedAt)
	text, err := document(&stored)
	return []any{
		p.ID, p.Provider, p.OrgAppID, stored.ID, stored.Reference, string(stored.Status), micros(stored.CreatedAt), micros(p.SyncedAt),
		text, string(p.Payment.Raw),
	}, err
}

const paymentColumns = `created_at, id, provider, org_app_id, synced_at, document, raw`

func scanPayment(row scanner) (*paylinks.SyncedPayment, error) {
	p := new(paylinks.SyncedPayment)
	var createdAt, syncedAt int64
	var text, raw string
	if err := row.Scan(&createdAt, &p.ID, &p.Provider, &p.OrgAppID, &syncedAt, &text, &raw); err != nil {
		return nil, err
	}
	if err := undocument(text, &p.Payment); err != nil {
		return nil, err
	}
	p.SyncedAt = fromMicros(syncedAt)
	if raw != "" {
		p.Payment.Raw = []byte(raw)
	}
	return p, nil
}

func paymentList() listing[*paylinks.SyncedPayment] {
	return listing[*paylinks.SyncedPayment]{
		table: "payments", columns: paymentColumns, scan: scanPayment,
		position: func(p *paylinks.SyncedPayment) paylinks.PaylinkCursor {
			return paylinks.PaylinkCursor{CreatedAt: p.Payment.CreatedAt, ID: p.ID}
		},
		indexes: []listIndex{
			{[]string{"reference"}, "payments_reference"},
			{[]string{"org_app_id", "status"}, "payments_app_status"},
			{[]string{"org_app_id"}, "payments_app"},
			{[]string{"status"}, "payments_status"},
			{[]string{"provider"}, "payments_provider"},
			{nil, "payments_created"},
		},
	}
}

func selectPayments(query paylinks.SyncedPaymentQuery) selection {
	return selection{
		apps: query.OrgAppIDs, from: query.CreatedFrom, to: query.CreatedTo, after: query.After, limit: query.Limit,
		filters: []filter{{"reference", query.Reference}, {"status", string(query.Status)}, {"provider", query.Provider}},
	}
}

// Payments lists payments, newest first.
func (s *Store) Payments(ctx context.Context, query paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error) {
	payments, err := paymentList().page(ctx, s, selectPayments(query))
	return payments, wrap("list payments", err)
}
