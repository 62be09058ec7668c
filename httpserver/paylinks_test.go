package httpserver

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The published example works as it stands, in the published order.
func TestCreate(t *testing.T) {
	t.Parallel()
	var got paylinks.CreateRequest
	var caller paylinks.Caller
	svc := &fake{create: func(ctx context.Context, req paylinks.CreateRequest) (*paylinks.Paylink, error) {
		got, caller = req, paylinks.CallerFrom(ctx)
		return testLink(t), nil
	}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, linksPath, `{
		"provider": "tabby", "org_app_id": "shop-a", "order_id": "T-1", "amount": 75.10, "currency": "SAR", "description": "In-store",
		"buyer_phone": "0512345678", "tamara_extra": "x", "colour": "red", "metadata": {"till": "4"}
	}`, "Authorization", "bearer "+scopedToken, "Content-Type", "application/json; charset=utf-8")
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	assertBody(t, `{"success":true,"provider":"tabby","paylink_id":"plk_1","session_id":"ses_1","payment_id":"pay_1",`+
		`"checkout_url":"https://checkout.example.test/?session=1&lang=ar","qr_code_url":"https://pay.example.test/api/v1/providers/paylinks/plk_1/qr",`+
		`"status":"created","order_id":"T-1","delivery":"qr","amount":"75.00","currency":"SAR","provider_status":"CREATED",`+
		`"captured_amount":"0.00","refunded_amount":"0.00","metadata":{"till":"4"},"warnings":["unknown field \"colour\" was ignored"]}`, w)
	assert.Equal(t, paylinks.CreateRequest{
		Provider: "tabby", OrgAppID: "shop-a", OrderID: "T-1", Amount: "75.10", Currency: "SAR", Description: "In-store", BuyerPhone: "0512345678",
		Metadata: map[string]string{"till": "4"}, Options: map[string]string{"tamara_extra": "x"},
	}, got)
	assert.Equal(t, []string{"shop-a", "shop-b"}, caller.OrgApps)
	assert.NotEmpty(t, caller.ID)
}

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	large := `{"description":"` + strings.Repeat("x", 64<<10) + `"}`
	for name, test := range map[string]struct {
		body        string
		contentType string
		status      int
		code        string
	}{
		"not JSON":             {`{`, "application/json", 400, "invalid_json"},
		"a repeated key":       {`{"a":1,"a":1}`, "application/json", 400, "invalid_json"},
		"broken UTF-8":         {"{\"a\":\"\xff\"}", "application/json", 400, "invalid_json"},
		"trailing data":        {`{}{}`, "application/json", 400, "invalid_json"},
		"an array":             {`[]`, "application/json", 400, "invalid_json"},
		"a wrong type":         {`{"amount":true}`, "application/json", 400, "validation_failed"},
		"a form":               {`a=b`, "application/x-www-form-urlencoded", 415, "unsupported_media_type"},
		"no content type":      {`{}`, "", 415, "unsupported_media_type"},
		"a broken type":        {`{}`, "application/json; =", 415, "unsupported_media_type"},
		"a JSON of other sort": {`{}`, "application/jsonlines", 415, "unsupported_media_type"},
		"too large":            {large, "application/json", 413, "body_too_large"},
	} {
		server, _ := newTestServer(t, &fake{})
		for _, target := range []string{linksPath, linksPath + "/x/capture"} {
			w := call(t, server, http.MethodPost, target, test.body, "Content-Type", test.contentType)
			assert.Equal(t, test.status, w.Code, name)
			assert.Equal(t, test.code, errorOf(t, w), name)
		}
	}
}

// A body without a length is counted while it streams.
func TestAStreamedBodyIsBounded(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, linksPath, strings.NewReader(strings.Repeat(" ", 64<<10+1)))
	r.ContentLength = -1
	r.Header = http.Header{"Authorization": {"Bearer " + fullToken}, "Content-Type": {"application/json"}}
	w := httptest.NewRecorder()
	held(t, server).ServeHTTP(w, r)
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	assert.Equal(t, "body_too_large", errorOf(t, w))
}

// A body that says that it's too large isn't even read.
func TestABodyWithTooLargeALengthIsNotRead(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	body := strings.NewReader(strings.Repeat(" ", 64<<10+1))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, linksPath, body)
	r.Header = http.Header{"Authorization": {"Bearer " + fullToken}, "Content-Type": {"application/json"}}
	w := httptest.NewRecorder()
	held(t, server).ServeHTTP(w, r)
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	assert.Equal(t, 64<<10+1, body.Len())
}

