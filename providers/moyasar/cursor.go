package moyasar

import (
	"slices"
	"strconv"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// cursor is a place in a list that is newest first by creation.
type cursor struct {
	// before is the time of creation of the last payment seen, in Unix milliseconds, 0 at the start.
	before int64
	// page is the number of the page of what isn't newer than that, from 1.
	page int
	// seen has the payments already seen that the next pages can have again, by id, with their times of creation.
	seen map[string]int64
}

// tie is how much newer than before a payment may be and still be on the next pages. Moyasar shows milliseconds, and doesn't say whether it
// compares finer ones; so the bound is asked for with one more.
const tie = 1

// has tells whether a row was seen already.
func (c cursor) has(o outcome) bool {
	_, seen := c.seen[o.id]
	return seen || (c.before > 0 && o.created > c.before+tie)
}

// after is the place after some rows of the page that c is at. Where they are in order and lead on, that's the first page of what isn't newer than the
// last of them, whatever shifts meanwhile. Else, as with more payments of one millisecond than a page has, it's the same page with
// these rows seen.
func (c cursor) after(rows []outcome) cursor {
	next := cursor{before: c.before, page: c.page, seen: map[string]int64{}}
	ordered, last := true, int64(0)
	for _, row := range rows {
		if row.created == 0 {
			continue
		}
		ordered = ordered && (last == 0 || row.created <= last)
		last = row.created
	}
	leads := ordered && last > 0 && (c.before == 0 || last < c.before)
	if leads {
		next.before, next.page = last, 1
	}
	keep := func(id string, created int64) {
		if id != "" && (!leads || created <= last+tie) {
			next.seen[id] = created
		}
	}
	for id, created := range c.seen {
		keep(id, created)
	}
	for _, row := range rows {
		keep(row.id, row.created)
	}
	return next
}

// String is a checkpoint: the time, the page, and the ids, without their times, which are all about the same.
func (c cursor) String() string {
	ids := make([]string, 0, len(c.seen))
	for id := range c.seen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return strconv.FormatInt(c.before, 10) + "." + strconv.Itoa(c.page) + "." + strings.Join(ids, ",")
}

var errResume = &paylinks.ProviderError{
	Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "Resume is not a checkpoint of this gateway",
}

// parseCursor reads a checkpoint. "" is the start.
func parseCursor(s string) (cursor, error) {
	c := cursor{page: 1, seen: map[string]int64{}}
	if s == "" {
		return c, nil
	}
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return c, errResume
	}
	var err error
	if c.before, err = strconv.ParseInt(parts[0], 10, 64); err != nil || c.before < 0 {
		return c, errResume
	}
	if c.page, err = strconv.Atoi(parts[1]); err != nil || c.page < 1 {
		return c, errResume
	}
	for id := range strings.SplitSeq(parts[2], ",") {
		if id != "" {
			c.seen[id] = c.before
		}
	}
	return c, nil
}
