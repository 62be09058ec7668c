package tap

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

const (
	// Tap documents that a period covers at most 30 days, and not whether its ends are inclusive. Windows overlap by a second, and that
	// second counts; so does the millisecond to which times are rounded outwards.
	overlap      = time.Second
	windowLength = 30*24*time.Hour - overlap - time.Millisecond
	// maxWindows bounds a checkpoint's window, about 800 years.
	maxWindows = 10_000
)

// walk is one walk through the payments. Its methods yield, and tell whether to go on.
type walk struct {
	gateway *Gateway
	ctx     context.Context
	query   paylinks.PaymentsQuery
	yield   func(paylinks.Payment, error) bool
	refunds *refunds
}

// lister is one of the two list calls.
type lister func(context.Context, api.List) (api.Page, error)

// page is a page of a window.
type page struct {
	window int
	// end is that of the window.
	end  time.Time
	rows []json.RawMessage
}

// fail ends the walk.
func (w *walk) fail(err error) bool {
	w.yield(paylinks.Payment{}, refusal(err))
	return false
}

// pages hands what a list has between two times over to use, window by window and page by page, oldest first.
func (w *walk) pages(list lister, from, to time.Time, at cursor, use func(page) bool) bool {
	after := at.after
	for n := at.window; ; n++ {
		start := from.Add(time.Duration(n) * windowLength)
		if !start.Before(to) {
			return true
		}
		end := span.Earlier(start.Add(windowLength), to)
		for more := true; more; {
			answer, err := list(w.ctx, api.NewList(start.Add(-overlap), end, after))
			if err != nil {
				return w.fail(err)
			}
			if len(answer.Rows) == 0 {
				break
			}
			if !use(page{window: n, end: end, rows: answer.Rows}) {
				return false
			}
			last := lastID(answer.Rows)
			if answer.More && (last == "" || last == after) {
				return w.fail(errStuck)
			}
			after, more = last, answer.More
		}
		after = ""
	}
}

var errStuck = errors.New("a page says that there are more, and has no new id to go on from")

// lastID is the id of the last row that has one.
func lastID(rows []json.RawMessage) string {
	for _, raw := range slices.Backward(rows) {
		var row struct {
			ID lenient.Scalar `json:"id"`
		}
		if json.Unmarshal(raw, &row) == nil && row.ID != "" {
			return string(row.ID)
		}
	}
	return ""
}

// charges yields what was created within the window.
func (w *walk) charges(at cursor) bool {
	// edge has the charges of a window's last second: the next window lists them too.
	edge := map[string]bool{}
	var read []outcome
	return w.pages(w.gateway.api.Charges, w.query.From, w.query.To, at, func(p page) bool {
		read = read[:0]
		for _, raw := range p.rows {
			o := w.gateway.read(raw, w.refunds)
			if o.err == nil && (!w.contains(o.CreatedAt) || edge[o.ID]) {
				continue
			}
			w.refunds.met(o.ID)
			if o.err == nil && !o.CreatedAt.Before(p.end.Add(-overlap)) {
				edge[o.ID] = true
			}
			read = append(read, o)
		}
		return w.hand(read, cursor{window: p.window})
	})
}

// hand yields a page. Its last readable payment has the checkpoint.
func (w *walk) hand(read []outcome, at cursor) bool {
	last := len(read) - 1
	for last >= 0 && read[last].err != nil {
		last--
	}
	for i, o := range read {
		if w.ctx.Err() != nil {
			return w.fail(w.ctx.Err())
		}
		if i == last {
			at.after = o.ID
			o.Checkpoint = at.String()
		}
		if o.err != nil {
			o.Payment = paylinks.Payment{}
		}
		if !w.yield(o.Payment, o.err) {
			return false
		}
	}
	return true
}

func (w *walk) contains(t time.Time) bool {
	return !t.Before(w.query.From) && t.Before(w.query.To)
}