func TestGet(t *testing.T) {
	t.Parallel()
	svc := &fake{get: func(_ context.Context, id string) (*paylinks.Paylink, error) {
		assert.Equal(t, "plk_1", id)
		link := testLink(t)
		link.Stale, link.RefreshedAt = true, time.Date(2026, 3, 1, 11, 2, 0, 0, time.UTC)
		return link, nil
	}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodGet, linksPath+"/plk_1", "")
	assert.Equal(t, http.StatusOK, w.Code)
	assertBody(t, `{"id":"plk_1","provider":"tabby","org_app_id":"shop-a","order_id":"T-1","status":"created","amount":"75.00","currency":"SAR",`+
		`"checkout_url":"https://checkout.example.test/?session=1&lang=ar","qr_code_url":"https://pay.example.test/api/v1/providers/paylinks/plk_1/qr",`+
		`"session_id":"ses_1","payment_id":"pay_1","delivery":"qr","provider_status":"CREATED","captured_amount":"0.00","refunded_amount":"0.00",`+
		`"metadata":{"till":"4"},"created_at":"2026-03-01T11:00:00Z","refreshed_at":"2026-03-01T11:02:00Z","stale":true}`, w)
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	var got paylinks.ListRequest
	svc := &fake{list: func(_ context.Context, req paylinks.ListRequest) (paylinks.Page, error) {
		got = req
		return paylinks.Page{Paylinks: []*paylinks.Paylink{testLink(t)}, NextCursor: "next"}, nil
	}}
	server, _ := newTestServer(t, svc)

	w := call(t, server, http.MethodGet, linksPath, "")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, paylinks.ListRequest{Limit: 50}, got)
	assert.Contains(t, w.Body.String(), `{"paylinks":[{"id":"plk_1",`)
	assert.Contains(t, w.Body.String(), `"next_cursor":"next"}`)

	w = call(t, server, http.MethodGet, linksPath+"?provider=tabby&org_app_id=shop-a&status=partially_captured&order_id=T-1&limit=200&cursor=c"+
		"&created_from=2026-03-01T00:00:00Z&created_to=2026-03-02T03:00:00%2B03:00&other=ignored", "")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.True(t, got.CreatedTo.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)))
	got.CreatedTo = time.Time{}
	assert.Equal(t, paylinks.ListRequest{
		Provider: "tabby", OrgAppID: "shop-a", Status: paylinks.StatusPartiallyCaptured, OrderID: "T-1", Limit: 200, Cursor: "c",
		CreatedFrom: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	}, got)
}

func TestListRefusesWrongFilters(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{list: func(context.Context, paylinks.ListRequest) (paylinks.Page, error) {
		assert.Fail(t, "the Service isn't asked")
		return paylinks.Page{}, nil
	}})
	for query, fields := range map[string][]string{
		"status=paid":                            {"status"},
		"status=unknown":                         {"status"},
		"limit=0":                                {"limit"},
		"limit=201":                              {"limit"},
		"limit=-1":                               {"limit"},
		"limit=ten":                              {"limit"},
		"limit=1e2":                              {"limit"},
		"created_from=yesterday":                 {"created_from"},
		"created_to=2026-03-01":                  {"created_to"},
		"order_id=%00":                           {"order_id"},
		"provider=%ff":                           {"provider"},
		"created_from=x&created_to=y&limit=1000": {"created_from", "created_to", "limit"},
	} {
		w := call(t, server, http.MethodGet, linksPath+"?"+query, "")
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Equal(t, "validation_failed", errorOf(t, w), query)
		for _, field := range fields {
			assert.Contains(t, w.Body.String(), `"field":"`+field+`"`, query)
		}
	}
}

