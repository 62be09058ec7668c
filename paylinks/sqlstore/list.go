package sqlstore

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// maxBranches bounds how many apps one statement reads from. A list over more of them takes several.
const maxBranches = 50

// listing is how records of one kind are listed: newest first, by time of creation and id.
type listing[T any] struct {
	table   string
	columns string
	// indexes say which one a list walks: the first whose columns the query all filters by. The filters left over are checked on the way.
	indexes []listIndex
	scan    func(scanner) (T, error)
	// position is a record's place in the list.
	position func(T) paylinks.PaylinkCursor
}

type listIndex struct {
	columns []string
	index   string
}

// selection is what a list is asked for.
type selection struct {
	// apps are those whose records are wanted, nil for all.
	apps    []string
	filters []filter
	from    time.Time
	to      time.Time
	after   paylinks.PaylinkCursor
	limit   int
}

// filter is a column and the value that it must have, "" for any.
type filter struct{ column, value string }

// page reads a page of a list.
//
// Each app is a walk of its own over an index that has the order of the list, and the database merges the walks as far
// as the limit: reading a page takes as long with ten million rows as with ten.
func (l listing[T]) page(ctx context.Context, s *Store, want selection) ([]T, error) {
	if want.limit < 1 {
		return nil, nil
	}
	if want.apps == nil {
		text, args := l.statement(s.config.Dialect, want)
		return readAll(ctx, s.reader, l.scan, text, args...)
	}

	var records []T
	apps := slices.Compact(slices.Sorted(slices.Values(want.apps)))
	for some := range slices.Chunk(apps, maxBranches) {
		text, args := l.statement(s.config.Dialect, want, some...)
		read := readAll[T]
		if len(some) > 1 {
			read = readAllOnce[T]
		}
		page, err := read(ctx, s.reader, l.scan, text, args...)
		if err != nil {
			return nil, err
		}
		records = append(records, page...)
	}
	slices.SortFunc(records, func(a, b T) int { return newestFirst(l.position(a), l.position(b)) })
	return records[:min(len(records), want.limit)], nil
}

// newestFirst is the order of lists: CreatedAt, then ID, both falling.
func newestFirst(a, b paylinks.PaylinkCursor) int {
	if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
		return c
	}
	return strings.Compare(b.ID, a.ID)
}

// newestRows ends a query for the first rows of a list.
const newestRows = ` ORDER BY created_at DESC, id DESC LIMIT ?`

// statement is the one for a list over the given apps, or over all of them where none is given.
func (l listing[T]) statement(dialect Dialect, want selection, apps ...string) (text string, args []any) {
	if len(apps) == 0 {
		apps = []string{""}
	}
	walks := make([]string, 0, len(apps))
	for _, app := range apps {
		walk, values := l.walk(dialect, want, append(slices.Clone(want.filters), filter{"org_app_id", app}))
		if dialect.LimitWalks && len(apps) > 1 {
			walk, values = `(`+walk+newestRows+`)`, append(values, want.limit)
		}
		walks, args = append(walks, walk), append(args, values...)
	}
	return strings.Join(walks, ` UNION ALL `) + newestRows, append(args, want.limit)
}

// walk is the part of a statement that walks over one index.
func (l listing[T]) walk(dialect Dialect, want selection, filters []filter) (text string, args []any) {
	var conditions []string
	for _, f := range filters {
		if f.value != "" {
			conditions, args = append(conditions, f.column+` = ?`), append(args, f.value)
		}
	}
	// One shape for every range: "before To" is "after the position (To, "") in the list", as is the cursor. Of the two
	// the one that is further down holds.
	from, before, beforeID := int64(math.MinInt64), int64(math.MaxInt64), ""
	if !want.from.IsZero() {
		from = ceilMicros(want.from)
	}
	if !want.to.IsZero() {
		before = ceilMicros(want.to)
	}
	if after := want.after; after != (paylinks.PaylinkCursor{}) && micros(after.CreatedAt) < before {
		before, beforeID = micros(after.CreatedAt), after.ID
	}
	conditions, args = append(conditions, `created_at >= ? AND (created_at, id) < (?, ?)`), append(args, from, before, beforeID)
	return `SELECT ` + l.columns + ` FROM ` + l.table + dialect.useIndex(l.index(filters)) + ` WHERE ` + dialect.onlyIndex(l.index(filters)) + strings.Join(conditions, ` AND `), args
}

// index is the one to walk for a list with these filters.
func (l listing[T]) index(filters []filter) string {
	filtered := func(column string) bool {
		return slices.ContainsFunc(filters, func(f filter) bool { return f.column == column && f.value != "" })
	}
	for _, choice := range l.indexes {
		if !slices.ContainsFunc(choice.columns, func(column string) bool { return !filtered(column) }) {
			return choice.index
		}
	}
	return ""
}
