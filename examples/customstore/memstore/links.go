package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Index links by (org_app_id, session_id), (org_app_id, payment_id) and (org_app_id, reference), by next_check_at where it's set, and by (created_at, id) behind
// each filter that callers use: org_app_id, status, order_id, provider.

func (s *Store) insertLink(change paylinks.Change) error {
	if change.Insert == nil {
		return nil
	}
	if s.links[change.Insert.ID] != nil {
		return paylinks.ErrDuplicate
	}
	row := cloneLink(change.Insert)
	row.Version = 1
	put(s, s.links, row.ID, row)
	return nil
}

// updateLink is UPDATE … SET version = version + 1 WHERE id = ? AND version = ?. Where that changes no row, a look tells why.
func (s *Store) updateLink(change paylinks.Change) error {
	if change.Update == nil {
		return nil
	}
	switch stored := s.links[change.Update.ID]; {
	case stored == nil:
		return paylinks.ErrNotFound
	case stored.Version != change.Update.Version:
		return paylinks.ErrStale
	}
	row := cloneLink(change.Update)
	row.Version++
	put(s, s.links, row.ID, row)
	return nil
}

// Paylink reads a link.
func (s *Store) Paylink(ctx context.Context, id string) (*paylinks.Paylink, error) {
	return one(ctx, s, s.links, id, cloneLink)
}

// Paylinks lists links, newest first.
func (s *Store) Paylinks(ctx context.Context, q paylinks.PaylinkQuery) ([]*paylinks.Paylink, error) {
	return list(ctx, s, s.links, q.Limit, func(l *paylinks.Paylink) bool {
		return among(q.OrgAppIDs, l.OrgAppID) && wanted(q.Provider, l.Provider) && wanted(q.Status, l.Status) && wanted(q.OrderID, l.OrderID) &&
			window(linkPosition(l), q.CreatedFrom, q.CreatedTo, q.After)
	}, newestLink, cloneLink)
}

func linkPosition(l *paylinks.Paylink) position { return position{CreatedAt: l.CreatedAt, ID: l.ID} }

func newestLink(a, b *paylinks.Paylink) int { return newestFirst(linkPosition(a), linkPosition(b)) }

// FindPaylink reads the newest link of an app that has one of the ids of ref. An id that is "" finds nothing.
func (s *Store) FindPaylink(ctx context.Context, orgAppID string, ref paylinks.Ref) (*paylinks.Paylink, error) {
	same := func(wanted, stored string) bool { return wanted != "" && wanted == stored }
	found, err := list(ctx, s, s.links, 1, func(l *paylinks.Paylink) bool {
		return l.OrgAppID == orgAppID &&
			(same(ref.SessionID, l.Ref.SessionID) || same(ref.PaymentID, l.Ref.PaymentID) || same(ref.Reference, l.Ref.Reference))
	}, newestLink, cloneLink)
	if err == nil && len(found) == 0 {
		err = paylinks.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// ClaimPaylinks takes links that are to be looked at. One without a time is never due, and a claim leaves the version alone: it's no news of the link.
func (s *Store) ClaimPaylinks(ctx context.Context, now, until time.Time, limit int, except []string) ([]*paylinks.Paylink, error) {
	return claim(ctx, s, s.links, now, until, limit,
		func(l *paylinks.Paylink) bool { return !l.NextCheckAt.IsZero() && !slices.Contains(except, l.OrgAppID) },
		func(l *paylinks.Paylink) *time.Time { return &l.NextCheckAt }, cloneLink)
}
