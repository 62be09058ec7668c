package memstore

import (
	"cmp"
	"context"
	"math"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// In a database these are unique indexes, which hold whatever the code above them does: the key where it isn't "", (paylink_id, kind, reference), and
// paylink_id among open operations. The last one is what keeps money from moving twice.

// begin opens an operation, new or again. Its name says more than the open place: whoever repeats a call can be given the first one's answer.
func (s *Store) begin(change paylinks.Change) error {
	o := change.Begin
	if o == nil {
		return nil
	}
	if s.links[o.PaylinkID] == nil {
		return paylinks.ErrNotFound
	}
	busy := false
	for _, other := range s.operations {
		sameLink := other.PaylinkID == o.PaylinkID
		sameName := sameLink && other.Kind == o.Kind && other.Reference == o.Reference
		switch {
		case other.ID == o.ID && !sameName, other.ID != o.ID && (sameName || sameKey(o, other)):
			return paylinks.ErrDuplicate
		case sameLink && other.Open:
			busy = true
		}
	}
	if busy {
		return paylinks.ErrOperationOpen
	}
	row := *o
	row.Open = true
	put(s, s.operations, row.ID, &row)
	return nil
}

func sameKey(a, b *paylinks.Operation) bool { return a.Key != "" && a.Key == b.Key }

// settle stores an operation that is open so far: of two who settle it, one does.
func (s *Store) settle(change paylinks.Change) error {
	o := change.Settle
	if o == nil {
		return nil
	}
	if stored := s.operations[o.ID]; stored == nil || !stored.Open {
		return paylinks.ErrNotFound
	}
	for _, other := range s.operations {
		if other.ID != o.ID && sameKey(o, other) {
			return paylinks.ErrDuplicate
		}
	}
	put(s, s.operations, o.ID, cloneOperation(o))
	return nil
}

// Operation reads the operation with a key.
func (s *Store) Operation(ctx context.Context, key string) (*paylinks.Operation, error) {
	return first(ctx, s, s.operations, func(o *paylinks.Operation, _ string) bool { return key != "" && o.Key == key }, cloneOperation)
}

// Operations lists the operations of a link, oldest first. A link has few.
func (s *Store) Operations(ctx context.Context, paylinkID string) ([]*paylinks.Operation, error) {
	return list(ctx, s, s.operations, math.MaxInt,
		func(o *paylinks.Operation) bool { return o.PaylinkID == paylinkID },
		func(a, b *paylinks.Operation) int {
			return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
		}, cloneOperation)
}

// ClaimOperations takes open operations that are to be settled.
func (s *Store) ClaimOperations(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.Operation, error) {
	return claim(ctx, s, s.operations, now, until, limit,
		func(o *paylinks.Operation) bool { return o.Open },
		func(o *paylinks.Operation) *time.Time { return &o.DueAt }, cloneOperation)
}