func TestCapture(t *testing.T) {
	t.Parallel()
	var got paylinks.CaptureRequest
	svc := &fake{capture: func(_ context.Context, id string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
		got = req
		return &paylinks.CaptureResult{
			PaylinkID: id, Provider: "tabby", PaymentID: "pay_1", ProviderStatus: "CLOSED", Status: paylinks.StatusCaptured,
			Amount: sar(t, "75"), Captured: sar(t, "75"), ReferenceID: req.ReferenceID,
		}, nil
	}}
	server, _ := newTestServer(t, svc)
	for _, body := range []string{"", "{}", " \n"} {
		w := call(t, server, http.MethodPost, linksPath+"/plk_1/capture", body)
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
		assert.Equal(t, paylinks.CaptureRequest{}, got)
		assertBody(t, `{"success":true,"provider":"tabby","paylink_id":"plk_1","payment_id":"pay_1","status":"CLOSED","amount":"75.00",`+
			`"paylink_status":"captured","captured_amount":"75.00","currency":"SAR","provider_status":"CLOSED"}`, w)
	}

	w := call(t, server, http.MethodPost, linksPath+"/plk_1/capture", `{"amount":"10.00","reference_id":"cap-1","amonut":1}`)
	assert.Equal(t, paylinks.CaptureRequest{Amount: "10.00", ReferenceID: "cap-1"}, got)
	assert.Contains(t, w.Body.String(), `"reference_id":"cap-1"`)
	assert.Contains(t, w.Body.String(), `"warnings":["unknown field \"amonut\" was ignored"]`)
}

func TestCancelRefundSend(t *testing.T) {
	t.Parallel()
	svc := &fake{
		cancel: func(_ context.Context, id string, _ paylinks.Status) (*paylinks.CancelResult, error) {
			return &paylinks.CancelResult{PaylinkID: id, Provider: "mispay", Status: paylinks.StatusCancelled, CancelledHere: true}, nil
		},
		refund: func(_ context.Context, id string, req paylinks.RefundRequest) (*paylinks.RefundResult, error) {
			assert.Equal(t, paylinks.RefundRequest{Amount: "5", ReferenceID: "back-1", Reason: "broken"}, req)
			return &paylinks.RefundResult{
				PaylinkID: id, Provider: "tabby", PaymentID: "pay_1", RefundID: "ref_1", ProviderStatus: "CLOSED", Status: paylinks.StatusPartiallyRefunded,
				Amount: sar(t, "5"), Refunded: sar(t, "7.5"), ReferenceID: req.ReferenceID,
			}, nil
		},
		send: func(_ context.Context, id string, _ paylinks.SendRequest) (*paylinks.SendResult, error) {
			return &paylinks.SendResult{PaylinkID: id, Provider: "tabby", Delivery: paylinks.DeliverySMS, SentTo: "+9665*****78"}, nil
		},
	}
	server, _ := newTestServer(t, svc)
	for action, test := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"cancel": {"", 200, `{"success":true,"paylink_id":"plk_1","provider":"mispay","status":"cancelled","provider_cancelled":false}`},
		"refund": {
			`{"amount":5,"reference_id":"back-1","reason":"broken"}`, 200,
			`{"success":true,"provider":"tabby","paylink_id":"plk_1","payment_id":"pay_1","refund_id":"ref_1","status":"CLOSED","paylink_status":"partially_refunded",` +
				`"amount":"5.00","refunded_amount":"7.50","currency":"SAR","reference_id":"back-1","provider_status":"CLOSED"}`,
		},
		"send": {"{}", 202, `{"success":true,"provider":"tabby","paylink_id":"plk_1","delivery":"sms","sent_to":"+9665*****78"}`},
	} {
		w := call(t, server, http.MethodPost, linksPath+"/plk_1/"+action, test.body)
		assert.Equal(t, test.status, w.Code, action)
		assertBody(t, test.want, w)
	}
}

func TestARejectedBuyer(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) {
		return nil, &paylinks.Error{
			Code: paylinks.CodeBuyerRejected, Outcome: paylinks.NotApplied, Message: "no", Provider: "tabby", PaylinkID: "plk_1", Status: paylinks.StatusRejected,
			Reason: "order_amount_too_high", Messages: &paylinks.Messages{EN: "Sorry", AR: "نأسف"},
		}
	}})
	w := call(t, server, http.MethodPost, linksPath, createBody)
	assert.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assertBody(t, `{"success":false,"error":{"code":"buyer_rejected","message":"no","provider":"tabby","outcome":"not_applied","reason":"order_amount_too_high",`+
		`"messages":{"en":"Sorry","ar":"نأسف"},"paylink_id":"plk_1","status":"rejected"},"request_id":"req_made"}`, w)
}
