package memstore

import (
	"cmp"
	"context"
	"math"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// deliver makes the deliveries of an event, in the transaction of the event. A delivery's id is time-ordered since its event's is.
func (s *Store) deliver(e *paylinks.Event) {
	for _, endpoint := range s.endpoints {
		if endpoint.Disabled || !among(endpoint.Types, e.Type) || !among(endpoint.OrgApps, e.OrgAppID) {
			continue
		}
		id := e.ID + "." + endpoint.ID
		put(s, s.deliveries, id, &paylinks.EventDelivery{
			ID: id, EndpointID: endpoint.ID, Event: *e, State: paylinks.DeliveryPending, CreatedAt: e.OccurredAt, DueAt: e.OccurredAt,
		})
	}
}

// next tells whether a delivery is the one to be made next: of an endpoint that is enabled, and behind no other pending one of its link. A database
// computes that when it writes, so that an index has the deliveries that can be claimed and nothing else.
func (s *Store) next(d *paylinks.EventDelivery) bool {
	if endpoint := s.endpoints[d.EndpointID]; d.State != paylinks.DeliveryPending || endpoint.Disabled {
		return false
	}
	for _, other := range s.deliveries {
		if other.EndpointID == d.EndpointID && other.State == paylinks.DeliveryPending &&
			other.Event.PaylinkID == d.Event.PaylinkID && other.Event.Sequence < d.Event.Sequence {
			return false
		}
	}
	return true
}

// PutEndpoint stores an endpoint, new or changed.
func (s *Store) PutEndpoint(ctx context.Context, endpoint *paylinks.Endpoint) error {
	return s.transaction(ctx, func() error {
		put(s, s.endpoints, endpoint.ID, cloneEndpoint(endpoint))
		return nil
	})
}

// DeleteEndpoint forgets an endpoint and its deliveries.
func (s *Store) DeleteEndpoint(ctx context.Context, id string) error {
	return s.transaction(ctx, func() error {
		if s.endpoints[id] == nil {
			return paylinks.ErrNotFound
		}
		remove(s, s.endpoints, id)
		for key, d := range s.deliveries {
			if d.EndpointID == id {
				remove(s, s.deliveries, key)
			}
		}
		return nil
	})
}

// Endpoints lists all endpoints, oldest first.
func (s *Store) Endpoints(ctx context.Context) ([]*paylinks.Endpoint, error) {
	return list(ctx, s, s.endpoints, math.MaxInt,
		func(*paylinks.Endpoint) bool { return true },
		func(a, b *paylinks.Endpoint) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		}, cloneEndpoint)
}

// ClaimDeliveries takes deliveries that are to be made.
func (s *Store) ClaimDeliveries(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.EventDelivery, error) {
	return claim(ctx, s, s.deliveries, now, until, limit, s.next,
		func(d *paylinks.EventDelivery) *time.Time { return &d.DueAt }, s.cloneDelivery)
}

// PutDelivery stores a delivery that was read before.
func (s *Store) PutDelivery(ctx context.Context, delivery *paylinks.EventDelivery) error {
	return s.transaction(ctx, func() error {
		stored := s.deliveries[delivery.ID]
		if stored == nil {
			return paylinks.ErrNotFound
		}
		row := s.cloneDelivery(stored)
		row.State, row.Tries, row.DueAt = delivery.State, cloneSlice(delivery.Tries), delivery.DueAt
		put(s, s.deliveries, row.ID, row)
		return nil
	})
}

// Delivery reads a delivery.
func (s *Store) Delivery(ctx context.Context, id string) (*paylinks.EventDelivery, error) {
	return one(ctx, s, s.deliveries, id, s.cloneDelivery)
}

// Deliveries lists the deliveries of an endpoint, newest first.
func (s *Store) Deliveries(ctx context.Context, q paylinks.DeliveryQuery) ([]*paylinks.EventDelivery, error) {
	return list(ctx, s, s.deliveries, q.Limit, func(d *paylinks.EventDelivery) bool {
		return d.EndpointID == q.EndpointID && wanted(q.State, d.State) && (q.Before == "" || d.ID < q.Before)
	}, func(a, b *paylinks.EventDelivery) int { return cmp.Compare(b.ID, a.ID) }, s.cloneDelivery)
}
