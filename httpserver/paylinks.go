package httpserver

import (
	"context"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

func (s *server) create(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeCreate(in.body, s.options...)
	if err != nil {
		return 0, nil, err
	}
	if err := s.linkable(req.Provider); err != nil {
		return 0, nil, err
	}
	req.IdempotencyKey = in.key
	link, err := s.svc.Create(ctx, req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, wire.FromCreated(link, s.opts.PublicURL, warnings), nil
}

func (s *server) get(w http.ResponseWriter, r *http.Request) error {
	link, err := s.svc.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromPaylink(link, s.opts.PublicURL))
	return nil
}

func (s *server) list(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	req := paylinks.ListRequest{
		Provider:    q.text("provider"),
		OrgAppID:    q.text("org_app_id"),
		Status:      q.status("status"),
		OrderID:     q.text("order_id"),
		CreatedFrom: q.time("created_from"),
		CreatedTo:   q.time("created_to"),
		Limit:       q.limit(),
		Cursor:      q.text("cursor"),
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.svc.List(r.Context(), req)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromPage(page, s.opts.PublicURL))
	return nil
}

func (s *server) capture(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeCapture(in.body)
	if err != nil {
		return 0, nil, err
	}
	req.IdempotencyKey = in.key
	result, err := s.svc.Capture(ctx, in.id, req)
	if err != nil {
		return 0, nil, err
	}
	*in.replayed = result.Replayed
	return http.StatusOK, wire.FromCapture(result, warnings), nil
}

// knownStatus is what a cancel must know of its first time: once its caller knows that the link is paid, it means that the payment is to be voided.
func (s *server) knownStatus(ctx context.Context, in input) ([]byte, error) {
	status, err := s.svc.KnownStatus(ctx, in.id)
	return []byte(status), err
}

func (s *server) cancel(ctx context.Context, in input) (int, any, error) {
	result, err := s.svc.CancelKnown(ctx, in.id, paylinks.Status(in.note))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, wire.FromCancel(result), nil
}

func (s *server) refund(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeRefund(in.body)
	if err != nil {
		return 0, nil, err
	}
	req.IdempotencyKey = in.key
	result, err := s.svc.Refund(ctx, in.id, req)
	if err != nil {
		return 0, nil, err
	}
	*in.replayed = result.Replayed
	return http.StatusOK, wire.FromRefund(result, warnings), nil
}

func (s *server) send(ctx context.Context, in input) (int, any, error) {
	result, err := s.svc.Send(ctx, in.id, paylinks.SendRequest{IdempotencyKey: in.key})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, wire.FromSend(result), nil
}

// resolve is for a person who has looked up, at the provider, what became of an operation without a known outcome.
func (s *server) resolve(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeResolve(in.body)
	if err != nil {
		return 0, nil, err
	}
	if err := s.svc.Resolve(ctx, in.id, req.ReferenceID, req.Happened); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, api.ResolveAnswer{Success: true, PaylinkID: in.id, ReferenceID: req.ReferenceID, Happened: req.Happened, Warnings: warnings}, nil
}

func (s *server) forget(ctx context.Context, in input) (int, any, error) {
	if err := s.svc.Forget(ctx, in.id); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, api.ForgetAnswer{Success: true, PaylinkID: in.id}, nil
}
