package tabbytest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

func TestASessionHasTwoIDsAndAPage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	status, answer := a.Call(http.MethodPost, "/api/v2/checkout", jsontest.Encode(t, request()))
	require.Equal(t, 200, status)
	assert.Equal(t, "created", answer["status"])

	payment, session := answer["payment"].(object), answer["id"].(string)
	assert.NotEqual(t, session, payment["id"])
	assert.Equal(t, "CREATED", payment["status"])
	assert.Equal(t, "150", payment["amount"], "trailing zeros are dropped")
	assert.Equal(t, "0", payment["order"].(object)["tax_amount"])
	assert.Equal(t, true, payment["is_test"])
	assert.Equal(t, "2026-03-01T12:20:00Z", payment["expires_at"])
	assert.Equal(t, object{"ours": "m-1"}, payment["meta"])

	offer := answer["configuration"].(object)["available_products"].(object)["installments"].([]any)[0].(object)
	assert.Equal(t, a.URL+"/checkout/"+session, offer["web_url"])
	status, picture := a.Do(http.MethodGet, strings.TrimPrefix(offer["qr_code"].(string), a.URL), "", map[string]string{"Authorization": ""})
	assert.Equal(t, 200, status)
	assert.True(t, strings.HasPrefix(picture, "\x89PNG"))

	status, again := a.Call(http.MethodGet, "/api/v2/checkout/"+session, "")
	assert.Equal(t, 200, status)
	assert.Equal(t, answer, again)
}

func TestLinksStartWithTheBaseURL(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{BaseURL: "https://sim.example/tabby/"})
	payment, session := a.create(request())
	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Equal(t, "https://sim.example/tabby/checkout/"+session, seen.CheckoutURL)
}

func TestEverySessionIsANewOne(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	first, _ := a.create(request())
	second, _ := a.create(request())
	assert.NotEqual(t, first, second, "there's no idempotency key")
	assert.Len(t, a.Payments(), 2)
}

func TestACheckoutRequestThatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ق", 256)
	for name, c := range map[string]struct {
		path  string
		value any
		// text is the answer's "error", field that of its "errors".
		text, field string
		status      int
	}{
		"amount as a number":     {path: "payment.amount", value: 150, text: "could not decode request"},
		"no amount":              {path: "payment.amount", field: "$.payment.amount"},
		"amount of nothing":      {path: "payment.amount", value: "0.00", text: "could not create payment: amount should be positive"},
		"amount below nothing":   {path: "payment.amount", value: "-1", field: "$.payment.amount"},
		"too many decimals":      {path: "payment.amount", value: "1.001", field: "$.payment.amount"},
		"grouped amount":         {path: "payment.amount", value: "1,000", field: "$.payment.amount"},
		"another currency":       {path: "payment.currency", value: "AED", text: "could not create payment: only 'SAR' is supported, but got 'AED'"},
		"unknown currency":       {path: "payment.currency", value: "XXX", field: "$.payment.currency"},
		"currency in lower case": {path: "payment.currency", value: "sar", field: "$.payment.currency"},
		"unknown merchant code":  {path: "merchant_code", value: "QA", text: "merchant is null", status: 401},
		"no order reference":     {path: "payment.order.reference_id", field: "$.payment.order.reference_id"},
		"another language":       {path: "lang", value: "fr", field: "$.lang"},
		"relative return URL":    {path: "merchant_urls.success", value: "/s", field: "$.merchant_urls.success"},
		"long description":       {path: "payment.description", value: long, field: "$.payment.description"},
		"long name":              {path: "payment.buyer.name", value: long, field: "$.payment.buyer.name"},
		"spaced phone":           {path: "payment.buyer.phone", value: "050 000 0001", field: "$.payment.buyer.phone"},
		"long meta":              {path: "payment.meta.ours", value: long, field: "$.payment.meta.ours"},
		"item without title":     {path: "payment.order.items.title", field: "$.payment.order.items[0].title"},
		"item without category":  {path: "payment.order.items.category", field: "$.payment.order.items[0].category"},
		"item of nothing":        {path: "payment.order.items.quantity", value: 0, field: "$.payment.order.items[0].quantity"},
		"item price as a number": {path: "payment.order.items.unit_price", value: 1, text: "could not decode request"},
		"item price too fine":    {path: "payment.order.items.unit_price", value: "1.001", field: "$.payment.order.items[0].unit_price"},
		"tax too fine":           {path: "payment.order.tax_amount", value: "1.001", field: "$.payment.order.tax_amount"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, tabbytest.Config{})
			status, answer := a.Call(http.MethodPost, "/api/v2/checkout", jsontest.Encode(t, jsontest.Set(request(), c.path, c.value)))
			if c.status == 0 {
				c.status = 400
			}
			assert.Equal(t, c.status, status)
			assert.Equal(t, "error", answer["status"])
			if c.field != "" {
				assert.Equal(t, []any{object{"field": c.field, "code": "invalid_value", "message": ""}}, answer["errors"])
			} else {
				assert.Equal(t, c.text, answer["error"])
			}
			assert.Empty(t, a.Payments())
		})
	}
}

