package tap

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

// refunds are the refunds of a walk by their charge. Only those with status REFUNDED count: others are on their way, or came to nothing.
type refunds struct {
	query    paylinks.PaymentsQuery
	byCharge map[string]*refunded
	// seen has the ids that are counted: windows overlap, and money mustn't be counted twice.
	seen map[string]struct{}
}

// refunded is what was refunded of one charge.
type refunded struct {
	total paylinks.Money
	// last is when the last refund was completed.
	last time.Time
	// within: one of the refunds was made within the walk's window.
	within bool
	// met: the walk has come to the charge.
	met bool
	// fault is why the total can't be known, "" where it is.
	fault string
}

func newRefunds(query paylinks.PaymentsQuery) *refunds {
	return &refunds{query: query, byCharge: map[string]*refunded{}, seen: map[string]struct{}{}}
}

// met notes that the walk has come to a charge.
func (r *refunds) met(charge string) {
	if entry := r.byCharge[charge]; entry != nil {
		entry.met = true
	}
}

// add counts a refund. Its error is a [*paylinks.BadRow]: one that names no charge. One that can't be counted spoils its charge's total instead.
func (r *refunds) add(refund api.Refund) error {
	id := string(refund.ID)
	if !strings.EqualFold(string(refund.Status), "REFUNDED") {
		return nil
	}
	if _, counted := r.seen[id]; counted && id != "" {
		return nil
	}
	r.seen[id] = struct{}{}
	if refund.ChargeID == "" {
		return &paylinks.BadRow{ID: id, Reason: "the refund names no charge"}
	}
	entry := r.byCharge[string(refund.ChargeID)]
	if entry == nil {
		entry = &refunded{}
		r.byCharge[string(refund.ChargeID)] = entry
	}
	created := api.Millis(refund.Created)
	entry.last = span.Later(entry.last, span.Later(created, api.Millis(refund.Transaction.Value.Date.Value.Completed)))
	entry.within = entry.within || (!created.Before(r.query.From) && created.Before(r.query.To))

	amount, err := money(refund.Amount, refund.Currency)
	switch {
	case err != nil:
		entry.fault = fmt.Sprintf("its refund %q: %v", id, err)
	case entry.total.IsSet() && entry.total.Currency() != amount.Currency():
		entry.fault = "its refunds are in several currencies"
	case entry.total.IsSet():
		entry.total = entry.total.Add(amount)
	default:
		entry.total = amount
	}
	return nil
}

// readRefunds counts the refunds that were made between two times.
func (w *walk) readRefunds(start, end time.Time) bool {
	return w.pages(w.gateway.api.Refunds, start, end, cursor{}, func(p page) bool {
		for _, raw := range p.rows {
			var refund api.Refund
			err := json.Unmarshal(raw, &refund)
			if err != nil {
				err = &paylinks.BadRow{Reason: "the refund is no JSON object"}
			} else {
				err = w.refunds.add(refund)
			}
			if err != nil && !w.yield(paylinks.Payment{}, err) {
				return false
			}
		}
		return true
	})
}

// lateRefunds yields the charges that were created before the window and refunded within it. Tap lists them nowhere together: each is
// asked for by itself. Their earlier refunds count too, so the list of refunds is read from the oldest of these charges on.
func (w *walk) lateRefunds(at cursor) bool {
	charges, ok := w.lateCharges(at)
	if !ok || len(charges) == 0 {
		return ok
	}
	oldest := w.query.From
	for _, charge := range charges {
		oldest = span.Earlier(oldest, charge.CreatedAt)
	}
	if !w.readRefunds(oldest, w.query.From) {
		return false
	}
	for _, charge := range charges {
		if !w.hand([]outcome{w.gateway.read(charge.Raw, w.refunds)}, cursor{late: true}) {
			return false
		}
	}
	return true
}

// lateCharges are those charges as they were read, in the order of their ids. Ones within the window were yielded before the walk was resumed, and
// ones after it belong to another.
func (w *walk) lateCharges(at cursor) ([]paylinks.Payment, bool) {
	var charges []paylinks.Payment
	for _, id := range slices.Sorted(maps.Keys(w.refunds.byCharge)) {
		entry := w.refunds.byCharge[id]
		if entry.met || !entry.within || (at.late && id <= at.after) {
			continue
		}
		raw, err := w.gateway.api.Charge(w.ctx, id)
		if refused := refusal(err); err != nil && notFound(refused) {
			err = &paylinks.BadRow{ID: id, Reason: "it was refunded, and Tap doesn't know the charge"}
			if !w.yield(paylinks.Payment{}, err) {
				return nil, false
			}
			continue
		}
		if err != nil {
			return nil, w.fail(err)
		}
		o := w.gateway.read(raw, w.refunds)
		switch {
		case o.err != nil:
			if !w.yield(paylinks.Payment{}, o.err) {
				return nil, false
			}
		case o.CreatedAt.Before(w.query.From):
			charges = append(charges, o.Payment)
		}
	}
	return charges, true
}

func notFound(err error) bool {
	var refused *paylinks.ProviderError
	return errors.As(err, &refused) && refused.Refusal == paylinks.RefusedNotFound
}
