package client

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/paging"
	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// AddEndpoint makes an endpoint that is told of every event from now on. See [paylinks.Service.AddEndpoint]. The secret is read by a second call: where that one
// fails, the endpoint is made all the same, and the error has [paylinks.Applied].
func (c *Client) AddEndpoint(ctx context.Context, req paylinks.EndpointRequest) (*paylinks.EndpointSecret, error) {
	body, err := wire.EncodeEndpoint(req)
	if err != nil {
		return nil, named("add endpoint", err)
	}
	return c.changed(ctx, post("add endpoint", api.PathEndpoints, "", body))
}

// Endpoints lists the endpoints that the caller may see. See [paylinks.Service.Endpoints].
func (c *Client) Endpoints(ctx context.Context) ([]*paylinks.Endpoint, error) {
	endpoints, _, err := fetch(ctx, c, get("endpoints", api.PathEndpoints, nil), wire.ToEndpoints)
	return endpoints, err
}

// Endpoint reads an endpoint with its secret, for which the token needs the scope "write". See [paylinks.Service.Endpoint].
func (c *Client) Endpoint(ctx context.Context, id string) (*paylinks.EndpointSecret, error) {
	endpoint, _, err := fetch(ctx, c, get("endpoint", path(api.PathEndpoints, id), nil), wire.ToEndpoint)
	if err != nil {
		return nil, err
	}
	return c.withSecret(ctx, "endpoint", endpoint)
}

// RotateEndpoint gives an endpoint a new secret; for a day the old one signs too. See [paylinks.Service.RotateEndpoint]. For the second call see [Client.AddEndpoint].
func (c *Client) RotateEndpoint(ctx context.Context, id string) (*paylinks.EndpointSecret, error) {
	return c.changed(ctx, post("rotate endpoint", path(api.PathEndpoints, id, "rotate"), "", nil))
}

// DisableEndpoint stops (true) or resumes (false) telling an endpoint. See [paylinks.Service.DisableEndpoint]. For the second call see [Client.AddEndpoint].
func (c *Client) DisableEndpoint(ctx context.Context, id string, disabled bool) (*paylinks.EndpointSecret, error) {
	step := "enable"
	if disabled {
		step = "disable"
	}
	return c.changed(ctx, post(step+" endpoint", path(api.PathEndpoints, id, step), "", nil))
}

// DeleteEndpoint forgets an endpoint and what is on its way to it. See [paylinks.Service.DeleteEndpoint]. It's never repeated: a second try could only say that
// there is none.
func (c *Client) DeleteEndpoint(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{op: "delete endpoint", method: http.MethodDelete, path: path(api.PathEndpoints, id)}, nil)
	return err
}

// ListDeliveries lists what was and is to be told to an endpoint, newest first, page by page. See [paylinks.Service.ListDeliveries].
func (c *Client) ListDeliveries(ctx context.Context, endpointID string, req paylinks.ListDeliveriesRequest) (paylinks.DeliveriesPage, error) {
	q := parameters{}
	q.set("state", string(req.State))
	q.set("before", req.Cursor)
	q.limit(req.Limit)
	page, _, err := fetch(ctx, c, get("deliveries", path(api.PathEndpoints, endpointID, "deliveries"), url.Values(q)), wire.ToDeliveriesPage)
	return page, err
}

// AllDeliveries yields the deliveries that ListDeliveries lists, page after page. See [paylinks.Service.AllDeliveries].
func (c *Client) AllDeliveries(ctx context.Context, endpointID string, req paylinks.ListDeliveriesRequest) iter.Seq2[*paylinks.EventDelivery, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*paylinks.EventDelivery, string, error) {
		req.Cursor = cursor
		page, err := c.ListDeliveries(ctx, endpointID, req)
		return page.Deliveries, page.NextCursor, err
	})
}

// GetDelivery reads a delivery of an endpoint. See [paylinks.Service.GetDelivery].
func (c *Client) GetDelivery(ctx context.Context, endpointID, id string) (*paylinks.EventDelivery, error) {
	delivery, _, err := fetch(ctx, c, get("delivery", path(api.PathEndpoints, endpointID, "deliveries", url.PathEscape(id)), nil), wire.ToDelivery)
	return delivery, err
}

// Resend has a delivery tried again at once. See [paylinks.Service.Resend].
func (c *Client) Resend(ctx context.Context, endpointID, id string) (*paylinks.EventDelivery, error) {
	delivery, _, err := fetch(
		ctx, c, post("resend", path(api.PathEndpoints, endpointID, "deliveries", url.PathEscape(id), "resend"), "", nil),
		wire.ToResent,
	)
	return delivery, err
}

// changed makes a call that changes an endpoint, and reads its secret: no answer that is kept for a key has it.
func (c *Client) changed(ctx context.Context, call call) (*paylinks.EndpointSecret, error) {
	var warnings []string
	endpoint, _, err := fetch(ctx, c, call, func(a api.EndpointAnswer) (*paylinks.Endpoint, error) {
		warnings = a.Warnings
		return wire.ToEndpointChange(a)
	})
	if err != nil {
		return nil, err
	}
	c.warn(ctx, call.op, warnings)
	changed, err := c.withSecret(ctx, call.op, endpoint)
	var failure *paylinks.Error
	if errors.As(err, &failure) {
		failure.Outcome, failure.Message = paylinks.Applied, "it has happened, but the secret can't be read: ask for endpoint "+endpoint.ID+". "+failure.Message
	}
	return changed, err
}

func (c *Client) withSecret(ctx context.Context, op string, endpoint *paylinks.Endpoint) (*paylinks.EndpointSecret, error) {
	secret, _, err := fetch(ctx, c, get(op, path(api.PathEndpoints, endpoint.ID, "secret"), nil), wire.ToEndpointSecret)
	if err != nil {
		return nil, err
	}
	return &paylinks.EndpointSecret{Endpoint: endpoint, Secret: secret}, nil
}
