package tamaratest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

func TestTheTokenIsDemandedEverywhere(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	for _, call := range []string{"POST " + smsPath, "POST " + qrPath, "POST " + onlinePath, "GET /orders/1", "POST /payments/capture", "POST /webhooks"} {
		method, path, _ := strings.Cut(call, " ")
		for _, header := range []string{"", "Bearer", "Bearer wrong", tamaratest.APIToken, "Basic " + tamaratest.APIToken} {
			status, body := a.Do(method, path, `{}`, map[string]string{"Authorization": header})
			assert.Equal(t, http.StatusUnauthorized, status, "%s with %q", call, header)
			assert.Contains(t, body, "Merchant is not found")
		}
	}
	assert.Empty(t, a.Orders())
}

// What each session demands, field by field.
func TestSessionsDemand(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, tt := range []struct {
		path    string
		request object
		code    string
	}{
		{smsPath, sms(), ""},
		{smsPath, jsontest.Set(sms(), "phone_number", "544337866"), ""},
		{smsPath, jsontest.Set(sms(), "total_amount", money("230.50", "SAR")), ""},
		{smsPath, jsontest.Set(sms(), "payment_type", "PAY_BY_INSTALMENTS"), ""},
		{smsPath, jsontest.Set(sms(), "payment_type", "PAY_BY_LATER"), ""},
		{smsPath, jsontest.Set(sms(), "locale", nil), ""},
		{smsPath, jsontest.Set(sms(), "additional_data", nil), ""},
		{smsPath, jsontest.Set(sms(), "expiry_time", 60), ""},
		{smsPath, jsontest.Set(sms(), "items.total_amount", money("100", "SAR")), ""}, // Sums aren't enforced.
		{smsPath, jsontest.Set(jsontest.Set(sms(), "total_amount", money(12.505, "BHD")), "items.total_amount", money(1, "SAR")), "items_total_amount_invalid"},
		{smsPath, jsontest.Set(sms(), "total_amount", nil), "total_amount_empty"},
		{smsPath, jsontest.Set(sms(), "total_amount", money(230.505, "SAR")), "total_amount_invalid"},
		{smsPath, jsontest.Set(sms(), "total_amount", money("lots", "SAR")), "total_amount_invalid"},
		{smsPath, jsontest.Set(sms(), "total_amount", money(0.05, "SAR")), "total_amount_invalid_limit"},
		{smsPath, jsontest.Set(sms(), "total_amount", money(1, "KWD")), "not_supported_country_currency"},
		{smsPath, jsontest.Set(sms(), "total_amount", money(1, "sar")), "not_supported_country_currency"},
		{smsPath, jsontest.Set(sms(), "order_reference_id", nil), "order_reference_id_empty"},
		{smsPath, jsontest.Set(sms(), "phone_number", nil), "consumer_invalid_phone_number"},
		{smsPath, jsontest.Set(sms(), "phone_number", "+966544337866"), "consumer_invalid_phone_number"},
		{smsPath, jsontest.Set(sms(), "phone_number", "0544337866"), "consumer_invalid_phone_number"},
		{smsPath, jsontest.Set(sms(), "phone_number", "971544337866"), "consumer_invalid_phone_number"},
		{smsPath, jsontest.Set(sms(), "phone_number", "966112345678"), "consumer_invalid_phone_number"},
		{smsPath, jsontest.Set(sms(), "items", []any{}), "items_invalid"},
		{smsPath, jsontest.Set(sms(), "items.reference_id", nil), "items_invalid"},
		{smsPath, jsontest.Set(sms(), "items.type", nil), "items_invalid"},
		{smsPath, jsontest.Set(sms(), "items.name", nil), "items_name_invalid"},
		{smsPath, jsontest.Set(sms(), "items.name", long(255)), ""},
		{smsPath, jsontest.Set(sms(), "items.name", long(256)), "items_name_invalid"},
		{smsPath, jsontest.Set(sms(), "items.sku", long(129)), "items_sku_invalid"},
		{smsPath, jsontest.Set(sms(), "items.sku", nil), "items_sku_invalid"},
		{smsPath, jsontest.Set(sms(), "items.quantity", 0), "items_quantity_invalid"},
		{smsPath, jsontest.Set(sms(), "items.total_amount", nil), "items_total_amount_invalid"},
		{smsPath, jsontest.Set(sms(), "items.discount_amount", money(-1, "SAR")), "items_amount_invalid"},
		{smsPath, jsontest.Set(sms(), "items.image_url", "not a URL"), "items_url_invalid"},
		{smsPath, jsontest.Set(sms(), "locale", "fr_FR"), "locale_invalid"},
		{smsPath, jsontest.Set(sms(), "payment_type", "pay_by_instalments"), "payment_type_invalid"},
		{smsPath, jsontest.Set(sms(), "additional_data", object{}), "additional_data_invalid"},
		{smsPath, jsontest.Set(sms(), "expiry_time", 4), "expiry_time_invalid"},
		{smsPath, jsontest.Set(sms(), "expiry_time", 1441), "expiry_time_invalid"},
		{qrPath, qr(), ""},
		{qrPath, jsontest.Set(qr(), "order_reference_id", nil), ""},
		{qrPath, jsontest.Set(jsontest.Set(qr(), "amount", nil), "total_amount", money(100, "SAR")), "total_amount_empty"},
		{qrPath, jsontest.Set(qr(), "platform", nil), "platform_empty"},
		{qrPath, jsontest.Set(qr(), "locale", "en"), "locale_invalid"},
		{onlinePath, online(), ""},
		{onlinePath, jsontest.Set(online(), "shipping_amount", nil), "shipping_amount_invalid"},
		{onlinePath, jsontest.Set(online(), "tax_amount", money(0, "AED")), "tax_amount_invalid"},
		{onlinePath, jsontest.Set(online(), "order_reference_id", nil), "order_reference_id_empty"},
		{onlinePath, jsontest.Set(online(), "items", nil), "items_invalid"},
		{onlinePath, jsontest.Set(online(), "consumer.first_name", nil), "consumer_empty_name"},
		{onlinePath, jsontest.Set(online(), "consumer.last_name", nil), "consumer_empty_name"},
		{onlinePath, jsontest.Set(online(), "consumer.email", nil), "consumer_empty_email"},
		{onlinePath, jsontest.Set(online(), "consumer.email", "noura"), "consumer_invalid_email"},
		{onlinePath, jsontest.Set(online(), "consumer.phone_number", "1"), "consumer_invalid_phone_number"},
		{onlinePath, jsontest.Set(online(), "country_code", "AE"), "total_amount_invalid_currency"},
		{onlinePath, jsontest.Set(online(), "description", nil), "description_invalid"},
		{onlinePath, jsontest.Set(online(), "description", long(257)), "description_invalid"},
		{onlinePath, jsontest.Set(online(), "merchant_url.success", nil), "merchant_url_invalid"},
		{onlinePath, jsontest.Set(online(), "merchant_url.cancel", "x"), "merchant_url_invalid"},
		{onlinePath, jsontest.Set(online(), "merchant_url.notification", "x"), "merchant_url_invalid"},
		{onlinePath, jsontest.Set(online(), "shipping_address.city", nil), "shipping_address_invalid"},
		{onlinePath, jsontest.Set(online(), "expires_in_minutes", 3), "expiry_time_invalid"},
	} {
		t.Run(tt.path+" "+tt.code, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, tamaratest.Config{})
			if tt.code == "" {
				id, checkout := a.order(tt.path, tt.request)
				assert.NotEmpty(t, id)
				assert.NotEmpty(t, checkout)
				return
			}
			a.refused(http.MethodPost, tt.path, jsontest.Encode(t, tt.request), http.StatusBadRequest, tt.code)
			assert.Empty(t, a.Orders())
			assert.Empty(t, a.Texts())
		})
	}
}

func TestRequestsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	for _, body := range []string{``, `{`, `[]`, `"x"`, `{"total_amount":{"amount":{}}}`} {
		a.refused(http.MethodPost, smsPath, body, http.StatusBadRequest, "")
	}
	status, _ := a.Do(http.MethodPost, smsPath, jsontest.Encode(t, sms()), map[string]string{"Content-Type": "text/plain"})
	assert.Equal(t, http.StatusBadRequest, status)
	status, body := a.Do(http.MethodPost, qrPath, jsontest.Encode(t, qr()), map[string]string{"X-Device-Id": ""})
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "device_id_empty")
}

func TestTheSMSSessionTextsItsLink(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{MerchantName: "Café"})
	answer := a.ok(http.MethodPost, smsPath, jsontest.Encode(t, sms()))
	assert.NotContains(t, answer, "status", "the answer in a shop has none")
	order, err := a.Order(answer["order_id"].(string))
	require.NoError(t, err)
	assert.Equal(t, order.CheckoutURL, answer["checkout_deeplink"])
	assert.Equal(t, a.URL+"/checkout/"+order.CheckoutID+"?locale=en_US&orderId="+order.ID, order.CheckoutURL)
	assert.True(t, order.InStore)
	assert.Equal(t, "Branch A", order.StoreCode)
	assert.Equal(t, []tamaratest.SMS{{
		OrderID: order.ID, Phone: "+966544337866", Text: "Tamara: pay 230.50 SAR to Café", URL: order.CheckoutURL, At: start,
	}}, a.Texts())

	again := a.ok(http.MethodPost, smsPath, jsontest.Encode(t, sms()))
	assert.NotEqual(t, answer["order_id"], again["order_id"], "there's no idempotency: a second call makes and texts a second link")
	assert.Len(t, a.Texts(), 2)
	a.ok(http.MethodPost, qrPath, jsontest.Encode(t, qr()))
	a.ok(http.MethodPost, onlinePath, jsontest.Encode(t, online()))
	assert.Len(t, a.Texts(), 2, "the other sessions text nothing")
}

