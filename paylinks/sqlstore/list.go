package sqlstore

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// maxBranches bounds how many apps one statement reads from. A list over more of them takes several.
const maxBranches = 50

// Paylinks lists links, newest first.
//
// Each app is a walk of its own over an index that has the order of the list, and the database merges the walks as far
// as the limit: reading a page takes as long with ten million links as with ten.
func (s *Store) Paylinks(ctx context.Context, query paylinks.PaylinkQuery) ([]*paylinks.Paylink, error) {
	if query.Limit < 1 {
		return nil, nil
	}
	if query.OrgAppIDs == nil {
		list := newList(s.config.Dialect, query)
		rows, err := s.reader.query(ctx, list.text, list.args...)
		links, err := all(rows, err, scanPaylink)
		return links, wrap("list links", err)
	}

	var links []*paylinks.Paylink
	apps := slices.Compact(slices.Sorted(slices.Values(query.OrgAppIDs)))
	for some := range slices.Chunk(apps, maxBranches) {
		list := newList(s.config.Dialect, query, some...)
		read := s.reader.query
		if len(some) > 1 {
			read = s.reader.queryOnce
		}
		rows, err := read(ctx, list.text, list.args...)
		page, err := all(rows, err, scanPaylink)
		if err != nil {
			return nil, wrap("list links", err)
		}
		links = append(links, page...)
	}
	slices.SortFunc(links, newestFirst)
	return links[:min(len(links), query.Limit)], nil
}

// newestFirst is the order of lists: CreatedAt, then ID, both falling.
func newestFirst(a, b *paylinks.Paylink) int {
	if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
		return c
	}
	return strings.Compare(b.ID, a.ID)
}

// list is a statement.
type list struct {
	text string
	args []any
}

// newList is the statement for a query over the given apps, or over all of them where none is given.
func newList(dialect Dialect, query paylinks.PaylinkQuery, apps ...string) list {
	filters := []filter{
		{"order_id", query.OrderID},
		{"status", string(query.Status)},
		{"provider", query.Provider},
	}
	if len(apps) == 0 {
		apps = []string{""}
	}
	var l list
	for i, app := range apps {
		if i > 0 {
			l.text += ` UNION ALL `
		}
		l.add(dialect, query, append(slices.Clone(filters), filter{"org_app_id", app}))
	}
	l.text += ` ORDER BY created_at DESC, id DESC LIMIT ?`
	l.args = append(l.args, query.Limit)
	return l
}

// filter is a column and the value that it must have, "" for any.
type filter struct{ column, value string }

// add writes the walk over one index.
func (l *list) add(dialect Dialect, query paylinks.PaylinkQuery, filters []filter) {
	l.text += `SELECT ` + paylinkColumns + ` FROM paylinks` + dialect.useIndex(listIndex(filters)) + ` WHERE `
	for _, f := range filters {
		if f.value != "" {
			l.text += f.column + ` = ? AND `
			l.args = append(l.args, f.value)
		}
	}
	// One shape for every range: "before To" is "after the position (To, "") in the list", as is the cursor. Of the two
	// the one that is further down holds.
	from, before, beforeID := int64(math.MinInt64), int64(math.MaxInt64), ""
	if !query.CreatedFrom.IsZero() {
		from = ceilMicros(query.CreatedFrom)
	}
	if !query.CreatedTo.IsZero() {
		before = ceilMicros(query.CreatedTo)
	}
	if after := query.After; after != (paylinks.PaylinkCursor{}) && micros(after.CreatedAt) < before {
		before, beforeID = micros(after.CreatedAt), after.ID
	}
	l.text += `created_at >= ? AND (created_at, id) < (?, ?)`
	l.args = append(l.args, from, before, beforeID)
}

// listIndexes says which index a list walks: the first whose columns the query all filters by. The filters left over are
// checked on the way: an order has few links, and an app belongs to one provider.
var listIndexes = []struct {
	columns []string
	index   string
}{
	{[]string{"order_id"}, "paylinks_order"},
	{[]string{"org_app_id", "status"}, "paylinks_app_status"},
	{[]string{"org_app_id"}, "paylinks_app"},
	{[]string{"status"}, "paylinks_status"},
	{[]string{"provider"}, "paylinks_provider"},
	{nil, "paylinks_created"},
}

func listIndex(filters []filter) string {
	filtered := func(column string) bool {
		return slices.ContainsFunc(filters, func(f filter) bool { return f.column == column && f.value != "" })
	}
	for _, choice := range listIndexes {
		if !slices.ContainsFunc(choice.columns, func(column string) bool { return !filtered(column) }) {
			return choice.index
		}
	}
	return ""
}
