package api

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// PathEndpoints is the path of the user's own endpoints, which are told of events.
const PathEndpoints = "/api/v1/webhook-endpoints"

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

// EndpointAnswer answers what changes an endpoint: 201 for a new one, else 200. It never has the secret, since answers are kept for
// their idempotency keys and secrets are stored nowhere.
type EndpointAnswer struct {
	Success  bool     `json:"success"`
	Endpoint Endpoint `json:"endpoint"`
	Warnings []string `json:"warnings,omitempty"`
}

// EndpointList is all endpoints that the caller may manage, oldest first.
type EndpointList struct {
	Endpoints []Endpoint `json:"endpoints"`
}

// EndpointSecret is the secret with which the receiver checks signatures, in the form of Standard Webhooks: "whsec_…".
type EndpointSecret struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
	// OldSecretUntil is until when the secret before it signs, too.
	OldSecretUntil time.Time `json:"old_secret_until,omitzero"`
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

// DeliveryAnswer answers a re-send: 202.
type DeliveryAnswer struct {
	Success  bool     `json:"success"`
	Delivery Delivery `json:"delivery"`
}

// DeliveryList is a page of an endpoint's deliveries, newest first.
type DeliveryList struct {
	Deliveries []Delivery `json:"deliveries"`
	// NextBefore is the parameter "before" of the next page, absent on the last one.
	NextBefore string `json:"next_before,omitempty"`
}

// EndpointRequest is the body of the call that adds an endpoint. What each field means is at [paylinks.EndpointRequest].
type EndpointRequest struct {
	URL         string               `json:"url"`
	Description string               `json:"description,omitempty"`
	Types       []paylinks.EventType `json:"types,omitempty"`
	OrgAppIDs   []string             `json:"org_app_ids,omitempty"`
}
