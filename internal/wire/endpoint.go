package wire

import (
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// DecodeEndpoint reads the body of the call that adds an endpoint. For types and warnings see [DecodeCreate].
func DecodeEndpoint(body Body) (req paylinks.EndpointRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.EndpointRequest{URL: o.text("url"), Description: o.text("description"), OrgApps: o.list("org_app_ids")}
	for _, kind := range o.list("types") {
		req.Types = append(req.Types, paylinks.EventType(kind))
	}
	return req, o.warnings(), o.err()
}

// FromEndpoint is an endpoint on the wire.
func FromEndpoint(e *paylinks.Endpoint) api.Endpoint {
	return api.Endpoint{
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

// FromEndpointChange is the answer to what changes an endpoint.
func FromEndpointChange(e *paylinks.Endpoint, warnings []string) api.EndpointAnswer {
	return api.EndpointAnswer{Success: true, Endpoint: FromEndpoint(e), Warnings: warnings}
}

// FromEndpoints is a list of endpoints.
func FromEndpoints(endpoints []*paylinks.Endpoint) api.EndpointList {
	list := api.EndpointList{Endpoints: make([]api.Endpoint, 0, len(endpoints))}
	for _, e := range endpoints {
		list.Endpoints = append(list.Endpoints, FromEndpoint(e))
	}
	return list
}

// FromEndpointSecret is an endpoint's secret on the wire: the one place that reveals it.
func FromEndpointSecret(e *paylinks.EndpointSecret) api.EndpointSecret {
	return api.EndpointSecret{ID: e.Endpoint.ID, Secret: e.Secret.Reveal(), OldSecretUntil: utc(e.Endpoint.OldKeyUntil)}
}

// FromDelivery is a delivery on the wire.
func FromDelivery(d *paylinks.EventDelivery) api.Delivery {
	delivery := api.Delivery{
		ID:         d.ID,
		EndpointID: d.EndpointID,
		State:      d.State,
		Tries:      make([]api.DeliveryTry, 0, len(d.Tries)),
		CreatedAt:  utc(d.CreatedAt),
		Event:      FromEvent(d.Event),
	}
	for _, try := range d.Tries {
		delivery.Tries = append(delivery.Tries, api.DeliveryTry{At: utc(try.At), Status: try.Status, Error: try.Error})
	}
	if d.State == paylinks.DeliveryPending {
		delivery.NextTryAt = utc(d.DueAt)
	}
	return delivery
}

// FromResend is the answer to a re-send.
func FromResend(d *paylinks.EventDelivery) api.DeliveryAnswer {
	return api.DeliveryAnswer{Success: true, Delivery: FromDelivery(d)}
}

// FromDeliveriesPage is a page of deliveries.
func FromDeliveriesPage(page paylinks.DeliveriesPage) api.DeliveryList {
	list := api.DeliveryList{Deliveries: make([]api.Delivery, 0, len(page.Deliveries)), NextBefore: page.NextCursor}
	for _, d := range page.Deliveries {
		list.Deliveries = append(list.Deliveries, FromDelivery(d))
	}
	return list
}
