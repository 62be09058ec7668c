package tabbytest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/internal/merchanttest"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

type object = jsontest.Object

// start is the simulator's time in the tests. It stands still unless moved.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// api is a simulator and a merchant who calls it.
type api struct {
	*tabbytest.Server
	*merchanttest.Merchant
	t *testing.T
}

func newAPI(t *testing.T, config tabbytest.Config) *api {
	t.Helper()
	config.Now = func() time.Time { return start }
	simulator := tabbytest.New(config)
	usual := map[string]string{"Authorization": "Bearer " + tabbytest.SecretKey, "Content-Type": "application/json"}
	return &api{Server: simulator, Merchant: merchanttest.New(t, simulator, usual), t: t}
}

// refused makes a call that is answered with this status and text, in Tabby's form.
func (a *api) refused(method, path, body string, status int, text string) {
	a.t.Helper()
	got, answer := a.Call(method, path, body)
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

// create makes a session of a request that is right.
func (a *api) create(request object) (payment, session string) {
	a.t.Helper()
	status, answer := a.Call(http.MethodPost, "/api/v2/checkout", jsontest.Encode(a.t, request))
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
	status, answer := a.Call(http.MethodGet, "/api/v2/payments/"+id, "")
	require.Equal(a.t, 200, status)
	return answer
}
