package httpserver

import (
	"context"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

func (s *server) createOrder(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeOrder(in.body)
	if err != nil {
		return 0, nil, err
	}
	req.Catalogue, req.IdempotencyKey = s.opts.Catalogue, in.key
	result, err := s.svc.CreateOrder(ctx, req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, wire.FromOrdered(result, s.opts.PublicURL, warnings), nil
}

func (s *server) nextProvider(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeNext(in.body)
	if err != nil {
		return 0, nil, err
	}
	req.IdempotencyKey = in.key
	result, err := s.svc.NextProvider(ctx, in.id, req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, wire.FromOrdered(result, s.opts.PublicURL, warnings), nil
}

func (s *server) getOrder(w http.ResponseWriter, r *http.Request) error {
	result, err := s.svc.GetOrder(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromOrder(result, s.opts.PublicURL))
	return nil
}

func (s *server) listOrders(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	req := paylinks.ListOrdersRequest{
		Status:      q.orderStatus("status"),
		CreatedFrom: q.time("created_from"),
		CreatedTo:   q.time("created_to"),
		Limit:       q.limit(),
		Cursor:      q.text("cursor"),
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.svc.ListOrders(r.Context(), req)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromOrdersPage(page))
	return nil
}

func (q *query) orderStatus(name string) paylinks.OrderStatus {
	status := paylinks.OrderStatus(q.get(name))
	if status != "" && !status.Valid() {
		q.fail(name, "must be the status of an order, such as pending or paid")
		return ""
	}
	return status
}
