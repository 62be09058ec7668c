package httpserver

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// fakeEndpoints is the part of the fake that is about event endpoints.
type fakeEndpoints struct {
	addEndpoint     func(ctx context.Context, req paylinks.EndpointRequest) (*paylinks.EndpointSecret, error)
	endpoints       func(ctx context.Context) ([]*paylinks.Endpoint, error)
	endpoint        func(ctx context.Context, id string) (*paylinks.EndpointSecret, error)
	rotateEndpoint  func(ctx context.Context, id string) (*paylinks.EndpointSecret, error)
	disableEndpoint func(ctx context.Context, id string, disabled bool) (*paylinks.EndpointSecret, error)
	deleteEndpoint  func(ctx context.Context, id string) error
	listDeliveries  func(ctx context.Context, endpointID string, req paylinks.ListDeliveriesRequest) (paylinks.DeliveriesPage, error)
	getDelivery     func(ctx context.Context, endpointID, id string) (*paylinks.EventDelivery, error)
	resend          func(ctx context.Context, endpointID, id string) (*paylinks.EventDelivery, error)
}

func (f *fakeEndpoints) AddEndpoint(ctx context.Context, req paylinks.EndpointRequest) (*paylinks.EndpointSecret, error) {
	return f.addEndpoint(ctx, req)
}

func (f *fakeEndpoints) Endpoints(ctx context.Context) ([]*paylinks.Endpoint, error) {
	return f.endpoints(ctx)
}

func (f *fakeEndpoints) Endpoint(ctx context.Context, id string) (*paylinks.EndpointSecret, error) {
	return f.endpoint(ctx, id)
}

func (f *fakeEndpoints) RotateEndpoint(ctx context.Context, id string) (*paylinks.EndpointSecret, error) {
	return f.rotateEndpoint(ctx, id)
}

func (f *fakeEndpoints) DisableEndpoint(ctx context.Context, id string, disabled bool) (*paylinks.EndpointSecret, error) {
	return f.disableEndpoint(ctx, id, disabled)
}

func (f *fakeEndpoints) DeleteEndpoint(ctx context.Context, id string) error {
	return f.deleteEndpoint(ctx, id)
}

func (f *fakeEndpoints) ListDeliveries(ctx context.Context, endpointID string, req paylinks.ListDeliveriesRequest) (paylinks.DeliveriesPage, error) {
	return f.listDeliveries(ctx, endpointID, req)
}

func (f *fakeEndpoints) GetDelivery(ctx context.Context, endpointID, id string) (*paylinks.EventDelivery, error) {
	return f.getDelivery(ctx, endpointID, id)
}

func (f *fakeEndpoints) Resend(ctx context.Context, endpointID, id string) (*paylinks.EventDelivery, error) {
	return f.resend(ctx, endpointID, id)
}

const (
	endpointsPath = "/api/v1/webhook-endpoints"
	testSecret    = "whsec_c2VjcmV0"
	endpointJSON  = `{"id":"ep_1","url":"https://hooks.example.test/a","disabled":false,"created_at":"2026-03-01T11:00:00Z","updated_at":"2026-03-01T11:00:00Z"}`
)

func testEndpoint(change ...func(*paylinks.Endpoint)) *paylinks.EndpointSecret {
	at := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	e := &paylinks.Endpoint{ID: "ep_1", URL: "https://hooks.example.test/a", Key: 1, CreatedAt: at, UpdatedAt: at}
	for _, c := range change {
		c(e)
	}
	return &paylinks.EndpointSecret{Endpoint: e, Secret: testSecret}
}

func testDelivery(id string) *paylinks.EventDelivery {
	at := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	return &paylinks.EventDelivery{
		ID: id, EndpointID: "ep_1", State: paylinks.DeliveryDead, CreatedAt: at, Tries: []paylinks.DeliveryTry{{At: at, Status: 500, Error: "answered 500"}},
		Event: paylinks.Event{ID: "evt_1", Type: paylinks.EventCaptured, PaylinkID: "plk_1", Sequence: 2, OccurredAt: at, Status: paylinks.StatusCaptured, Data: []byte(eventData)},
	}
}

