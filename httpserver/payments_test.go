package httpserver

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// fakePayments is the part of the fake that is about synced payments.
type fakePayments struct {
	syncPayments func(ctx context.Context, req paylinks.SyncRequest) (*paylinks.Sync, error)
	getSync      func(ctx context.Context, id string) (*paylinks.Sync, error)
	listPayments func(ctx context.Context, req paylinks.ListPaymentsRequest) (paylinks.PaymentsPage, error)
}

func (f *fakePayments) SyncPayments(ctx context.Context, req paylinks.SyncRequest) (*paylinks.Sync, error) {
	return f.syncPayments(ctx, req)
}

func (f *fakePayments) GetSync(ctx context.Context, id string) (*paylinks.Sync, error) {
	return f.getSync(ctx, id)
}

func (f *fakePayments) ListPayments(ctx context.Context, req paylinks.ListPaymentsRequest) (paylinks.PaymentsPage, error) {
	return f.listPayments(ctx, req)
}

const paymentsPath = "/api/v1/payments"

func TestStartSync(t *testing.T) {
	t.Parallel()
	var got []paylinks.SyncRequest
	svc := &fake{fakePayments: fakePayments{syncPayments: func(_ context.Context, req paylinks.SyncRequest) (*paylinks.Sync, error) {
		got = append(got, req)
		return &paylinks.Sync{ID: "syn_1", Status: paylinks.SyncRunning}, nil
	}}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, paymentsPath+"/sync", `{"org_app_id":"stripe-main"}`)
	assert.Equal(t, http.StatusAccepted, w.Code)
	assertBody(t, `{"success":true,"sync_id":"syn_1","status":"running"}`, w)
	w = call(t, server, http.MethodPost, paymentsPath+"/sync", `{"org_app_id":"stripe-main","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","until":1}`)
	assertBody(t, `{"success":true,"sync_id":"syn_1","status":"running","warnings":["unknown field \"until\" was ignored"]}`, w)
	assert.Equal(t, []paylinks.SyncRequest{
		{OrgAppID: "stripe-main"},
		{OrgAppID: "stripe-main", From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)},
	}, got)

	w = call(t, server, http.MethodPost, paymentsPath+"/sync", `{"org_app_id":"stripe-main","from":"last week"}`)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), `"field":"from"`)
	require.Len(t, got, 2)
}

func TestASyncInProgressSaysWhenToAskAgain(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{fakePayments: fakePayments{syncPayments: func(context.Context, paylinks.SyncRequest) (*paylinks.Sync, error) {
		return nil, &paylinks.Error{Code: paylinks.CodeSyncInProgress, Outcome: paylinks.NotApplied, Message: "wait", RetryAfter: 5 * time.Second}
	}}})
	w := call(t, server, http.MethodPost, paymentsPath+"/sync", `{"org_app_id":"stripe-main"}`)
	assert.Equal(t, http.StatusConflict, w.Code)
	assert.Equal(t, "sync_in_progress", errorOf(t, w))
	assert.Equal(t, "5", w.Header().Get("Retry-After"))
}

func TestGetSync(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{fakePayments: fakePayments{getSync: func(_ context.Context, id string) (*paylinks.Sync, error) {
		if id != "syn_1" {
			return nil, &paylinks.Error{Code: paylinks.CodeNotFound, Outcome: paylinks.NotApplied, Message: "no such sync"}
		}
		return &paylinks.Sync{
			ID: id, OrgAppID: "stripe-main", Provider: "stripe", Status: paylinks.SyncCompleted, Fetched: 3, Created: 1, Updated: 1, Unchanged: 1,
			StartedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), FinishedAt: time.Date(2026, 3, 1, 11, 1, 0, 0, time.UTC),
		}, nil
	}}})
	w := call(t, server, http.MethodGet, paymentsPath+"/syncs/syn_1", "", "Authorization", "Bearer "+readToken)
	assert.Equal(t, http.StatusOK, w.Code)
	assertBody(t, `{"sync_id":"syn_1","org_app_id":"stripe-main","provider":"stripe","status":"completed","fetched":3,"created":1,"updated":1,"unchanged":1,`+
		`"skipped":[],"started_at":"2026-03-01T11:00:00Z","finished_at":"2026-03-01T11:01:00Z"}`, w)
	w = call(t, server, http.MethodGet, paymentsPath+"/syncs/syn_2", "")
	assert.Equal(t, http.StatusNotFound, w.Code)
	assert.Equal(t, "not_found", errorOf(t, w))
}

func TestListPayments(t *testing.T) {
	t.Parallel()
	var got paylinks.ListPaymentsRequest
	svc := &fake{fakePayments: fakePayments{listPayments: func(_ context.Context, req paylinks.ListPaymentsRequest) (paylinks.PaymentsPage, error) {
		got = req
		return paylinks.PaymentsPage{NextCursor: "next", Payments: []*paylinks.SyncedPayment{{
			ID: "pmt_1", Provider: "stripe", OrgAppID: "stripe-main", SyncedAt: time.Date(2026, 3, 1, 11, 5, 0, 0, time.UTC),
			Payment: paylinks.Payment{
				ID: "pi_1", Reference: "T-1", Amount: sar(t, "75"), Status: paylinks.PaymentAuthorized, ProviderStatus: "requires_capture",
				CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
			},
		}}}, nil
	}}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodGet, paymentsPath, "")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, paylinks.ListPaymentsRequest{Limit: 50}, got)
	assertBody(t, `{"payments":[{"id":"pmt_1","provider":"stripe","org_app_id":"stripe-main","provider_payment_id":"pi_1","reference":"T-1","amount":"75.00",`+
		`"captured_amount":"0.00","refunded_amount":"0.00","currency":"SAR","status":"authorized","provider_status":"requires_capture",`+
		`"created_at":"2026-03-01T11:00:00Z","synced_at":"2026-03-01T11:05:00Z"}],"next_cursor":"next"}`, w)

	call(t, server, http.MethodGet, paymentsPath+"?provider=stripe&org_app_id=stripe-main&status=captured&reference=T-1&limit=200&cursor=c"+
		"&created_from=2026-03-01T00:00:00Z&created_to=2026-03-02T00:00:00Z", "")
	assert.Equal(t, paylinks.ListPaymentsRequest{
		Provider: "stripe", OrgAppID: "stripe-main", Status: paylinks.PaymentCaptured, Reference: "T-1", Limit: 200, Cursor: "c",
		CreatedFrom: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), CreatedTo: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	}, got)
	for _, query := range []string{"limit=0", "limit=201", "created_from=x", "created_to=2026", "reference=%00"} {
		w := call(t, server, http.MethodGet, paymentsPath+"?"+query, "")
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Equal(t, "validation_failed", errorOf(t, w), query)
	}
}
