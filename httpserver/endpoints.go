package httpserver

import (
	"context"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// endpointRoutes is the part of the table that is about event endpoints. The secret has a route of its own, for those who may write: answers to
// POSTs are kept for their idempotency keys, and a secret is stored nowhere.
func (s *server) endpointRoutes() []route {
	const (
		endpoint = api.PathEndpoints + "/{id}"
		delivery = endpoint + "/deliveries/{delivery_id}"
	)
	return []route{
		{http.MethodPost, api.PathEndpoints, ScopeWrite, s.operation(s.addEndpoint)},
		{http.MethodGet, api.PathEndpoints, ScopeRead, s.listEndpoints},
		{http.MethodGet, endpoint, ScopeRead, s.getEndpoint},
		{http.MethodDelete, endpoint, ScopeWrite, s.deleteEndpoint},
		{http.MethodGet, endpoint + "/secret", ScopeWrite, s.endpointSecret},
		{http.MethodPost, endpoint + "/rotate", ScopeWrite, s.operation(s.rotateEndpoint)},
		{http.MethodPost, endpoint + "/disable", ScopeWrite, s.operation(s.disableEndpoint)},
		{http.MethodPost, endpoint + "/enable", ScopeWrite, s.operation(s.enableEndpoint)},
		{http.MethodGet, endpoint + "/deliveries", ScopeRead, s.listDeliveries},
		{http.MethodGet, delivery, ScopeRead, s.getDelivery},
		{http.MethodPost, delivery + "/resend", ScopeWrite, s.operation(s.resend)},
	}
}

func (s *server) addEndpoint(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeEndpoint(in.body)
	if err != nil {
		return 0, nil, err
	}
	added, err := s.svc.AddEndpoint(ctx, req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, wire.FromEndpointChange(added.Endpoint, warnings), nil
}

func (s *server) listEndpoints(w http.ResponseWriter, r *http.Request) error {
	endpoints, err := s.svc.Endpoints(r.Context())
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromEndpoints(endpoints))
	return nil
}

func (s *server) getEndpoint(w http.ResponseWriter, r *http.Request) error {
	found, err := s.svc.Endpoint(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromEndpoint(found.Endpoint))
	return nil
}

func (s *server) endpointSecret(w http.ResponseWriter, r *http.Request) error {
	found, err := s.svc.Endpoint(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromEndpointSecret(found))
	return nil
}

func (s *server) deleteEndpoint(w http.ResponseWriter, r *http.Request) error {
	if err := s.svc.DeleteEndpoint(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) rotateEndpoint(ctx context.Context, in input) (int, any, error) {
	return changed(s.svc.RotateEndpoint(ctx, in.id))
}

func (s *server) disableEndpoint(ctx context.Context, in input) (int, any, error) {
	return changed(s.svc.DisableEndpoint(ctx, in.id, true))
}

func (s *server) enableEndpoint(ctx context.Context, in input) (int, any, error) {
	return changed(s.svc.DisableEndpoint(ctx, in.id, false))
}

// changed is the answer to a change of an endpoint.
func changed(e *paylinks.EndpointSecret, err error) (int, any, error) {
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, wire.FromEndpointChange(e.Endpoint, nil), nil
}

func (s *server) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	req := paylinks.ListDeliveriesRequest{State: paylinks.DeliveryState(q.text("state")), Cursor: q.text("before"), Limit: q.limit()}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.svc.ListDeliveries(r.Context(), r.PathValue("id"), req)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromDeliveriesPage(page))
	return nil
}

func (s *server) getDelivery(w http.ResponseWriter, r *http.Request) error {
	delivery, err := s.svc.GetDelivery(r.Context(), r.PathValue("id"), r.PathValue("delivery_id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromDelivery(delivery))
	return nil
}

func (s *server) resend(ctx context.Context, in input) (int, any, error) {
	delivery, err := s.svc.Resend(ctx, in.id, in.deliveryID)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, wire.FromResend(delivery), nil
}
