package tabbytest_test

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

	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

type object = map[string]any

// start is the simulator's time in the tests. It stands still unless moved.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// api is a simulator and a merchant's plain HTTP client of it.
type api struct {
	*tabbytest.Server
	t      *testing.T
	url    string
	client *http.Client
}

func newAPI(t *testing.T, config tabbytest.Config) *api {
	t.Helper()
	config.Now = func() time.Time { return start }
	simulator := tabbytest.New(config)
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	// A client of its own: closing a test server cuts the idle connections of the shared one.
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &api{Server: simulator, t: t, url: server.URL, client: client}
}

// do makes a call with the headers that are usual, changed by the given ones: "" removes.
func (a *api) do(method, path, body string, headers map[string]string) (int, string) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	require.NoError(a.t, err)
	usual := map[string]string{"Authorization": "Bearer " + tabbytest.SecretKey, "Content-Type": "application/json"}
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

// refused makes a call that is answered with this status and text, in Tabby's form.
func (a *api) refused(method, path, body string, status int, text string) {
	a.t.Helper()
	got, answer := a.call(method, path, body)
	assert.Equal(a.t, status, got)
	assert.Equal(a.t, "error", answer["status"])
	assert.NotEmpty(a.t, answer["errorType"])
	assert.Equal(a.t, text, answer["error"])
}

// request is a checkout request that is right.
func request() object {
	return object{
		"payment": object{
			"amount": "150.00", "currency": "SAR", "description": "Coffee",
			"buyer": object{"name": "Noura", "email": "noura@example.com", "phone": "+966500000001"},
			"order": object{
				"reference_id": "POS-1", "tax_amount": "0.00",
				"items": []any{object{"title": "Coffee", "quantity": 1, "unit_price": "150.00", "category": "Drinks"}},
			},
			"meta": object{"ours": "m-1"},
		},
		"lang": "en", "merchant_code": "SA",
		"merchant_urls": object{"success": "https://shop.example/s", "cancel": "https://shop.example/c?a=1", "failure": "https://shop.example/f"},
	}
}

// set changes the field at a dotted path of a request; nil removes it.
func set(o object, path string, value any) object {
	names := strings.Split(path, ".")
	at := o
	for _, name := range names[:len(names)-1] {
		if name == "items" {
			at = at["items"].([]any)[0].(object)
			continue
		}
		at = at[name].(object)
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

// create makes a session of a request that is right.
func (a *api) create(request object) (payment, session string) {
	a.t.Helper()
	status, answer := a.call(http.MethodPost, "/api/v2/checkout", encode(a.t, request))
	require.Equal(a.t, 200, status, "%v", answer)
	return answer["payment"].(object)["id"].(string), answer["id"].(string)
}

// paid makes a payment of 150 SAR that is authorized.
func (a *api) paid() (payment string) {
	a.t.Helper()
	payment, _ = a.create(request())
	require.NoError(a.t, a.Pay(payment))
	return payment
}

func (a *api) payment(id string) object {
	a.t.Helper()
	status, answer := a.call(http.MethodGet, "/api/v2/payments/"+id, "")
	require.Equal(a.t, 200, status)
	return answer
}
