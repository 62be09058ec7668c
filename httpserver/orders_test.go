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

// fakeOrders is the part of fake that is about orders.
type fakeOrders struct {
	createOrder  func(ctx context.Context, req paylinks.OrderRequest) (*paylinks.OrderResult, error)
	getOrder     func(ctx context.Context, orderID string) (*paylinks.OrderResult, error)
	listOrders   func(ctx context.Context, req paylinks.ListOrdersRequest) (paylinks.OrdersPage, error)
	nextProvider func(ctx context.Context, orderID string, req paylinks.NextRequest) (*paylinks.OrderResult, error)
}

func (f *fakeOrders) CreateOrder(ctx context.Context, req paylinks.OrderRequest) (*paylinks.OrderResult, error) {
	return f.createOrder(ctx, req)
}

func (f *fakeOrders) GetOrder(ctx context.Context, orderID string) (*paylinks.OrderResult, error) {
	return f.getOrder(ctx, orderID)
}

func (f *fakeOrders) ListOrders(ctx context.Context, req paylinks.ListOrdersRequest) (paylinks.OrdersPage, error) {
	return f.listOrders(ctx, req)
}

func (f *fakeOrders) NextProvider(ctx context.Context, orderID string, req paylinks.NextRequest) (*paylinks.OrderResult, error) {
	return f.nextProvider(ctx, orderID, req)
}

const (
	ordersPath = "/api/v1/payments/orders"
	orderBody  = `{
		"providers": ["tabby", "tamara", "mispay"], "org_app_ids": {"tabby": "shop-a"},
		"order": {"order_id": "T-1", "total_amount": 75.00, "currency": "SAR", "line_items": [{"sku": "S-1", "name": "Cap", "qty": 3, "price": "25.00"}]},
		"buyer_name": "Noura Q", "buyer_email": "noura@example.test", "buyer_phone": "0512345678", "lang": "ar"
	}`
)

// testOrder is an order whose second provider has accepted.
func testOrder(t *testing.T) *paylinks.OrderResult {
	t.Helper()
	bnpl := func(id string) paylinks.OrderProvider {
		return paylinks.OrderProvider{Provider: id, Kind: paylinks.KindBNPL, OrgAppID: "shop-" + id, AppSlug: id + "-pos-paylinks"}
	}
	return &paylinks.OrderResult{
		Order: &paylinks.Order{
			ID: "ord_1", OrderID: "T-1", Amount: sar(t, "75"), Status: paylinks.OrderPending, ActiveGateway: "tabby", PaylinkID: "plk_1", OpenPaylink: true,
			Buyer: paylinks.Buyer{Name: "Noura Q", Email: "noura@example.test", Phone: "+966512345678"},
			Providers: []paylinks.OrderProvider{
				bnpl("tamara"), bnpl("tabby"), bnpl("mispay"),
			},
			Attempts: []paylinks.OrderAttempt{
				{Provider: "tamara", OrgAppID: "shop-tamara", PaylinkID: "plk_0", Outcome: paylinks.AttemptRejected, Reason: "not_approved", Walk: "create"},
				{Provider: "tabby", OrgAppID: "shop-tabby", PaylinkID: "plk_1", Outcome: paylinks.AttemptAccepted, Walk: "create"},
			},
			CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 3, 1, 11, 0, 1, 0, time.UTC),
		},
		Paylink:  testLink(t),
		Warnings: []string{`unsupported provider "zeta" was skipped`},
	}
}

const orderData = `{"order_id":"T-1","accepted_gateways":["tamara","tabby","mispay"],"active_gateway":"tabby","app_slug":"tabby-pos-paylinks",` +
	`"execute_endpoint":"/api/v2/checkout","execute_method":"POST","next_action":"execute_or_send_payment_link","status":"pending",`

const orderLink = `"paylink":{"success":true,"provider":"tabby","paylink_id":"plk_1","session_id":"ses_1","payment_id":"pay_1",` +
	`"checkout_url":"https://checkout.example.test/?session=1&lang=ar","qr_code_url":"https://pay.example.test/api/v1/providers/paylinks/plk_1/qr",` +
	`"status":"created","order_id":"T-1","delivery":"qr","amount":"75.00","currency":"SAR","provider_status":"CREATED",` +
	`"captured_amount":"0.00","refunded_amount":"0.00","metadata":{"till":"4"}},`

