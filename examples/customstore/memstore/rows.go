package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// one reads a row.
func one[R any](ctx context.Context, s *Store, table map[string]*R, id string, clone func(*R) *R) (*R, error) {
	return first(ctx, s, table, func(_ *R, key string) bool { return key == id }, clone)
}

// first reads a row that fits.
func first[R any](ctx context.Context, s *Store, table map[string]*R, fits func(row *R, id string) bool, clone func(*R) *R) (found *R, err error) {
	err = s.transaction(ctx, func() error {
		for id, row := range table {
			if fits(row, id) {
				found = clone(row)
				return nil
			}
		}
		return paylinks.ErrNotFound
	})
	return found, err
}

// list reads the rows that fit in an order, up to a limit.
func list[R any](
	ctx context.Context, s *Store, table map[string]*R, limit int, fits func(*R) bool, order func(a, b *R) int, clone func(*R) *R,
) (rows []*R, err error) {
	err = s.transaction(ctx, func() error {
		for _, row := range table {
			if fits(row) {
				rows = append(rows, row)
			}
		}
		slices.SortFunc(rows, order)
		rows = rows[:min(len(rows), max(limit, 0))]
		for i := range rows {
			rows[i] = clone(rows[i])
		}
		return nil
	})
	return rows, err
}

// claim takes up to limit rows that are due, the longest due first, and moves their time in the same transaction, so that nobody else takes them before then. In a
// database that's SELECT … WHERE due_at <= now ORDER BY due_at LIMIT … FOR UPDATE SKIP LOCKED and an UPDATE, over an index of those that can be claimed at all.
func claim[R any](
	ctx context.Context, s *Store, table map[string]*R, now, until time.Time, limit int,
	open func(*R) bool, due func(*R) *time.Time, clone func(*R) *R,
) (claimed []*R, err error) {
	err = s.transaction(ctx, func() error {
		var ids []string
		for id, row := range table {
			if open(row) && !due(row).After(now) {
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, func(a, b string) int { return cmp.Or(due(table[a]).Compare(*due(table[b])), cmp.Compare(a, b)) })
		for _, id := range ids[:min(len(ids), max(limit, 0))] {
			moved := clone(table[id])
			*due(moved) = until
			put(s, table, id, moved)
			claimed = append(claimed, clone(moved))
		}
		return nil
	})
	return claimed, err
}

// position is where a row stands in a list that is newest first. The id tells rows of one moment apart, or else a page would lose some of them.
type position = paylinks.PaylinkCursor

// newestFirst is the order of positions.
func newestFirst(a, b position) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}

// window tells whether a row is in a list's range of time and after the row that its caller has seen last. In a database that's
// (created_at, id) < (?, ?), over an index of the two behind the columns that filter: no OFFSET, whose cost grows with every page.
func window(at position, from, to time.Time, after position) bool {
	return !at.CreatedAt.Before(from) && (to.IsZero() || at.CreatedAt.Before(to)) && (after == position{} || newestFirst(after, at) < 0)
}

// wanted tells whether a filter lets a value through: "" lets all.
func wanted[T ~string](filter, value T) bool { return filter == "" || filter == value }

// among tells whether a list of apps has one: nil has all, and an empty list none.
func among[T ~string](all []T, one T) bool { return all == nil || slices.Contains(all, one) }
