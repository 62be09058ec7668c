package paylinks

import (
	"context"
	"time"
)

// Outbox is the power of a [Store] to carry events to those who want to be told. An event that is written gets a [EventDelivery] for every
// endpoint that wants it in the same transaction, so that none is lost and none is told that didn't happen.
type Outbox interface {
	// PutEndpoint stores an endpoint, new or changed. One that is disabled gets no new deliveries, and its pending ones aren't due before it's
	// enabled again.
	PutEndpoint(ctx context.Context, endpoint *Endpoint) error
	// DeleteEndpoint forgets an endpoint and its deliveries, or [ErrNotFound].
	DeleteEndpoint(ctx context.Context, id string) error
	// Endpoints lists all endpoints, oldest first.
	Endpoints(ctx context.Context) ([]*Endpoint, error)

	// ClaimDeliveries takes up to limit pending deliveries that are due, as [Store.ClaimOperations] does. Of one link's deliveries to one endpoint
	// only the first pending one is taken, so that events arrive in order. The next one is due as soon as that one has ended.
	ClaimDeliveries(ctx context.Context, now, until time.Time, limit int) ([]*EventDelivery, error)
	// PutDelivery stores a delivery that was read before, or [ErrNotFound].
	PutDelivery(ctx context.Context, delivery *EventDelivery) error
	// Delivery reads a delivery, or [ErrNotFound].
	Delivery(ctx context.Context, id string) (*EventDelivery, error)
	// Deliveries lists deliveries of an endpoint, newest first.
	Deliveries(ctx context.Context, query DeliveryQuery) ([]*EventDelivery, error)
}

// Endpoint is a URL that is told of events.
type Endpoint struct {
	ID string `json:"id"`
	// URL is called with POST.
	URL string `json:"url"`
	// Description is the owner's own note.
	Description string `json:"description,omitempty"`
	// Types are the events that are wanted, nil for all.
	Types []EventType `json:"types"`
	// OrgApps are the apps whose events are wanted, nil for all.
	OrgApps  []string `json:"org_apps"`
	Disabled bool     `json:"disabled,omitempty"`
	// Key counts the rotations of the signing secret, which is derived and never stored. The one before it signs too until OldKeyUntil.
	Key         int       `json:"key"`
	OldKeyUntil time.Time `json:"old_key_until,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states of deliveries.
const (
	// DeliveryPending: it's to be made, or made again.
	DeliveryPending DeliveryState = "pending"
	// DeliveryDelivered: the endpoint has answered 2xx, or OnEvent nil.
	DeliveryDelivered DeliveryState = "delivered"
	// DeliveryDead: every try failed. It can be sent again by [Service.Resend].
	DeliveryDead DeliveryState = "dead"
)

// EventDelivery is one event on its way to one endpoint.
type EventDelivery struct {
	ID         string `json:"id"`
	EndpointID string `json:"endpoint_id"`
	// Event is what is told.
	Event Event         `json:"-"`
	State DeliveryState `json:"state"`
	// Tries are the attempts so far, oldest first. After a re-send they start anew.
	Tries     []DeliveryTry `json:"tries,omitempty"`
	CreatedAt time.Time     `json:"created_at"`
	// DueAt is when a pending delivery is tried next. Stores index it.
	DueAt time.Time `json:"-"`
}

// DeliveryTry is one attempt to deliver.
type DeliveryTry struct {
	// At is when it began.
	At time.Time `json:"at"`
	// Status is the endpoint's HTTP status, 0 without an answer: then Error says why.
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
}

// DeliveryQuery selects the deliveries of an endpoint. Zero fields but EndpointID don't filter.
type DeliveryQuery struct {
	EndpointID string
	State      DeliveryState
	// Before is the id of the delivery that the caller has seen last; ids are time-ordered.
	Before string
	// Limit is at least 1.
	Limit int
}
