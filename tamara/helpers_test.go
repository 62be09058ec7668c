package tamara_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

const (
	testToken  = "eyJ0eXAiOiJKV1QifQ.bWVyY2hhbnQ.c2lnbmF0dXJl"
	notifyKey  = "7c1de2f3-9999-4aaa-8bbb-cccddd000111"
	checkoutID = "3b1f8a52-6c7d-4e8f-9a0b-1c2d3e4f5a6b"
	orderID    = "9e8d7c6b-5a49-4838-a726-15a4b3c2d1e0"

	sandbox = "https://api-sandbox.tamara.co"
	live    = "https://api.tamara.co"
)

// now is the time of a test that has one.
var now = time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC)

// exchange is a provider and the far end of its calls.
type exchange struct {
	*tamara.Provider
	mock *httpmock.MockTransport
	// sent are the requests made, and bodies their bodies.
	sent   []*http.Request
	bodies [][]byte
}

func newExchange(t *testing.T, change ...func(*tamara.Config)) *exchange {
	t.Helper()
	e := &exchange{mock: httpmock.NewMockTransport()}
	config := tamara.Config{
		APIToken: testToken, NotificationToken: notifyKey, Environment: tamara.Sandbox, HTTPClient: &http.Client{Transport: e.mock}, Retries: -1,
		Now: func() time.Time { return now },
	}
	for _, f := range change {
		f(&config)
	}
	provider, err := tamara.New(config)
	require.NoError(t, err)
	e.Provider = provider
	return e
}

func online(c *tamara.Config) { c.Flow = tamara.FlowOnline }

func qr(c *tamara.Config) { c.Flow, c.DeviceID = tamara.FlowQR, "4711" }

// reply is one answer of the far end.
type reply struct {
	status int
	body   string
}

// answer makes the far end answer a call. Any other call fails the test with "no responder found".
func (e *exchange) answer(method, url string, status int, body string) {
	e.answers(method, url, reply{status, body})
}

// answers makes the far end answer a call with each reply in turn, and then with the last one.
func (e *exchange) answers(method, url string, replies ...reply) {
	e.mock.RegisterResponder(method, url, func(req *http.Request) (*http.Response, error) {
		var sent []byte
		if req.Body != nil {
			var err error
			if sent, err = io.ReadAll(req.Body); err != nil {
				return nil, err
			}
		}
		e.sent, e.bodies = append(e.sent, req), append(e.bodies, sent)
		res := httpmock.NewStringResponse(replies[0].status, replies[0].body)
		res.Request = req
		if len(replies) > 1 {
			replies = replies[1:]
		}
		return res, nil
	})
}

// paths are the calls made, as "POST /orders/…".
func (e *exchange) paths() []string {
	var paths []string
	for _, req := range e.sent {
		paths = append(paths, req.Method+" "+req.URL.Path)
	}
	return paths
}

func money(t *testing.T, s string, c paylinks.Currency) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(s, c)
	require.NoError(t, err)
	return m
}

// ref is a stored link, of a flow where one is given.
func ref(t *testing.T, amount string, c paylinks.Currency, flow ...tamara.Flow) paylinks.Ref {
	t.Helper()
	r := paylinks.Ref{
		Reference: "op-1", OrderID: "ORDER-7", SessionID: checkoutID, PaymentID: orderID, Amount: money(t, amount, c),
	}
	if len(flow) > 0 {
		r.Flow = string(flow[0])
	}
	return r
}

// order is an order as Tamara answers it, with some fields replaced. A field replaced by nil is left out.
func order(t *testing.T, replace map[string]any) string {
	t.Helper()
	zero := sum("0")
	fields := map[string]any{
		"order_id": orderID, "order_reference_id": "op-1", "order_number": "ORDER-7", "status": "new", "description": "",
		"payment_type": "PAY_BY_FINANCE", "instalments": nil, "consumer": []any{}, "shipping_address": []any{}, "items": []any{},
		"total_amount": sum("250"), "captured_amount": zero, "refunded_amount": zero, "canceled_amount": zero, "discount_amount": []any{},
		"created_at": "2026-03-01T09:00:00.000Z", "settlement_date": nil, "store_code": "",
		"transactions":    map[string]any{"captures": []any{}, "refunds": []any{}, "cancels": []any{}},
		"additional_data": map[string]any{"from_in_store_payment_link": true},
	}
	return object(t, fields, replace)
}

func sum(amount string) map[string]any {
	return map[string]any{"amount": json.Number(amount), "currency": "SAR"}
}

func object(t *testing.T, fields, replace map[string]any) string {
	t.Helper()
	for name, value := range replace {
		fields[name] = value
		if value == nil {
			delete(fields, name)
		}
	}
	encoded, err := json.Marshal(fields)
	require.NoError(t, err)
	return string(encoded)
}

// providerError is err as what it must be.
func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	return e
}

// apiError is an error as Tamara answers it.
func apiError(code, data string) string {
	return `{"message":"Your order information is invalid","errors":[{"error_code":"` + code + `","data":` + data + `}],"data":[],"title":null,"screen_type":null}`
}

// conflict is the refusal of a change of state.
func conflict(from, to string) string {
	return apiError("transition_not_allowed", `{"order_id":"`+orderID+`","old_state":"`+from+`","new_state":"`+to+`"}`)
}
