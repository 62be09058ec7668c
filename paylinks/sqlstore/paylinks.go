package sqlstore

import (
	"context"
	"errors"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The columns that make a link, in the order in which scanPaylink reads them.
const paylinkColumns = `created_at, id, document, next_check_at, version`

const (
	insertPaylinkQuery = `INSERT INTO paylinks (id, provider, org_app_id, order_id, status, session_id, payment_id, reference,
		created_at, next_check_at, version, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`
	// What never changes isn't set: setting it would have its indexes written again.
	updatePaylinkQuery = `UPDATE paylinks SET status = ?, session_id = ?, payment_id = ?, reference = ?, next_check_at = ?,
		version = version + 1, document = ? WHERE id = ? AND version = ?`
	paylinkVersion = `SELECT version FROM paylinks WHERE id = ?`
	paylinkByID    = `SELECT ` + paylinkColumns + ` FROM paylinks WHERE id = ?`

	paylinkBySession = `SELECT ` + paylinkColumns + ` FROM paylinks
		WHERE org_app_id = ? AND session_id = ? AND session_id <> '' ORDER BY created_at DESC LIMIT 1`
	paylinkByPayment = `SELECT ` + paylinkColumns + ` FROM paylinks
		WHERE org_app_id = ? AND payment_id = ? AND payment_id <> '' ORDER BY created_at DESC LIMIT 1`
	paylinkByReference = `SELECT ` + paylinkColumns + ` FROM paylinks
		WHERE org_app_id = ? AND reference = ? AND reference <> '' ORDER BY created_at DESC LIMIT 1`
)

// duePaylinks: 0 is never. The links of some apps, a JSON array, are passed over.
var duePaylinks = due{
	table: "paylinks",
	query: `SELECT ` + paylinkColumns + ` FROM paylinks
		WHERE next_check_at > 0 AND next_check_at <= ? AND org_app_id NOT IN (` + elements + `) ORDER BY next_check_at LIMIT ?`,
	move: `UPDATE paylinks SET next_check_at = ? WHERE id = ?`,
}

var paylinkWrites = []string{insertPaylinkQuery, updatePaylinkQuery, paylinkVersion, duePaylinks.move}

func insertPaylink(link *paylinks.Paylink) (step, error) {
	text, err := paylinkDocument(link)
	return run(insertPaylinkQuery, []any{
		link.ID, link.Provider, link.OrgAppID, link.OrderID, string(link.Status), link.Ref.SessionID, link.Ref.PaymentID,
		link.Ref.Reference, micros(link.CreatedAt), micros(link.NextCheckAt), text,
	}, paylinks.ErrDuplicate), err
}

func updatePaylink(link *paylinks.Paylink) (step, error) {
	text, err := paylinkDocument(link)
	id := link.ID
	update := run(updatePaylinkQuery, []any{
		string(link.Status), link.Ref.SessionID, link.Ref.PaymentID, link.Ref.Reference, micros(link.NextCheckAt), text,
		id, link.Version,
	}, paylinks.ErrStale)
	return func(ctx context.Context, t *transaction) error {
		err := update(ctx, t)
		if !errors.Is(err, paylinks.ErrStale) {
			return err
		}
		var version int64
		if missing := t.queryRow(ctx, paylinkVersion, []any{id}, &version); missing != nil {
			return notFound(missing)
		}
		return err
	}, err
}

func paylinkDocument(link *paylinks.Paylink) (string, error) {
	stored := *link
	toMicros(&stored.CreatedAt, &stored.UpdatedAt, &stored.ExpiresAt, &stored.RefreshedAt)
	return document(&stored)
}

func scanPaylink(row scanner) (*paylinks.Paylink, error) {
	var createdAt, nextCheckAt, version int64
	var id, text string
	if err := row.Scan(&createdAt, &id, &text, &nextCheckAt, &version); err != nil {
		return nil, err
	}
	link := new(paylinks.Paylink)
	if err := undocument(text, link); err != nil {
		return nil, err
	}
	link.NextCheckAt, link.Version = fromMicros(nextCheckAt), version
	return link, nil
}

// Paylink reads a link.
func (s *Store) Paylink(ctx context.Context, id string) (*paylinks.Paylink, error) {
	link, err := readOne(ctx, s.reader, scanPaylink, paylinkByID, id)
	return link, wrap("read a link", err)
}

// FindPaylink reads the newest link of an app that has one of the ids of ref.
func (s *Store) FindPaylink(ctx context.Context, orgAppID string, ref paylinks.Ref) (*paylinks.Paylink, error) {
	var newest *paylinks.Paylink
	for _, by := range []struct{ query, id string }{
		{paylinkBySession, ref.SessionID},
		{paylinkByPayment, ref.PaymentID},
		{paylinkByReference, ref.Reference},
	} {
		if by.id == "" {
			continue
		}
		link, err := readOne(ctx, s.reader, scanPaylink, by.query, orgAppID, by.id)
		if errors.Is(err, paylinks.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, wrap("find a link", err)
		}
		if newest == nil || newestFirst(paylinkPosition(link), paylinkPosition(newest)) < 0 {
			newest = link
		}
	}
	if newest == nil {
		return nil, wrap("find a link", paylinks.ErrNotFound)
	}
	return newest, nil
}

// paylinkList: an order has few links, and an app belongs to one provider.
func paylinkList() listing[*paylinks.Paylink] {
	return listing[*paylinks.Paylink]{
		table: "paylinks", columns: paylinkColumns, scan: scanPaylink, position: paylinkPosition,
		indexes: []listIndex{
			{[]string{"order_id"}, "paylinks_order"},
			{[]string{"org_app_id", "status"}, "paylinks_app_status"},
			{[]string{"org_app_id"}, "paylinks_app"},
			{[]string{"status"}, "paylinks_status"},
			{[]string{"provider"}, "paylinks_provider"},
			{nil, "paylinks_created"},
		},
	}
}

func paylinkPosition(link *paylinks.Paylink) paylinks.PaylinkCursor {
	return paylinks.PaylinkCursor{CreatedAt: link.CreatedAt, ID: link.ID}
}

func selectPaylinks(query paylinks.PaylinkQuery) selection {
	return selection{
		apps: query.OrgAppIDs, from: query.CreatedFrom, to: query.CreatedTo, after: query.After, limit: query.Limit,
		filters: []filter{{"order_id", query.OrderID}, {"status", string(query.Status)}, {"provider", query.Provider}},
	}
}

// Paylinks lists links, newest first.
func (s *Store) Paylinks(ctx context.Context, query paylinks.PaylinkQuery) ([]*paylinks.Paylink, error) {
	links, err := paylinkList().page(ctx, s, selectPaylinks(query))
	return links, wrap("list links", err)
}
