package tamara_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/internal/jsontest"
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

// reply is one answer of the far end.
type reply = exchangetest.Reply

// The words that all providers' tests share.
var (
	says          = exchangetest.Says
	money         = exchangetest.Money
	providerError = exchangetest.ProviderError
	refused       = exchangetest.Refused
)

// exchange is a provider and the far end of its calls.
type exchange struct {
	*tamara.Provider
	*exchangetest.FarEnd
}

func newExchange(t *testing.T, change ...func(*tamara.Config)) *exchange {
	t.Helper()
	e := &exchange{FarEnd: exchangetest.New("")}
	config := tamara.Config{
		APIToken: testToken, NotificationToken: notifyKey, Environment: tamara.Sandbox, HTTPClient: e.Client(), Retries: -1,
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
	return jsontest.Replaced(t, fields, replace)
}

func sum(amount string) map[string]any {
	return map[string]any{"amount": json.Number(amount), "currency": "SAR"}
}

// apiError is an error as Tamara answers it.
func apiError(code, data string) string {
	return `{"message":"Your order information is invalid","errors":[{"error_code":"` + code + `","data":` + data + `}],"data":[],"title":null,"screen_type":null}`
}

// conflict is the refusal of a change of state.
func conflict(from, to string) string {
	return apiError("transition_not_allowed", `{"order_id":"`+orderID+`","old_state":"`+from+`","new_state":"`+to+`"}`)
}