func TestWhatLinksAndTillsMayLeaveOut(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"lang", "merchant_urls", "payment.buyer", "payment.description", "payment.meta", "payment.order.items"} {
		a := newAPI(t, tabbytest.Config{})
		payment, _ := a.create(jsontest.Set(request(), path, nil))
		assert.NotEmpty(t, payment, path)
	}
}

func TestThreeDecimalsInKuwait(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	r := jsontest.Set(jsontest.Set(jsontest.Set(request(), "payment.currency", "KWD"), "merchant_code", "KW"), "payment.amount", "12.345")
	payment, _ := a.create(r)
	assert.Equal(t, "12.345", a.payment(payment)["amount"])
}

func TestAHostTakesItsRegionsCurrenciesAlone(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{Currencies: []paylinks.Currency{paylinks.AED, paylinks.KWD}})
	status, answer := a.Call(http.MethodPost, "/api/v2/checkout", jsontest.Encode(t, request()))
	assert.Equal(t, 403, status)
	assert.Equal(t, "no_permission", answer["errorType"])
}

func TestPreScoringRefusesWithStatus200(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ path, value, reason string }{
		"the sandbox's phone": {"payment.buyer.phone", "+966500000002", "not_available"},
		"a small amount":      {"payment.amount", "9.99", "order_amount_too_low"},
		"a large amount":      {"payment.amount", "5000.01", "order_amount_too_high"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, tabbytest.Config{MinAmount: "10", MaxAmount: "5000"})
			status, answer := a.Call(http.MethodPost, "/api/v2/checkout", jsontest.Encode(t, jsontest.Set(request(), c.path, c.value)))
			assert.Equal(t, 200, status)
			assert.Equal(t, "rejected", answer["status"])
			product := answer["configuration"].(object)["products"].(object)["installments"].(object)
			assert.Equal(t, false, product["is_available"])
			assert.Equal(t, c.reason, product["rejection_reason"])
			assert.Error(t, a.Pay(answer["id"].(string)))
		})
	}
}

func TestTheLinkIsTextedToTheBuyerOfTheSession(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(request())
	for _, body := range []string{"", `{"phone":"966500000009","product":"installments"}`} {
		status, _ := a.Call(http.MethodPost, "/api/v2/checkout/"+session+"/send_hpp_link", body)
		assert.Equal(t, 200, status)
	}
	assert.Equal(t, []tabbytest.SMS{
		{PaymentID: payment, Phone: "+966500000001", URL: a.URL + "/checkout/" + session, At: start},
		{PaymentID: payment, Phone: "+966500000001", URL: a.URL + "/checkout/" + session, At: start},
	}, a.Texts())

	_, mute := a.create(jsontest.Set(request(), "payment.buyer", nil))
	status, _ := a.Call(http.MethodPost, "/api/v2/checkout/"+mute+"/send_hpp_link", "")
	assert.Equal(t, 400, status, "without a phone there's nobody to text")
	require.NoError(t, a.Pay(payment))
	a.refused(http.MethodPost, "/api/v2/checkout/"+session+"/send_hpp_link", "", 400, "session is finalized")
	assert.Len(t, a.Texts(), 2)
}

