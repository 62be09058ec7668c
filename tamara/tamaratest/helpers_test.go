package tamaratest_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

type object = map[string]any

// start is the simulator's time in the tests. It stands still unless moved.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// api is a simulator and a merchant's plain HTTP client of it.
type api struct {
	*tamaratest.Server
	t      *testing.T
	url    string
	client *http.Client
}

func newAPI(t *testing.T, config tamaratest.Config) *api {
	t.Helper()
	config.Now = func() time.Time { return start }
	simulator := tamaratest.New(config)
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	// A client of its own: closing a test server cuts the idle connections of the shared one.
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &api{Server: simulator, t: t, url: server.URL, client: client}
}

// do makes a call with the headers that are usual, changed by the given ones: "" removes. A redirect answers its location.
func (a *api) do(method, path, body string, headers map[string]string) (int, string) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	require.NoError(a.t, err)
	usual := map[string]string{"Authorization": "Bearer " + tamaratest.APIToken, "Content-Type": "application/json", "X-Device-Id": "4711"}
	maps.Copy(usual, headers)
	for name, value := range usual {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := a.client.Do(req)
	require.NoError(a.t, err)
	defer func() { assert.NoError(a.t, res.Body.Close()) }()
	answer, err := io.ReadAll(res.Body)
	require.NoError(a.t, err)
	if location := res.Header.Get("Location"); location != "" {
		return res.StatusCode, location
	}
	return res.StatusCode, strings.TrimSpace(string(answer))
}

// call makes a call with a JSON object as its answer.
func (a *api) call(method, path, body string) (int, object) {
	a.t.Helper()
	status, text := a.do(method, path, body, nil)
	var answer object
	require.NoError(a.t, json.Unmarshal([]byte(text), &answer), "%s", text)
	return status, answer
}

// ok makes a call that succeeds.
func (a *api) ok(method, path, body string) object {
	a.t.Helper()
	status, answer := a.call(method, path, body)
	require.Equal(a.t, http.StatusOK, status, "%v", answer)
	return answer
}

// refused makes a call that is answered with this status and error code, in Tamara's form.
func (a *api) refused(method, path, body string, status int, code string) object {
	a.t.Helper()
	got, answer := a.call(method, path, body)
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

// set changes the field at a dotted path of a request; nil removes it. "items" means the first item.
func set(o object, path string, value any) object {
	names := strings.Split(path, ".")
	at := o
	for _, name := range names[:len(names)-1] {
		if list, ok := at[name].([]any); ok {
			at, _ = list[0].(object)
			continue
		}
		at, _ = at[name].(object)
	}
	last := names[len(names)-1]
	if value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return o
}

func encode(t *testing.T, v any) string {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	return string(body)
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
	answer := a.ok(http.MethodPost, path, encode(a.t, request))
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