const orderRest = `"attempts":[{"provider":"tamara","outcome":"rejected","org_app_id":"shop-tamara","paylink_id":"plk_0","reason":"not_approved"},` +
	`{"provider":"tabby","outcome":"accepted","org_app_id":"shop-tabby","paylink_id":"plk_1"}],"paylink_id":"plk_1","total_amount":"75.00","currency":"SAR",` +
	`"created_at":"2026-03-01T11:00:00Z","updated_at":"2026-03-01T11:00:01Z"}`

// The contract's example works as it stands, in the contract's order.
func TestCreateAnOrder(t *testing.T) {
	t.Parallel()
	var got paylinks.OrderRequest
	var caller paylinks.Caller
	svc := &fake{fakeOrders: fakeOrders{createOrder: func(ctx context.Context, req paylinks.OrderRequest) (*paylinks.OrderResult, error) {
		got, caller = req, paylinks.CallerFrom(ctx)
		return testOrder(t), nil
	}}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, ordersPath, orderBody, "Authorization", "Bearer "+scopedToken)
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	assertBody(t, `{"success":true,"message":"The payment link is ready at tabby","data":`+orderData+orderLink+orderRest+
		`,"warnings":["unsupported provider \"zeta\" was skipped"]}`, w)
	assert.Len(t, got.Catalogue, len(catalogue()))
	got.Catalogue = nil
	assert.Equal(t, paylinks.OrderRequest{
		Providers: []string{"tabby", "tamara", "mispay"}, OrgAppIDs: map[string]string{"tabby": "shop-a"}, OrderID: "T-1", Amount: "75.00", Currency: "SAR",
		Items:     []paylinks.ItemRequest{{SKU: "S-1", Name: "Cap", Quantity: 3, UnitPrice: "25.00"}},
		BuyerName: "Noura Q", BuyerEmail: "noura@example.test", BuyerPhone: "0512345678", Lang: "ar",
	}, got)
	assert.Equal(t, []string{"shop-a", "shop-b"}, caller.OrgApps)
}

func TestOrderBodiesThatAreWrong(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for body, fields := range map[string][]string{
		`{"providers": "tabby"}`:                             {"providers"},
		`{"providers": ["tabby", 1, null]}`:                  {"providers[1]", "providers[2]"},
		`{"org_app_ids": ["a"], "order": []}`:                {"org_app_ids", "order"},
		`{"org_app_ids": {"tabby": 1}}`:                      {"org_app_ids.tabby"},
		`{"order": {"total_amount": true, "currency": 1}}`:   {"order.total_amount", "order.currency"},
		`{"order": {"total_amount": 1e2}}`:                   {"order.total_amount"},
		`{"order": {"line_items": [{"qty": 1.5}]}}`:          {"order.line_items[0].qty"},
		`{"order": {"line_items": [{"price": [], "x": 1}]}}`: {"order.line_items[0].price"},
	} {
		w := call(t, server, http.MethodPost, ordersPath, body)
		assert.Equal(t, http.StatusBadRequest, w.Code, body)
		assert.Equal(t, "validation_failed", errorOf(t, w), body)
		for _, field := range fields {
			assert.Contains(t, w.Body.String(), `"field":"`+field+`"`, body)
		}
	}
	w := call(t, server, http.MethodPost, ordersPath+"/T-1/next", `{"cancel_current": "yes"}`)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), `"field":"cancel_current"`)
}

func TestAnOrderThatNobodyAccepts(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{fakeOrders: fakeOrders{createOrder: func(context.Context, paylinks.OrderRequest) (*paylinks.OrderResult, error) {
		return nil, &paylinks.Error{
			Code: paylinks.CodeBuyerRejected, Outcome: paylinks.NotApplied, Message: "no", Provider: "tabby", PaylinkID: "plk_1", Status: paylinks.StatusRejected,
			Reason: "not_available", OrderID: "T-1", Attempts: []paylinks.OrderAttempt{
				{Provider: "tamara", Outcome: paylinks.AttemptSkipped, Reason: "no_app"},
				{Provider: "tabby", OrgAppID: "shop-a", PaylinkID: "plk_1", Outcome: paylinks.AttemptRejected, Reason: "not_available", Walk: "create"},
			},
		}
	}}})
	w := call(t, server, http.MethodPost, ordersPath, orderBody)
	assert.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assertBody(t, `{"success":false,"error":{"code":"buyer_rejected","message":"no","provider":"tabby","outcome":"not_applied","reason":"not_available",`+
		`"paylink_id":"plk_1","status":"rejected","order_id":"T-1","attempts":[{"provider":"tamara","outcome":"skipped","reason":"no_app"},`+
		`{"provider":"tabby","outcome":"rejected","org_app_id":"shop-a","paylink_id":"plk_1","reason":"not_available"}]},"request_id":"req_made"}`, w)
}