func TestLinksExpireByTheClock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path    string
		request object
		custom  bool
		life    time.Duration
	}{
		{smsPath, sms(), false, 15 * time.Minute},
		{smsPath, jsontest.Set(sms(), "expiry_time", 60), false, 15 * time.Minute},
		{smsPath, jsontest.Set(sms(), "expiry_time", 60), true, time.Hour},
		{qrPath, qr(), true, 15 * time.Minute},
		{onlinePath, online(), false, 30 * time.Minute},
		{onlinePath, jsontest.Set(online(), "expires_in_minutes", 5), false, 30 * time.Minute},
		{onlinePath, jsontest.Set(online(), "expires_in_minutes", 5), true, 5 * time.Minute},
	} {
		a := newAPI(t, tamaratest.Config{CustomExpiry: tt.custom})
		id, _ := a.order(tt.path, tt.request)
		a.Clock.Advance(tt.life - time.Second)
		assert.Equal(t, "new", a.status(id))
		a.Clock.Advance(time.Second)
		assert.Equal(t, "expired", a.status(id))
		require.Error(t, a.Pay(id))
	}
}

func TestVoid(t *testing.T) {
	t.Parallel()
	void := func(a *api, id, checkout string) object {
		return a.ok(http.MethodPost, "/checkout/"+checkout+"/void?order_id="+id+"&store_code=Branch+A", "")
	}
	a := newAPI(t, tamaratest.Config{})
	id, checkout := a.order(smsPath, sms())
	answer := void(a, id, checkout)
	assert.Equal(t, object{
		"order_was_voided": true, "message": "success", "store_code": "Branch A", "captured_amount": money(230.5, "SAR"),
	}, answer)
	assert.Equal(t, "expired", a.status(id))
	require.Error(t, a.Pay(id))
	answer = void(a, id, checkout)
	assert.Equal(t, false, answer["order_was_voided"])
	assert.Equal(t, "checkout_already_expired", answer["message"])

	paid, checkout := a.order(smsPath, sms())
	require.NoError(t, a.Pay(paid))
	answer = void(a, paid, checkout)
	assert.Equal(t, false, answer["order_was_voided"])
	assert.Equal(t, "checkout_already_completed", answer["message"])
	assert.Equal(t, "fully_captured", a.status(paid))

	id, checkout = a.order(smsPath, sms())
	other, _ := a.order(smsPath, sms())
	a.refused(http.MethodPost, "/checkout/"+checkout+"/void?order_id="+other, "", http.StatusNotFound, "order_not_found")
	a.refused(http.MethodPost, "/checkout/"+id+"/void?order_id="+id, "", http.StatusNotFound, "order_not_found")
	a.refused(http.MethodPost, "/checkout/"+checkout+"/void", `{"order_id":"`+id+`"}`, http.StatusBadRequest, "order_id_invalid")
	id, checkout = a.order(onlinePath, online())
	a.refused(http.MethodPost, "/checkout/"+checkout+"/void?order_id="+id, "", http.StatusNotFound, "order_not_found")
}

