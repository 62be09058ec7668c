package tabby

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

// pageSize is the most that Tabby gives at once.
const pageSize = 20

// PaymentsQuery selects payments. The zero PaymentsQuery selects all that Tabby lists.
type PaymentsQuery struct {
	// Status is Tabby's word: "authorized", "closed", "rejected", or as its dashboard says "new", "captured", "refunded", "cancelled".
	// Empty selects authorized and closed payments. Unpaid and expired ones can't be listed.
	Status string
	// From and To limit the payments to those created at or after From and before To, where set.
	From, To time.Time
	// Offset is how many payments to pass over, to go on with a list that was broken off.
	Offset int
	// Currency chooses the host (default: the merchant code's).
	Currency paylinks.Currency
}

// Payments lists the account's payments, page by page as the loop goes on, roughly newest first. A payment that can't be read yields
// an error, and the list goes on; where a page can't be read, its error is the last thing yielded. Every error is a
// [*paylinks.ProviderError].
func (p *Provider) Payments(ctx context.Context, query PaymentsQuery) iter.Seq2[paylinks.Snapshot, error] {
	client := p.api(cmp.Or(query.Currency, p.config.Currency))
	return func(yield func(paylinks.Snapshot, error) bool) {
		var before []json.RawMessage
		for offset := max(query.Offset, 0); ; offset += pageSize {
			page, err := client.Payments(ctx, query.values(offset))
			if err != nil {
				yield(paylinks.Snapshot{}, refusal(err))
				return
			}
			if len(page.Payments) > 0 && slices.EqualFunc(page.Payments, before, sameBytes) {
				yield(paylinks.Snapshot{}, unreadable("the list doesn't go on from the page before", nil))
				return
			}
			before = page.Payments
			for _, raw := range page.Payments {
				snapshot, within, err := p.listed(raw, query)
				if (within || err != nil) && !yield(snapshot, err) {
					return
				}
			}
			// The total that Tabby gives isn't relied on: a short page is the end.
			if len(page.Payments) < pageSize {
				return
			}
		}
	}
}

// listed reads one payment of a list, and tells whether it's within the query's times: Tabby's own filter knows only days.
func (p *Provider) listed(raw json.RawMessage, query PaymentsQuery) (paylinks.Snapshot, bool, error) {
	var payment api.Payment
	if err := json.Unmarshal(raw, &payment); err != nil {
		return paylinks.Snapshot{}, false, unreadable("a payment of the list can't be read", err)
	}
	snapshot, err := p.paymentFacts(payment, raw)
	if err != nil {
		return paylinks.Snapshot{}, false, err
	}
	created := payment.CreatedAt.Value
	within := (query.From.IsZero() || !created.Before(query.From)) && (query.To.IsZero() || created.Before(query.To))
	return snapshot, within, nil
}

// values is the query string of a page. Tabby takes both days as their first moment, so that the last day would be left out: the next
// one is given.
func (q PaymentsQuery) values(offset int) url.Values {
	values := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
	if q.Status != "" {
		values.Set("status", q.Status)
	}
	if !q.From.IsZero() {
		values.Set("created_at__gte", q.From.UTC().Format(time.DateOnly))
	}
	if !q.To.IsZero() {
		values.Set("created_at__lte", q.To.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	return values
}

func sameBytes(a, b json.RawMessage) bool { return string(a) == string(b) }