func TestGetAnOrder(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{fakeOrders: fakeOrders{getOrder: func(_ context.Context, id string) (*paylinks.OrderResult, error) {
		if id != "POS/77" {
			return nil, &paylinks.Error{Code: paylinks.CodeNotFound, Outcome: paylinks.NotApplied, Message: "no such order"}
		}
		return testOrder(t), nil
	}}})
	w := call(t, server, http.MethodGet, ordersPath+"/POS%2F77", "")
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	assertBody(t, orderData+orderLink+orderRest, w)

	w = call(t, server, http.MethodGet, ordersPath+"/other", "")
	assert.Equal(t, http.StatusNotFound, w.Code)
	assert.Equal(t, "not_found", errorOf(t, w))
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	var got paylinks.ListOrdersRequest
	server, _ := newTestServer(t, &fake{fakeOrders: fakeOrders{listOrders: func(_ context.Context, req paylinks.ListOrdersRequest) (paylinks.OrdersPage, error) {
		got = req
		return paylinks.OrdersPage{Orders: []*paylinks.Order{testOrder(t).Order}, NextCursor: "more"}, nil
	}}})
	w := call(t, server, http.MethodGet, ordersPath+"?status=paid&created_from=2026-03-01T00:00:00Z&created_to=2026-03-02T00:00:00Z&limit=7&cursor=c", "")
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	assertBody(t, `{"orders":[`+orderData+orderRest+`],"next_cursor":"more"}`, w)
	assert.Equal(t, paylinks.ListOrdersRequest{
		Status: paylinks.OrderPaid, CreatedFrom: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), CreatedTo: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		Limit: 7, Cursor: "c",
	}, got)
	for _, query := range []string{"status=created", "limit=0", "limit=201", "created_from=x"} {
		w := call(t, server, http.MethodGet, ordersPath+"?"+query, "")
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
	}
}

func TestTheNextProviderOfAnOrder(t *testing.T) {
	t.Parallel()
	var got paylinks.NextRequest
	server, _ := newTestServer(t, &fake{fakeOrders: fakeOrders{nextProvider: func(_ context.Context, id string, req paylinks.NextRequest) (*paylinks.OrderResult, error) {
		assert.Equal(t, "T-1", id)
		got = req
		return testOrder(t), nil
	}}})
	for body, cancel := range map[string]bool{"": false, "{}": false, `{"cancel_current": false}`: false, `{"cancel_current": true}`: true} {
		w := call(t, server, http.MethodPost, ordersPath+"/T-1/next", body)
		require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
		assert.Equal(t, cancel, got.CancelCurrent, body)
		assert.Empty(t, got.IdempotencyKey)
	}
	w := call(t, server, http.MethodPost, ordersPath+"/T-1/next", "", "Idempotency-Key", "k")
	require.Equal(t, http.StatusCreated, w.Code)
	assert.NotEmpty(t, got.IdempotencyKey)
}

// A buyer whom everybody rejects is a final answer for its key. An order that exists isn't, nor is one whose outcome isn't known.
func TestWhichAnswersToAnOrderAreKept(t *testing.T) {
	t.Parallel()
	for code, state := range map[paylinks.Code]string{
		paylinks.CodeBuyerRejected: "kept", paylinks.CodeOrderExists: "free", paylinks.CodeNoUsableProvider: "free",
		paylinks.CodeProviderUnavailable: "free", paylinks.CodeProviderTimeout: "bound", "": "kept",
	} {
		svc := &fake{}
		svc.createOrder = func(context.Context, paylinks.OrderRequest) (*paylinks.OrderResult, error) {
			if code == "" {
				return testOrder(t), nil
			}
			return nil, &paylinks.Error{Code: code, Outcome: paylinks.NotApplied}
		}
		server, _ := newTestServer(t, svc)
		call(t, server, http.MethodPost, ordersPath, orderBody, "Idempotency-Key", "k")
		assert.Equal(t, state, svc.state(), code)
	}
}