func deliveryJSON(id string) string {
	return `{"id":"` + id + `","endpoint_id":"ep_1","state":"dead","tries":[{"at":"2026-03-01T11:00:00Z","status":500,"error":"answered 500"}],` +
		`"created_at":"2026-03-01T11:00:00Z","event":{"id":"evt_1","type":"paylink.captured","sequence":2,"occurred_at":"2026-03-01T11:00:00Z",` +
		`"paylink_id":"plk_1","status":"captured","data":` + eventData + `}}`
}

func TestAddEndpoint(t *testing.T) {
	t.Parallel()
	var got []paylinks.EndpointRequest
	svc := &fake{fakeEndpoints: fakeEndpoints{addEndpoint: func(_ context.Context, req paylinks.EndpointRequest) (*paylinks.EndpointSecret, error) {
		got = append(got, req)
		return testEndpoint(), nil
	}}}
	server, _ := newTestServer(t, svc)
	const body = `{"url":"https://hooks.example.test/a","types":["paylink.captured"],"org_app_ids":["shop-a"],"description":"ERP"}`
	w := call(t, server, http.MethodPost, endpointsPath, body, "Idempotency-Key", "k-1")
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	assertBody(t, `{"success":true,"endpoint":`+endpointJSON+`}`, w)
	want := paylinks.EndpointRequest{
		URL: "https://hooks.example.test/a", Description: "ERP", Types: []paylinks.EventType{paylinks.EventCaptured}, OrgApps: []string{"shop-a"},
	}
	require.Equal(t, []paylinks.EndpointRequest{want}, got)

	again := call(t, server, http.MethodPost, endpointsPath, body, "Idempotency-Key", "k-1")
	assert.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	assert.Equal(t, w.Body.String(), again.Body.String())
	require.Len(t, got, 1, "a repeated request adds no second endpoint")
	for _, kept := range svc.answers {
		assert.NotContains(t, string(kept.Body), "whsec_", "no secret is stored")
	}

	w = call(t, server, http.MethodPost, endpointsPath, `{"url":["https://a"]}`)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Equal(t, "validation_failed", errorOf(t, w))
}

func TestReadEndpoints(t *testing.T) {
	t.Parallel()
	svc := &fake{fakeEndpoints: fakeEndpoints{
		endpoints: func(ctx context.Context) ([]*paylinks.Endpoint, error) {
			assert.Equal(t, []string{"shop-a", "shop-b"}, paylinks.CallerFrom(ctx).OrgApps)
			return []*paylinks.Endpoint{testEndpoint().Endpoint}, nil
		},
		endpoint: func(_ context.Context, id string) (*paylinks.EndpointSecret, error) {
			if id != "ep_1" {
				return nil, &paylinks.Error{Code: paylinks.CodeNotFound, Outcome: paylinks.NotApplied, Message: "no such endpoint"}
			}
			return testEndpoint(), nil
		},
	}}
	server, out := newTestServer(t, svc)
	w := call(t, server, http.MethodGet, endpointsPath, "", "Authorization", "Bearer "+scopedToken)
	assertBody(t, `{"endpoints":[`+endpointJSON+`]}`, w)

	w = call(t, server, http.MethodGet, endpointsPath+"/ep_1", "", "Authorization", "Bearer "+readToken)
	assert.Equal(t, http.StatusOK, w.Code)
	assertBody(t, endpointJSON, w)

	w = call(t, server, http.MethodGet, endpointsPath+"/ep_2", "")
	assert.Equal(t, http.StatusNotFound, w.Code)
	assert.Equal(t, "not_found", errorOf(t, w))

	w = call(t, server, http.MethodGet, endpointsPath+"/ep_1/secret", "", "Authorization", "Bearer "+readToken)
	assert.Equal(t, http.StatusForbidden, w.Code, "who may only read can't forge events either")
	assert.NotContains(t, w.Body.String(), "whsec_")
	w = call(t, server, http.MethodGet, endpointsPath+"/ep_1/secret", "")
	assertBody(t, `{"id":"ep_1","secret":"`+testSecret+`"}`, w)
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	assert.NotContains(t, out.String(), testSecret)
}

