package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

const (
	intents  = "/v1/payment_intents"
	refunds  = "/v1/refunds"
	disputes = "/v1/disputes"
)

var (
	idShape = regexp.MustCompile(`^[A-Za-z0-9_]{3,255}$`)

	errResume = &paylinks.ProviderError{
		Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "Resume is not a checkpoint of this gateway",
	}
	errStuck = errors.New("a page says that there are more, and has no new id to go on from")
)

// resumable tells whether a checkpoint can be ours: the id of the PaymentIntent after which to go on, or "" for the start.
func resumable(checkpoint string) bool { return checkpoint == "" || idShape.MatchString(checkpoint) }

// walk is one walk through the payments. Its methods yield, and tell whether to go on.
type walk struct {
	gateway *Gateway
	ctx     context.Context //nolint:containedctx // a walk is one call
	query   paylinks.PaymentsQuery
	yield   func(paylinks.Payment, error) bool
}

// fail ends the walk.
func (w *walk) fail(err error) bool {
	w.yield(paylinks.Payment{}, refusal(err))
	return false
}

// created yields the PaymentIntents that were created within the window, page by page. The set stands still, since it's bounded by a time that
// never changes, and pages go by id, so that new ones shift nothing.
func (w *walk) created(after string) bool {
	return w.pages(intents, "data.latest_charge", after, func(rows []json.RawMessage) bool {
		read := make([]outcome, 0, len(rows))
		last := -1
		for i, raw := range rows {
			read = append(read, w.gateway.read(raw))
			if read[i].err == nil {
				last = i
			}
		}
		if last >= 0 {
			read[last].Checkpoint = read[last].ID
		}
		return w.hand(read)
	})
}

// late yields the PaymentIntents that were created before the window, and refunded or disputed within it, each once. It has no
// checkpoints of its own: such payments are few.
func (w *walk) late() bool {
	seen := map[string]bool{}
	for _, path := range []string{refunds, disputes} {
		// The payment comes with its refund or dispute, so that no call of its own is needed.
		ok := w.pages(path, "data.payment_intent.latest_charge", "", func(rows []json.RawMessage) bool {
			var read []outcome
			for _, raw := range rows {
				change, err := api.ReadChange(raw)
				if err != nil {
					read = append(read, outcome{err: &paylinks.BadRow{Reason: "a row of " + path + " can't be read"}})
					continue
				}
				if change.PaymentIntent == nil { // a charge without a PaymentIntent
					continue
				}
				o := w.gateway.read(change.PaymentIntent)
				if o.err == nil && (seen[o.ID] || !o.CreatedAt.Before(w.query.From)) {
					continue
				}
				if o.err == nil {
					seen[o.ID] = true
				}
				read = append(read, o)
			}
			return w.hand(read)
		})
		if !ok {
			return false
		}
	}
	return true
}

// pages hands a list over to use, page by page.
func (w *walk) pages(path, expand, after string, use func(rows []json.RawMessage) bool) bool {
	for {
		page, err := w.gateway.api.List(w.ctx, path, w.values(expand, after))
		if err != nil {
			return w.fail(err)
		}
		rows := page.Data
		if page.HasMore {
			// A row without an id at the end is left to the next page, which begins after the last one that has an id.
			last := lastWithID(rows)
			if last < 0 || idOf(rows[last]) == after {
				return w.fail(errStuck)
			}
			rows, after = rows[:last+1], idOf(rows[last])
		}
		if !use(rows) {
			return false
		}
		if !page.HasMore {
			return true
		}
	}
}

func (w *walk) values(expand, after string) url.Values {
	values := url.Values{
		"limit":        {strconv.Itoa(w.gateway.config.PageSize)},
		"created[gte]": {seconds(w.query.From)},
		"created[lt]":  {seconds(w.query.To)},
		"expand[]":     {expand},
	}
	if after != "" {
		values.Set("starting_after", after)
	}
	return values
}

func seconds(t time.Time) string { return strconv.FormatInt(span.UpToSecond(t).Unix(), 10) }

func lastWithID(rows []json.RawMessage) int {
	for i := len(rows) - 1; i >= 0; i-- {
		if idOf(rows[i]) != "" {
			return i
		}
	}
	return -1
}

// idOf is a row's id, "" where it can't be one.
func idOf(raw json.RawMessage) string {
	var row struct {
		ID lenient.Text `json:"id"`
	}
	if json.Unmarshal(raw, &row) != nil || !idShape.MatchString(string(row.ID)) {
		return ""
	}
	return string(row.ID)
}

// hand yields a page.
func (w *walk) hand(read []outcome) bool {
	for _, o := range read {
		if o.disputed && !w.gateway.config.CreatedOnly {
			won, err := w.gateway.won(w.ctx, o.ID)
			if err != nil {
				return w.fail(err)
			}
			if won {
				o.Status = o.undisputed
			}
		}
		if w.ctx.Err() != nil {
			return w.fail(w.ctx.Err())
		}
		if !w.yield(o.Payment, o.err) {
			return false
		}
	}
	return true
}
