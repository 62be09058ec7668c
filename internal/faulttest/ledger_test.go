package faulttest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// compare lists what is wrong between the links that the API has and the payments that the provider has. Each order is of one link.
func compare(ours []api.Paylink, theirs []deal) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	deals := map[string][]deal{}
	for _, d := range theirs {
		deals[d.OrderID] = append(deals[d.OrderID], d)
		for what, list := range map[string][]string{"capture": d.Captures, "refund": d.Refunds} {
			if reference := twice(list); reference != "" {
				say("order %s: the %s %s happened twice", d.OrderID, what, reference)
			}
		}
	}
	seen := map[string]bool{}
	for _, link := range ours {
		if neverMade(link) && anotherOf(ours, link) {
			continue // tried again under the same key, which made another link
		}
		if seen[link.OrderID] {
			say("order %s has two links", link.OrderID)
		}
		seen[link.OrderID] = true
		wrong = append(wrong, compareLink(link, deals[link.OrderID])...)
	}
	for order := range deals {
		if !seen[order] {
			say("order %s: the provider has a payment that no link knows", order)
		}
	}
	return wrong
}

// anotherOf tells whether an order has another link.
func anotherOf(links []api.Paylink, link api.Paylink) bool {
	return slices.ContainsFunc(links, func(l api.Paylink) bool { return l.OrderID == link.OrderID && l.ID != link.ID })
}

// compareLink lists what is wrong between a link and the payments of its order.
func compareLink(link api.Paylink, deals []deal) []string {
	if len(deals) > 1 {
		return []string{fmt.Sprintf("order %s: the provider has %d payments", link.OrderID, len(deals))}
	}
	switch {
	case neverMade(link) && len(deals) == 0, link.Status == paylinks.StatusRejected && len(deals) == 0:
		return nil
	case lostAtBirth(link) && (len(deals) == 0 || !deals[0].Status.Paid()):
		return nil // nobody can know, and nobody has the URL to pay at
	case len(deals) == 0:
		return []string{fmt.Sprintf("order %s is %s, and the provider has no payment", link.OrderID, link.Status)}
	}
	d := deals[0]
	if behind(link, d) && link.CapturedAmount == d.Captured {
		return nil // as it must be; unexplained asks that a person was told
	}
	if sameState(link, d) && link.CapturedAmount == d.Captured && link.RefundedAmount == d.Refunded {
		return nil
	}
	return []string{fmt.Sprintf("order %s: we say %s, captured %s, refunded %s; the provider has %s (%s), captured %s, refunded %s",
		link.OrderID, link.Status, link.CapturedAmount, link.RefundedAmount, d.Status, d.Native, d.Captured, d.Refunded)}
}

// behind tells whether refunds happened that the link doesn't show and the provider can't be asked for.
func behind(link api.Paylink, d deal) bool {
	return d.RefundsHidden && link.Status.Paid() && d.Status.Paid() && less(link.RefundedAmount, d.Refunded)
}

// unexplained lists the links that are behind without an event that tells a person to look.
func unexplained(ctx context.Context, till *till, links []api.Paylink, theirs []deal) []string {
	deals := map[string]deal{}
	for _, d := range theirs {
		deals[d.OrderID] = d
	}
	var wrong []string
	for _, link := range links {
		if !behind(link, deals[link.OrderID]) {
			continue
		}
		events, err := till.events(ctx, link.ID)
		if err != nil || !slices.ContainsFunc(events, func(e api.Event) bool { return e.Type == paylinks.EventOperationUnknown }) {
			wrong = append(wrong, fmt.Sprintf("order %s was refunded %s, we say %s, and nobody was told", link.OrderID, deals[link.OrderID].Refunded, link.RefundedAmount))
		}
	}
	return wrong
}

// lostAtBirth: the answer to the link's create call was lost, and the provider can't be asked for it.
func lostAtBirth(link api.Paylink) bool {
	return link.Status == paylinks.StatusCreating || (link.Status == paylinks.StatusFailed && link.Reason == "create_outcome_unknown")
}

// neverMade: the provider was not reached, or said no.
func neverMade(link api.Paylink) bool {
	return link.Status == paylinks.StatusFailed && (strings.HasPrefix(link.Reason, "provider_") || link.Reason == "create_not_applied")
}

// sameState: what a merchant has cancelled is expired to some providers. What says that it was cancelled here alone, as the provider could
// not be told, is open there until it ends by itself.
func sameState(link api.Paylink, d deal) bool {
	over := func(s paylinks.Status) bool { return s == paylinks.StatusCancelled || s == paylinks.StatusExpired }
	hereOnly := link.Status == paylinks.StatusCancelled && link.Reason == "cancelled_here" && !d.Status.Paid()
	// MisPay's track has one word for a failure and for a lapse; its webhook tells them apart.
	vague := d.Native == "error" && (link.Status == paylinks.StatusExpired || link.Status == paylinks.StatusFailed)
	return link.Status == d.Status || hereOnly || vague || (over(link.Status) && over(d.Status))
}