func TestChangeEndpoints(t *testing.T) {
	t.Parallel()
	var done []string
	svc := &fake{fakeEndpoints: fakeEndpoints{
		rotateEndpoint: func(_ context.Context, id string) (*paylinks.EndpointSecret, error) {
			done = append(done, "rotate "+id)
			return testEndpoint(func(e *paylinks.Endpoint) { e.OldKeyUntil = time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC) }), nil
		},
		disableEndpoint: func(_ context.Context, id string, disabled bool) (*paylinks.EndpointSecret, error) {
			done = append(done, map[bool]string{true: "disable ", false: "enable "}[disabled]+id)
			return testEndpoint(func(e *paylinks.Endpoint) { e.Disabled = disabled }), nil
		},
		deleteEndpoint: func(_ context.Context, id string) error {
			done = append(done, "delete "+id)
			return nil
		},
	}}
	server, _ := newTestServer(t, svc)
	for action, want := range map[string]string{
		"rotate":  strings.Replace(endpointJSON, `"disabled":false`, `"disabled":false,"old_secret_until":"2026-03-02T11:00:00Z"`, 1),
		"disable": strings.Replace(endpointJSON, `"disabled":false`, `"disabled":true`, 1),
		"enable":  endpointJSON,
	} {
		w := call(t, server, http.MethodPost, endpointsPath+"/ep_1/"+action, "")
		assert.Equal(t, http.StatusOK, w.Code, action)
		assertBody(t, `{"success":true,"endpoint":`+want+`}`, w)
	}
	w := call(t, server, http.MethodDelete, endpointsPath+"/ep_1", "")
	assert.Equal(t, http.StatusNoContent, w.Code)
	assert.Empty(t, w.Body.String())
	assert.ElementsMatch(t, []string{"rotate ep_1", "disable ep_1", "enable ep_1", "delete ep_1"}, done)

	w = call(t, server, http.MethodPut, endpointsPath+"/ep_1", "")
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	assert.Equal(t, "DELETE, GET, HEAD", w.Header().Get("Allow"))
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	var got []paylinks.ListDeliveriesRequest
	svc := &fake{fakeEndpoints: fakeEndpoints{
		listDeliveries: func(_ context.Context, endpointID string, req paylinks.ListDeliveriesRequest) (paylinks.DeliveriesPage, error) {
			assert.Equal(t, "ep_1", endpointID)
			got = append(got, req)
			if req.Cursor != "" {
				return paylinks.DeliveriesPage{Deliveries: []*paylinks.EventDelivery{testDelivery("d1")}}, nil
			}
			return paylinks.DeliveriesPage{Deliveries: []*paylinks.EventDelivery{testDelivery("d3"), testDelivery("d2")}, NextCursor: "d2"}, nil
		},
		getDelivery: func(_ context.Context, endpointID, id string) (*paylinks.EventDelivery, error) {
			assert.Equal(t, "ep_1", endpointID)
			return testDelivery(id), nil
		},
		resend: func(_ context.Context, endpointID, id string) (*paylinks.EventDelivery, error) {
			assert.Equal(t, "ep_1", endpointID)
			return testDelivery(id), nil
		},
	}}
	server, _ := newTestServer(t, svc)
	const list = endpointsPath + "/ep_1/deliveries"
	assertBody(t, `{"deliveries":[`+deliveryJSON("d3")+`,`+deliveryJSON("d2")+`],"next_before":"d2"}`, call(t, server, http.MethodGet, list+"?limit=2&state=dead", ""))
	assertBody(t, `{"deliveries":[`+deliveryJSON("d1")+`]}`, call(t, server, http.MethodGet, list+"?limit=2&before=d2", ""))
	call(t, server, http.MethodGet, list, "")
	assert.Equal(t, []paylinks.ListDeliveriesRequest{{State: paylinks.DeliveryDead, Limit: 2}, {Cursor: "d2", Limit: 2}, {Limit: 50}}, got)
	for _, query := range []string{"limit=0", "limit=x", "before=%00"} {
		assert.Equal(t, http.StatusBadRequest, call(t, server, http.MethodGet, list+"?"+query, "").Code, query)
	}

	assertBody(t, deliveryJSON("d2"), call(t, server, http.MethodGet, list+"/d2", ""))
	w := call(t, server, http.MethodPost, list+"/d2/resend", "")
	assert.Equal(t, http.StatusAccepted, w.Code)
	assertBody(t, `{"success":true,"delivery":`+deliveryJSON("d2")+`}`, w)
}