func TestEligibility(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	const path = "/pre-checkout/v1/eligibility"
	for body, want := range map[string]any{
		`{"order":{"amount":300,"currency":"SAR"},"customer":{"phone":"966544337866"}}`:        true,
		`{"order":{"amount":300,"currency":"SAR"},"customer":{}}`:                              true,
		`{"order":{"amount":300,"currency":"SAR"},"customer":{"phone":"966526422337"}}`:        false,
		`{"order":{"amount":300,"currency":"SAR"},"customer":{"phone_number":"966526422337"}}`: false,
	} {
		assert.Equal(t, want, a.ok(http.MethodPost, path, body)["is_eligible"], body)
	}
	a.refused(http.MethodPost, path, `{"order":{"amount":"300","currency":"SAR"},"customer":{}}`, http.StatusBadRequest, "")
}

func TestPaymentTypes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{MaxAmount: "5000"})
	for query, want := range map[string]int{
		"country=SA&currency=SAR": 1, "country=SA&currency=AED": 0, "country=KW&currency=KWD": 0, "country=SA": 0,
	} {
		status, body := a.Do(http.MethodGet, "/checkout/payment-types?"+query, "", nil)
		assert.Equal(t, http.StatusOK, status)
		var types []object
		require.NoError(t, json.Unmarshal([]byte(body), &types))
		require.Len(t, types, want, query)
		if want == 1 {
			assert.Equal(t, money(5000.0, "SAR"), types[0]["max_limit"])
		}
	}
	a.refused(http.MethodGet, "/checkout/payment-types?currency=SAR", "", http.StatusBadRequest, "country_empty")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{MinAmount: "100", MaxAmount: "250", Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD}})
	for amount, ok := range map[float64]bool{99.99: false, 100: true, 250: true, 250.01: false} {
		request := jsontest.Encode(t, jsontest.Set(qr(), "amount", money(amount, "SAR")))
		if ok {
			a.ok(http.MethodPost, qrPath, request)
			continue
		}
		a.refused(http.MethodPost, qrPath, request, http.StatusBadRequest, "total_amount_invalid_limit")
	}
	a.ok(http.MethodPost, qrPath, jsontest.Encode(t, jsontest.Set(qr(), "amount", money(100.555, "KWD"))))
	a.refused(http.MethodPost, qrPath, jsontest.Encode(t, jsontest.Set(qr(), "amount", money(100, "BHD"))), http.StatusBadRequest, "not_supported_country_currency")
}

func TestTheBaseOfLinksCanBeGiven(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{BaseURL: "https://till.example/tamara/"})
	id, checkout := a.order(qrPath, qr())
	order, err := a.Order(checkout)
	require.NoError(t, err)
	assert.Equal(t, "https://till.example/tamara/checkout/"+checkout+"?locale=ar_SA&orderId="+url.QueryEscape(id), order.CheckoutURL)
	_, err = a.Order("nobody")
	assert.Error(t, err)
}
