package api

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// PathEndpoints is the path of the user's own endpoints, which are told of events.
const PathEndpoints = "/api/v1/webhook-endpoints"

// DecodeEndpoint reads the body of the call that adds an endpoint. For types and warnings see [DecodeCreate].
func DecodeEndpoint(body Body) (req paylinks.EndpointRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.EndpointRequest{URL: o.text("url"), Description: o.text("description"), OrgApps: o.list("org_app_ids")}
	for _, kind := range o.list("types") {
		req.Types = append(req.Types, paylinks.EventType(kind))
	}
	return req, o.warnings(), o.err()
}

// Endpoint is a URL that is told of events. Its secret isn't in here: see [EndpointSecret].
type Endpoint struct {
	ID          string `json:"id"`
	URL         string `json:"url"`
	Description string `json:"description,omitempty"`
	// Types are the events that are wanted, absent for all.
	Types []paylinks.EventType `json:"types,omitempty"`
	// OrgAppIDs are the apps whose events are wanted, absent for all.
	OrgAppIDs []string `json:"org_app_ids,omitempty"`
	Disabled  bool     `json:"disabled"`
	// OldSecretUntil is until when the secret before the last rotation signs, too.
	OldSecretUntil time.Time `json:"old_secret_until,omitzero"`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
}

// FromEndpoint is an endpoint on the wire.
func FromEndpoint(e *paylinks.Endpoint) Endpoint {
	return Endpoint{
		ID:             e.ID,
		URL:            e.URL,
		Description:    e.Description,
		Types:          e.Types,
		OrgAppIDs:      e.OrgApps,
		Disabled:       e.Disabled,
		OldSecretUntil: utc(e.OldKeyUntil),
		CreatedAt:      utc(e.CreatedAt),
		UpdatedAt:      utc(e.UpdatedAt),
	}
}

// EndpointAnswer answers what changes an endpoint: 201 for a new one, else 200. It never has the secret, since answers are kept for
// their idempotency keys and secrets are stored nowhere.
type EndpointAnswer struct {
	Success  bool     `json:"success"`
	Endpoint Endpoint `json:"endpoint"`
	Warnings []string `json:"warnings,omitempty"`
}

// FromEndpointChange is the answer to what changes an endpoint.
func FromEndpointChange(e *paylinks.Endpoint, warnings []string) EndpointAnswer {
	return EndpointAnswer{Success: true, Endpoint: FromEndpoint(e), Warnings: warnings}
}

// EndpointList is all endpoints that the caller may manage, oldest first.
type EndpointList struct {
	Endpoints []Endpoint `json:"endpoints"`
}

// FromEndpoints is a list of endpoints.
func FromEndpoints(endpoints []*paylinks.Endpoint) EndpointList {
	list := EndpointList{Endpoints: make([]Endpoint, 0, len(endpoints))}
	for _, e := range endpoints {
		list.Endpoints = append(list.Endpoints, FromEndpoint(e))
	}
	return list
}

// EndpointSecret is the secret with which the receiver checks signatures, in the form of Standard Webhooks: "whsec_…".
type EndpointSecret struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
	// OldSecretUntil is until when the secret before it signs, too.
	OldSecretUntil time.Time `json:"old_secret_until,omitzero"`
}

// FromEndpointSecret is an endpoint's secret on the wire: the one place that reveals it.
func FromEndpointSecret(e *paylinks.EndpointSecret) EndpointSecret {
	return EndpointSecret{ID: e.Endpoint.ID, Secret: e.Secret.Reveal(), OldSecretUntil: utc(e.Endpoint.OldKeyUntil)}
}

// Delivery is an event on its way to an endpoint.
type Delivery struct {
	ID         string                 `json:"id"`
	EndpointID string                 `json:"endpoint_id"`
	State      paylinks.DeliveryState `json:"state"`
	// Tries are the attempts, oldest first.
	Tries []DeliveryTry `json:"tries"`
	// NextTryAt is when a pending delivery is tried (again). It's absent where an earlier event of the same link has to arrive first.
	NextTryAt time.Time `json:"next_try_at,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	Event     Event     `json:"event"`
}

// DeliveryTry is one attempt to deliver.
type DeliveryTry struct {
	At time.Time `json:"at"`
	// Status is the endpoint's HTTP status, absent without an answer: then Error says why.
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
}

// FromDelivery is a delivery on the wire.
func FromDelivery(d *paylinks.EventDelivery) Delivery {
	delivery := Delivery{
		ID:         d.ID,
		EndpointID: d.EndpointID,
		State:      d.State,
		Tries:      make([]DeliveryTry, 0, len(d.Tries)),
		CreatedAt:  utc(d.CreatedAt),
		Event:      FromEvent(d.Event),
	}
	for _, try := range d.Tries {
		delivery.Tries = append(delivery.Tries, DeliveryTry{At: utc(try.At), Status: try.Status, Error: try.Error})
	}
	if d.State == paylinks.DeliveryPending {
		delivery.NextTryAt = utc(d.DueAt)
	}
	return delivery
}

// DeliveryAnswer answers a re-send: 202.
type DeliveryAnswer struct {
	Success  bool     `json:"success"`
	Delivery Delivery `json:"delivery"`
}

// FromResend is the answer to a re-send.
func FromResend(d *paylinks.EventDelivery) DeliveryAnswer {
	return DeliveryAnswer{Success: true, Delivery: FromDelivery(d)}
}

// DeliveryList is a page of an endpoint's deliveries, newest first.
type DeliveryList struct {
	Deliveries []Delivery `json:"deliveries"`
	// NextBefore is the parameter "before" of the next page, absent on the last one.
	NextBefore string `json:"next_before,omitempty"`
}

// FromDeliveries is a page of deliveries.
func FromDeliveries(deliveries []*paylinks.EventDelivery, nextBefore string) DeliveryList {
	list := DeliveryList{Deliveries: make([]Delivery, 0, len(deliveries)), NextBefore: nextBefore}
	for _, d := range deliveries {
		list.Deliveries = append(list.Deliveries, FromDelivery(d))
	}
	return list
}
