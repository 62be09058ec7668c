package memstore

import (
	"maps"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
)

// A database copies by itself, since it keeps bytes: a JSON document, and a column for whatever is searched for. The fields without a name in JSON, such as
// Version, DueAt and NextCheckAt, are columns.

// cloneSlice is a copy. nil stays nil, and empty stays empty: all types and no type are two things.
func cloneSlice[S ~[]E, E any](s S) S { return slices.Clone(s) }

// clonePointer is a copy of what p points to.
func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

func cloneLink(l *paylinks.Paylink) *paylinks.Paylink {
	c := *l
	c.Items, c.Metadata, c.Options, c.Messages = cloneSlice(l.Items), maps.Clone(l.Metadata), maps.Clone(l.Options), clonePointer(l.Messages)
	c.Stale = false
	return &c
}

func cloneOperation(o *paylinks.Operation) *paylinks.Operation { return clonePointer(o) }

func cloneEvent(e *paylinks.Event) *paylinks.Event {
	c := *e
	c.Data = cloneSlice(e.Data)
	return &c
}

func cloneWebhook(w *paylinks.Webhook) *paylinks.Webhook {
	c := *w
	if c.Facts = clonePointer(w.Facts); c.Facts != nil {
		c.Facts.Captures, c.Facts.Refunds = cloneSlice(w.Facts.Captures), cloneSlice(w.Facts.Refunds)
		c.Facts.Messages, c.Facts.Raw = clonePointer(w.Facts.Messages), cloneSlice(w.Facts.Raw)
	}
	return &c
}

func cloneAnswer(a *paylinks.Answer) *paylinks.Answer {
	c := *a
	c.Body = cloneSlice(a.Body)
	return &c
}

func cloneEndpoint(e *paylinks.Endpoint) *paylinks.Endpoint {
	c := *e
	c.Types, c.OrgApps = cloneSlice(e.Types), cloneSlice(e.OrgApps)
	return &c
}

// cloneDelivery has the event as it's stored now: its metadata may have been forgotten since.
func (s *Store) cloneDelivery(d *paylinks.EventDelivery) *paylinks.EventDelivery {
	c := *d
	c.Tries, c.Event = cloneSlice(d.Tries), *cloneEvent(s.events[d.Event.ID])
	return &c
}

func cloneOrder(o *paylinks.Order) *paylinks.Order {
	c := *o
	c.Items, c.Providers, c.Attempts, c.Payment = cloneSlice(o.Items), cloneSlice(o.Providers), cloneSlice(o.Attempts), clonePointer(o.Payment)
	return &c
}

func cloneSync(y *paylinks.Sync) *paylinks.Sync {
	c := *y
	c.Skipped = cloneSlice(y.Skipped)
	return &c
}

func clonePayment(p *paylinks.SyncedPayment) *paylinks.SyncedPayment {
	c := *p
	c.Payment.Raw, c.Payment.Checkpoint = cloneSlice(p.Payment.Raw), ""
	return &c
}