// The comparison finds what it's there for: without this, a test that finds nothing would prove nothing.
func TestTheComparisonFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	link := func(status paylinks.Status, captured, refunded string) api.Paylink {
		return api.Paylink{OrderID: "1", Status: status, CapturedAmount: captured, RefundedAmount: refunded}
	}
	made := func(status paylinks.Status, captured, refunded string) deal {
		return deal{OrderID: "1", Status: status, Captured: captured, Refunded: refunded}
	}
	created, captured := made(paylinks.StatusCreated, "0.00", "0.00"), made(paylinks.StatusCaptured, "9.00", "0.00")
	doubled := made(paylinks.StatusPartiallyRefunded, "9.00", "6.00")
	doubled.Refunds = []string{"same", "same"}
	other := link(paylinks.StatusCreated, "0.00", "0.00")
	other.ID = "other"
	hereOnly := link(paylinks.StatusCancelled, "0.00", "0.00")
	hereOnly.Reason = "cancelled_here"
	hidden := made(paylinks.StatusRefunded, "9.00", "9.00")
	hidden.RefundsHidden = true
	failed := func(reason string) api.Paylink {
		return api.Paylink{OrderID: "1", Status: paylinks.StatusFailed, Reason: reason, CapturedAmount: "0.00", RefundedAmount: "0.00"}
	}
	for name, c := range map[string]struct {
		ours   []api.Paylink
		theirs []deal
		wrong  bool
	}{
		"equal":                            {[]api.Paylink{link("captured", "9.00", "0.00")}, []deal{captured}, false},
		"a lost capture":                   {[]api.Paylink{link("authorized", "0.00", "0.00")}, []deal{captured}, true},
		"an invented capture":              {[]api.Paylink{link("captured", "9.00", "0.00")}, []deal{created}, true},
		"another amount":                   {[]api.Paylink{link("captured", "8.00", "0.00")}, []deal{captured}, true},
		"a lost payment":                   {nil, []deal{created}, true},
		"an invented payment":              {[]api.Paylink{link("created", "0.00", "0.00")}, nil, true},
		"two payments":                     {[]api.Paylink{link("created", "0.00", "0.00")}, []deal{created, created}, true},
		"two payments, one unknown":        {[]api.Paylink{link("creating", "0.00", "0.00")}, []deal{created, created}, true},
		"two links":                        {[]api.Paylink{link("created", "0.00", "0.00"), link("creating", "0.00", "0.00")}, []deal{created}, true},
		"a link after one not made":        {[]api.Paylink{other, failed("provider_rate")}, []deal{created}, false},
		"one refund twice":                 {[]api.Paylink{link("partially_refunded", "9.00", "6.00")}, []deal{doubled}, true},
		"unknown, not made":                {[]api.Paylink{link("creating", "0.00", "0.00")}, nil, false},
		"unknown, made":                    {[]api.Paylink{link("creating", "0.00", "0.00")}, []deal{created}, false},
		"unknown, and paid":                {[]api.Paylink{link("creating", "0.00", "0.00")}, []deal{captured}, true},
		"given up, made":                   {[]api.Paylink{failed("create_outcome_unknown")}, []deal{created}, false},
		"said not to be made, and made":    {[]api.Paylink{failed("provider_unreachable")}, []deal{created}, true},
		"not made":                         {[]api.Paylink{failed("provider_unreachable")}, nil, false},
		"cancelled here, expired there":    {[]api.Paylink{link("cancelled", "0.00", "0.00")}, []deal{made("expired", "0.00", "0.00")}, false},
		"a refund that can't be seen":      {[]api.Paylink{link("captured", "9.00", "0.00")}, []deal{hidden}, false},
		"a refund that could be seen":      {[]api.Paylink{link("captured", "9.00", "0.00")}, []deal{made("refunded", "9.00", "9.00")}, true},
		"more refunded than there was":     {[]api.Paylink{link("refunded", "9.00", "9.00")}, []deal{captured}, true},
		"cancelled, and open there":        {[]api.Paylink{link("cancelled", "0.00", "0.00")}, []deal{created}, true},
		"cancelled here alone":             {[]api.Paylink{hereOnly}, []deal{created}, false},
		"cancelled here alone, and paid":   {[]api.Paylink{hereOnly}, []deal{captured}, true},
		"cancelled here, authorized there": {[]api.Paylink{link("cancelled", "0.00", "0.00")}, []deal{made("authorized", "0.00", "0.00")}, true},
	} {
		assert.Equal(t, c.wrong, len(compare(c.ours, c.theirs)) > 0, "%s: %v", name, compare(c.ours, c.theirs))
	}
}

// agreeInTheEnd waits until both ledgers agree, and returns ours as stored.
func agreeInTheEnd(ctx context.Context, t *testing.T, till *till, w world) []api.Paylink {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var links []api.Paylink
	wrong := until(ctx, 100*time.Millisecond, func() []string {
		var err error
		if links, err = till.list(ctx, ""); err != nil {
			return []string{err.Error()}
		}
		wrong := compare(links, w.deals())
		for _, link := range links {
			if d, err := dealOf(w, link.OrderID); err == nil && lostAtBirth(link) && can(w, paylinks.CanFindByReference) {
				wrong = append(wrong, fmt.Sprintf("order %s is %s; the provider has it (%s) and can be asked for it", link.OrderID, link.Status, d.Native))
			}
		}
		return append(wrong, unexplained(ctx, till, links, w.deals())...)
	})
	require.Empty(t, few(wrong))
	return links
}

// tally is how many links have which status.
func tally(links []api.Paylink) string {
	counts := map[paylinks.Status]int{}
	for _, link := range links {
		counts[link.Status]++
	}
	return fmt.Sprint(counts)
}
