package tamara

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

// FindByReference finds the order of our reference. What Tamara answers for several isn't documented: a paid one is preferred, then an open one.
// The order doesn't tell the link: neither its checkout id nor its address.
func (p *Provider) FindByReference(ctx context.Context, reference string, amount paylinks.Money) (paylinks.Snapshot, error) {
	if reference == "" {
		return paylinks.Snapshot{}, notACall("there's no reference to look for")
	}
	raws, err := p.api.OrdersByReference(ctx, reference)
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	return p.bestOrder(raws, reference, amount)
}

// bestOrder chooses among the orders of one reference. Only an empty list proves that there's none.
func (p *Provider) bestOrder(raws []json.RawMessage, reference string, amount paylinks.Money) (paylinks.Snapshot, error) {
	if len(raws) == 0 {
		return paylinks.Snapshot{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedNotFound, Outcome: paylinks.NotApplied, Message: "Tamara has no order of this reference",
		}
	}
	var found []paylinks.Snapshot
	problem := unreadable("it has other orders than those of the reference and amount", nil)
	for _, raw := range raws {
		var order api.Order
		if err := json.Unmarshal(raw, &order); err != nil {
			problem = unreadable("an order can't be read", err)
			continue
		}
		flow := p.config.Flow
		if order.Additional.Value.InStore {
			flow = FlowSMS
		}
		facts, err := p.orderFacts(order, raw, flow)
		switch {
		case err != nil:
			problem = err
		case facts.Ref.Reference == reference && facts.Amount.Equal(amount):
			found = append(found, facts)
		}
	}
	if len(found) == 0 {
		return paylinks.Snapshot{}, problem
	}
	return slices.MinFunc(found, func(a, b paylinks.Snapshot) int { return cmp.Compare(rank(a.Status), rank(b.Status)) }), nil
}

func rank(status paylinks.Status) int {
	switch {
	case status.Paid():
		return 0
	case status.Ended():
		return 2
	default:
		return 1
	}
}
