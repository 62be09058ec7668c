package httpserver

import (
	"context"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// paymentRoutes is the part of the table that is about synced payments.
func (s *server) paymentRoutes() []route {
	return []route{
		{http.MethodGet, api.PathPayments, ScopeRead, s.listPayments},
		{http.MethodPost, api.PathSync, ScopeWrite, s.operation(s.startSync)},
		{http.MethodGet, api.PathSyncs + "/{id}", ScopeRead, s.getSync},
		{http.MethodGet, api.PathReport, ScopeRead, s.report},
	}
}

func (s *server) startSync(ctx context.Context, in input) (int, any, error) {
	req, warnings, err := wire.DecodeSync(in.body)
	if err != nil {
		return 0, nil, err
	}
	sync, err := s.svc.SyncPayments(ctx, req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, wire.FromSyncStarted(sync, warnings), nil
}

func (s *server) getSync(w http.ResponseWriter, r *http.Request) error {
	sync, err := s.svc.GetSync(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromSync(sync))
	return nil
}

func (s *server) listPayments(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	req := paylinks.ListPaymentsRequest{
		Provider:    q.text("provider"),
		OrgAppID:    q.text("org_app_id"),
		Status:      paylinks.PaymentStatus(q.text("status")), // the Service knows which there are
		Reference:   q.text("reference"),
		CreatedFrom: q.time("created_from"),
		CreatedTo:   q.time("created_to"),
		Limit:       q.limit(),
		Cursor:      q.text("cursor"),
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.svc.ListPayments(r.Context(), req)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, wire.FromPaymentsPage(page))
	return nil
}
