package moyasar

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// pageSize is how many payments Moyasar puts on a page.
const pageSize = 40

var errStuck = errors.New("a page says that there are more, and doesn't lead on")

// walk is one walk through the payments. Its methods yield, and tell whether to go on.
type walk struct {
	gateway *Gateway
	ctx     context.Context //nolint:containedctx // a walk is one call
	query   paylinks.PaymentsQuery
	yield   func(paylinks.Payment, error) bool
	// numbered: Moyasar doesn't bound the list by creation beside the time of change, so that its pages are counted through instead. total is how
	// many payments it said that there are.
	numbered bool
	total    int
}

// fail ends the walk.
func (w *walk) fail(err error) bool {
	w.yield(paylinks.Payment{}, refusal(err))
	return false
}

// run walks from a place to the end.
func (w *walk) run(at cursor) bool {
	for number := at.page; ; {
		page, err := w.gateway.api.Payments(w.ctx, w.values(at, number))
		if err != nil {
			return w.fail(err)
		}
		rows := make([]outcome, 0, len(page.Payments))
		for _, raw := range page.Payments {
			rows = append(rows, w.gateway.read(w.ctx, raw))
		}
		if !w.numbered && at.before > 0 && newer(rows, at.before+tie) {
			w.numbered, number = true, 1
			continue
		}
		if left := w.total - page.Total; w.numbered && left > 0 {
			// Payments left the list, so that what comes next may stand on a page before.
			number = max(number-(left+pageSize-1)/pageSize, 1)
			w.total = page.Total
			continue
		}
		w.total = page.Total
		if !w.hand(rows, at) {
			return false
		}
		if page.Next == 0 {
			return true
		}
		if len(rows) == 0 || page.Next <= number {
			return w.fail(errStuck)
		}
		next := at.after(rows)
		if w.numbered || next.before == at.before {
			next.page = number + 1
		}
		at, number = next, next.page
	}
}

func newer(rows []outcome, bound int64) bool {
	for _, row := range rows {
		if row.created > bound {
			return true
		}
	}
	return false
}

// values asks for a page of what changed within the window and was created no later than what was seen last. Moyasar calls the bounds gt and
// lt and takes them as inclusive; a millisecond more on either side is right in any case, since each row is looked at again.
func (w *walk) values(at cursor, number int) url.Values {
	values := url.Values{
		"page":        {strconv.Itoa(number)},
		"updated[gt]": {timestamp(w.query.From.Add(-time.Millisecond))},
		"updated[lt]": {timestamp(w.query.To.Add(time.Millisecond))},
	}
	if at.before > 0 && !w.numbered {
		values.Set("created[lt]", timestamp(time.UnixMilli(at.before+tie)))
	}
	return values
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// hand yields what is new on a page. Its last readable payment has the checkpoint.
func (w *walk) hand(rows []outcome, at cursor) bool {
	last := len(rows) - 1
	for last >= 0 && !w.wanted(rows[last], at) {
		last--
	}
	for i, row := range rows {
		if at.has(row) || (row.err == nil && !w.wanted(row, at)) {
			continue
		}
		if w.ctx.Err() != nil {
			return w.fail(w.ctx.Err())
		}
		if i == last {
			row.Checkpoint = at.after(rows[:i+1]).String()
		}
		if !w.yield(row.Payment, row.err) {
			return false
		}
	}
	return true
}

// wanted tells whether a row is a payment of the window that wasn't seen yet.
func (w *walk) wanted(row outcome, at cursor) bool {
	return row.err == nil && !row.skip && !at.has(row) &&
		!row.UpdatedAt.Before(w.query.From) && row.UpdatedAt.Before(w.query.To)
}
