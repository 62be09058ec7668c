package memstore

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// BeginSync stores a new sync. In a database org_app_id is unique among unfinished ones.
func (s *Store) BeginSync(ctx context.Context, sync *paylinks.Sync) error {
	return s.transaction(ctx, func() error {
		for _, other := range s.syncs {
			if other.ID == sync.ID || (other.OrgAppID == sync.OrgAppID && other.Status.Open()) {
				return paylinks.ErrDuplicate
			}
		}
		put(s, s.syncs, sync.ID, cloneSync(sync))
		return nil
	})
}

// Sync reads a sync.
func (s *Store) Sync(ctx context.Context, id string) (*paylinks.Sync, error) {
	return one(ctx, s, s.syncs, id, cloneSync)
}

// OpenSync reads the sync of an app that isn't finished.
func (s *Store) OpenSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	return first(ctx, s, s.syncs, func(y *paylinks.Sync, _ string) bool { return y.OrgAppID == orgAppID && y.Status.Open() }, cloneSync)
}

// LastSync reads the completed sync of an app, without a window of its own, that reached furthest.
func (s *Store) LastSync(ctx context.Context, orgAppID string) (*paylinks.Sync, error) {
	found, err := list(ctx, s, s.syncs, 1, func(y *paylinks.Sync) bool {
		return y.OrgAppID == orgAppID && y.Status == paylinks.SyncCompleted && !y.Explicit
	}, func(a, b *paylinks.Sync) int { return b.To.Compare(a.To) }, cloneSync)
	if err == nil && len(found) == 0 {
		err = paylinks.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// ClaimSyncs takes unfinished syncs that are to be gone on with.
func (s *Store) ClaimSyncs(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Sync, error) {
	return claim(ctx, s, s.syncs, now, until, limit,
		func(y *paylinks.Sync) bool { return y.Status.Open() },
		func(y *paylinks.Sync) *time.Time { return &y.DueAt }, cloneSync)
}

// HoldSync moves the time at which an unfinished sync is due.
func (s *Store) HoldSync(ctx context.Context, id string, until time.Time) error {
	return s.transaction(ctx, func() error {
		stored := s.syncs[id]
		if stored == nil || !stored.Status.Open() {
			return paylinks.ErrNotFound
		}
		row := cloneSync(stored)
		row.DueAt = until
		put(s, s.syncs, id, row)
		return nil
	})
}

// WritePage stores payments and how far their sync has come. One that is finished stays as it is: whoever comes late with another page has lost the sync to
// somebody else.
func (s *Store) WritePage(ctx context.Context, sync *paylinks.Sync, payments []*paylinks.SyncedPayment) error {
	next := cloneSync(sync)
	err := s.transaction(ctx, func() error {
		if stored := s.syncs[sync.ID]; stored == nil || !stored.Status.Open() {
			return paylinks.ErrNotFound
		}
		for _, payment := range payments {
			if err := s.putPayment(next, clonePayment(payment)); err != nil {
				return err
			}
		}
		put(s, s.syncs, next.ID, next)
		return nil
	})
	if err == nil {
		sync.Created, sync.Updated, sync.Unchanged = next.Created, next.Updated, next.Unchanged
	}
	return err
}

// putPayment stores a payment and counts what it was. In a database (org_app_id, provider_payment_id) is unique.
func (s *Store) putPayment(sync *paylinks.Sync, payment *paylinks.SyncedPayment) error {
	for _, stored := range s.payments {
		if stored.OrgAppID != payment.OrgAppID || stored.Payment.ID != payment.Payment.ID {
			continue
		}
		same, err := samePayment(stored, payment)
		if err != nil || same {
			sync.Unchanged++
			return err
		}
		sync.Updated++
		payment.ID = stored.ID
		put(s, s.payments, payment.ID, payment)
		return nil
	}
	if s.payments[payment.ID] != nil {
		return paylinks.ErrDuplicate
	}
	sync.Created++
	put(s, s.payments, payment.ID, payment)
	return nil
}

// samePayment compares what a payment says, by the form in which a database would keep it. Raw may differ in what nobody reads.
func samePayment(a, b *paylinks.SyncedPayment) (bool, error) {
	var forms [2][]byte
	for i, p := range []*paylinks.SyncedPayment{a, b} {
		bare := p.Payment
		bare.Raw, bare.CreatedAt, bare.UpdatedAt = nil, bare.CreatedAt.UTC(), bare.UpdatedAt.UTC()
		form, err := json.Marshal(bare)
		if err != nil {
			return false, err
		}
		forms[i] = form
	}
	return bytes.Equal(forms[0], forms[1]), nil
}

// Payments lists payments, newest first.
func (s *Store) Payments(ctx context.Context, q paylinks.SyncedPaymentQuery) ([]*paylinks.SyncedPayment, error) {
	at := func(p *paylinks.SyncedPayment) position { return position{CreatedAt: p.Payment.CreatedAt, ID: p.ID} }
	return list(ctx, s, s.payments, q.Limit, func(p *paylinks.SyncedPayment) bool {
		return among(q.OrgAppIDs, p.OrgAppID) && wanted(q.Provider, p.Provider) && wanted(q.Status, p.Payment.Status) &&
			wanted(q.Reference, p.Payment.Reference) && window(at(p), q.CreatedFrom, q.CreatedTo, q.After)
	}, func(a, b *paylinks.SyncedPayment) int { return newestFirst(at(a), at(b)) }, clonePayment)
}