func TestCancellingASession(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(request())
	status, answer := a.Call(http.MethodPost, "/api/v2/checkout/"+session+"/cancel", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "expired", answer["status"])
	assert.Equal(t, "EXPIRED", a.payment(payment)["status"])

	paid := a.paid()
	seen, err := a.Payment(paid)
	require.NoError(t, err)
	for name, id := range map[string]string{"cancelled": session, "paid": seen.SessionID} {
		got, answer := a.Call(http.MethodPost, "/api/v2/checkout/"+id+"/cancel", "")
		assert.Equal(t, 400, got, name)
		assert.Equal(t, "session is finalized", answer["error"], name)
	}
	assert.Equal(t, "AUTHORIZED", a.payment(paid)["status"])
	status, _ = a.Call(http.MethodPost, "/api/v2/checkout/"+payment+"/cancel", "")
	assert.Equal(t, 404, status, "it takes the session's id, not the payment's")
}

func TestASessionEndsBeforeItsPayment(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(request())

	a.Clock.Advance(20*time.Minute - time.Second)
	_, answer := a.Call(http.MethodGet, "/api/v2/checkout/"+session, "")
	assert.Equal(t, "created", answer["status"])

	a.Clock.Advance(time.Second)
	_, answer = a.Call(http.MethodGet, "/api/v2/checkout/"+session, "")
	assert.Equal(t, "expired", answer["status"])
	assert.Equal(t, "CREATED", a.payment(payment)["status"])
	require.Error(t, a.Pay(payment), "the link is dead")

	a.Clock.Advance(10 * time.Minute)
	assert.Equal(t, "EXPIRED", a.payment(payment)["status"])
}

func TestEveryPartOfTheAPIWantsTheKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(request())
	for path, texts := range map[string][2]string{
		"POST /api/v2/checkout":                                   {"merchant is null", "merchant is null"},
		"GET /api/v2/checkout/" + session:                         {"auth: provided key doesn't exist", "auth: provided key doesn't exist"},
		"POST /api/v2/checkout/" + session + "/cancel":            {"auth: provided key doesn't exist", "auth: provided key doesn't exist"},
		"POST /api/v2/checkout/" + session + "/send_hpp_link":     {"auth: provided key doesn't exist", "auth: provided key doesn't exist"},
		"GET /api/v2/payments":                                    {"missing Bearer scheme", "auth: provided key doesn't exist"},
		"GET /api/v2/payments/" + payment:                         {"missing Bearer scheme", "auth: provided key doesn't exist"},
		"PUT /api/v2/payments/" + payment:                         {"missing Bearer scheme", "auth: provided key doesn't exist"},
		"POST /api/v2/payments/" + payment + "/captures":          {"missing Bearer scheme", "auth: provided key doesn't exist"},
		"POST /api/v2/payments/" + payment + "/refunds":           {"missing Bearer scheme", "auth: provided key doesn't exist"},
		"POST /api/v2/payments/" + payment + "/close":             {"missing Bearer scheme", "auth: provided key doesn't exist"},
		"GET /api/v1/webhooks":                                    {"authorization", "invalid secret key"},
		"POST /api/v1/webhooks":                                   {"authorization", "invalid secret key"},
		"DELETE /api/v1/webhooks/00000000-0000-4000-8000-0000000": {"authorization", "invalid secret key"},
	} {
		method, path, _ := strings.Cut(path, " ")
		for i, key := range []string{"", "Bearer sk_test_wrong"} {
			status, body := a.Do(method, path, "{}", map[string]string{"Authorization": key})
			assert.Equal(t, 401, status, path)
			assert.JSONEq(t, jsontest.Encode(t, object{"status": "error", "errorType": "not_authorized", "error": texts[i]}), body, path)
		}
	}
	assert.Len(t, a.Payments(), 1)
}

func TestUnknownRoutesArePlainText(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	for _, path := range []string{"/api/v2/webhooks", "/api/v1/payments", "/nothing", "/api/v2/payments/x/y/z"} {
		status, body := a.Do(http.MethodGet, path, "", nil)
		assert.Equal(t, 404, status)
		assert.Equal(t, "404 page not found", body)
	}
}

func TestABodyThatIsNotJSONIsNotDecoded(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	for _, headers := range []map[string]string{{"Content-Type": ""}, {"Content-Type": "text/plain"}} {
		status, body := a.Do(http.MethodPost, "/api/v2/checkout", jsontest.Encode(t, request()), headers)
		assert.Equal(t, 400, status)
		assert.Contains(t, body, "could not decode request")
	}
	a.refused(http.MethodPost, "/api/v2/checkout", "{", 400, "could not decode request")
	a.refused(http.MethodPost, "/api/v2/payments/"+a.paid()+"/captures", `{"amount":1}`, 400, "could not decode request")
}
