package tamaratest_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/internal/merchanttest"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

type object = jsontest.Object

// start is the simulator's time in the tests. It stands still unless moved.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// api is a simulator and a merchant who calls it.
type api struct {
	*tamaratest.Server
	*merchanttest.Merchant
	t *testing.T
}

func newAPI(t *testing.T, config tamaratest.Config) *api {
	t.Helper()
	config.Now = func() time.Time { return start }
	simulator := tamaratest.New(config)
	usual := map[string]string{"Authorization": "Bearer " + tamaratest.APIToken, "Content-Type": "application/json", "X-Device-Id": "4711"}
	return &api{Server: simulator, Merchant: merchanttest.New(t, simulator, usual), t: t}
}

// ok makes a call that succeeds.
func (a *api) ok(method, path, body string) object {
	a.t.Helper()
	status, answer := a.Call(method, path, body)
	require.Equal(a.t, http.StatusOK, status, "%v", answer)
	return answer
}

// refused makes a call that is answered with this status and error code, in Tamara's form.
func (a *api) refused(method, path, body string, status int, code string) object {
	a.t.Helper()
	got, answer := a.Call(method, path, body)
	assert.Equal(a.t, status, got)
	assert.NotEmpty(a.t, answer["message"])
	assert.Equal(a.t, object{}, answer["data"])
	for _, member := range []string{"title", "screen_type"} {
		assert.Contains(a.t, answer, member)
		assert.Nil(a.t, answer[member])
	}
	if code == "" {
		return nil
	}
	list, ok := answer["errors"].([]any)
	require.True(a.t, ok, "%v", answer)
	first, ok := list[0].(object)
	require.True(a.t, ok)
	assert.Equal(a.t, code, first["error_code"])
	data, _ := first["data"].(object)
	return data
}

func money(amount any, currency string) object { return object{"amount": amount, "currency": currency} }

func item(total object) object {
	return object{"reference_id": "1", "type": "Digital", "name": "Coffee", "sku": "C-1", "quantity": 1, "total_amount": total}
}

// sms is a right request of the session in a shop.
func sms() object {
	return object{
		"total_amount": money(230.5, "SAR"), "phone_number": "966544337866", "order_reference_id": "op-1", "order_number": "POS-1",
		"items": []any{item(money(230.5, "SAR"))}, "locale": "en_US", "additional_data": object{"store_code": "Branch A"},
	}
}

// qr is a right request of the QR session.
func qr() object {
	return object{"amount": money(100, "SAR"), "platform": "TEST_POS_QR", "order_reference_id": "op-1", "locale": "ar_SA"}
}

// online is a right request of the online session.
func online() object {
	o := sms()
	delete(o, "phone_number")
	maps.Copy(o, object{
		"shipping_amount": money(0, "SAR"), "tax_amount": money("0.00", "SAR"), "country_code": "SA", "description": "Coffee",
		"consumer":         object{"first_name": "Noura", "last_name": "Salem", "phone_number": "544337866", "email": "noura@shop.example"},
		"merchant_url":     object{"success": "https://shop.example/s", "failure": "https://shop.example/f", "cancel": "https://shop.example/c?a=1"},
		"shipping_address": object{"first_name": "Noura", "last_name": "Salem", "line1": "N/A", "city": "N/A", "country_code": "SA"},
	})
	return o
}

// The paths of the three sessions.
const (
	smsPath    = "/checkout/in-store-session"
	qrPath     = "/checkout/in-store"
	onlinePath = "/checkout"
)

// order makes an order in a shop, or online, and returns its ids.
func (a *api) order(path string, request object) (id, checkout string) {
	a.t.Helper()
	answer := a.ok(http.MethodPost, path, jsontest.Encode(a.t, request))
	id, _ = answer["order_id"].(string)
	checkout, _ = answer["checkout_id"].(string)
	return id, checkout
}

// paid makes an order that is paid.
func (a *api) paid(path string, request object) string {
	a.t.Helper()
	id, _ := a.order(path, request)
	require.NoError(a.t, a.Pay(id))
	return id
}

func (a *api) status(id string) string {
	a.t.Helper()
	order, err := a.Order(id)
	require.NoError(a.t, err)
	return order.Status
}

// amountBody is the body of a capture, refund or cancellation.
func amountBody(amount string, more ...string) string {
	return `{"total_amount":{"amount":` + amount + `,"currency":"SAR"}` + strings.Join(more, "") + `}`
}

func captureBody(id, amount string) string {
	return amountBody(amount, `,"order_id":"`+id+`","shipping_info":{"shipped_at":"2026-03-01T12:00:00Z","shipping_company":"N/A"}`)
}
