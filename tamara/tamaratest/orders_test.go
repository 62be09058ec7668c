package tamaratest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

const day = 24 * time.Hour

func TestAnOrderInAShopCapturesItself(t *testing.T) {
	t.Parallel()
	for path, request := range map[string]object{smsPath: sms(), qrPath: qr()} {
		a := newAPI(t, tamaratest.Config{})
		id := a.paid(path, request)
		order, err := a.Order(id)
		require.NoError(t, err)
		assert.Equal(t, "fully_captured", order.Status)
		assert.Equal(t, order.Amount.String(), order.Captured.String())
		data := a.refused(http.MethodPost, "/orders/"+id+"/authorise", "{}", http.StatusConflict, "transition_not_allowed")
		assert.Equal(t, object{"order_id": id, "old_state": "fully_captured", "new_state": "authorised"}, data)
		a.refused(http.MethodPost, "/payments/capture", captureBody(id, "1"), http.StatusConflict, "transition_not_allowed")
		a.refused(http.MethodPost, "/orders/"+id+"/cancel", amountBody("1"), http.StatusConflict, "transition_not_allowed")
	}
}

func TestTheSandboxsDeclinedPhone(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	for _, phone := range []string{tamaratest.DeclinedPhone, "966" + tamaratest.DeclinedPhone} {
		assert.Equal(t, "declined", a.status(a.paid(smsPath, jsontest.Set(sms(), "phone_number", phone))))
		assert.Equal(t, "declined", a.status(a.paid(onlinePath, jsontest.Set(online(), "consumer.phone_number", phone))))
	}
}

// Online: approved → authorised → captured, and each step only from the one before.
func TestTheWayOfAnOnlineOrder(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id, _ := a.order(onlinePath, online())
	authorise, cancel := "/orders/"+id+"/authorise", "/orders/"+id+"/cancel"
	refund := "/payments/simplified-refund/" + id
	refuseAll := func(except ...string) {
		t.Helper()
		for path, body := range map[string]string{
			authorise: "{}", cancel: amountBody("1"), "/payments/capture": captureBody(id, "1"), refund: amountBody("1", `,"comment":"x"`),
		} {
			if !strings.Contains(strings.Join(except, " "), path) {
				data := a.refused(http.MethodPost, path, body, http.StatusConflict, "transition_not_allowed")
				assert.Equal(t, a.status(id), data["old_state"])
			}
		}
	}
	refuseAll()
	require.NoError(t, a.Pay(id))
	assert.Equal(t, "approved", a.status(id))
	refuseAll(authorise)

	answer := a.ok(http.MethodPost, authorise, "{}")
	assert.Equal(t, "authorised", answer["status"])
	assert.Equal(t, false, answer["auto_captured"])
	assert.Empty(t, answer["capture_id"])
	assert.Equal(t, money(230.5, "SAR"), answer["authorized_amount"])
	refuseAll(cancel, "/payments/capture")

	answer = a.ok(http.MethodPost, "/payments/capture", captureBody(id, "100"))
	assert.Equal(t, "partially_captured", answer["status"])
	refuseAll("/payments/capture", refund)
	a.refused(http.MethodPost, "/payments/capture", captureBody(id, "130.51"), http.StatusBadRequest, "total_amount_exceeded")
	answer = a.ok(http.MethodPost, "/payments/capture", captureBody(id, "130.5"))
	assert.Equal(t, "fully_captured", answer["status"])
	refuseAll(refund)
}

// Whether an action's amount is its own or the total isn't documented: orders answer by turns.
func TestAmbiguousAmounts(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	seen := map[any]bool{}
	for range 2 {
		id := a.paid(onlinePath, online())
		a.ok(http.MethodPost, "/orders/"+id+"/authorise", "{}")
		a.ok(http.MethodPost, "/payments/capture", captureBody(id, "100"))
		captured, ok := a.ok(http.MethodPost, "/payments/capture", captureBody(id, "20"))["captured_amount"].(object)
		require.True(t, ok)
		seen[captured["amount"]] = true
	}
	assert.Equal(t, map[any]bool{20.0: true, 120.0: true}, seen)
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id := a.paid(onlinePath, online())
	a.ok(http.MethodPost, "/orders/"+id+"/authorise", "{}")
	answer := a.ok(http.MethodPost, "/orders/"+id+"/cancel", amountBody("30.5"))
	assert.Equal(t, "updated", answer["status"])
	assert.Equal(t, money(30.5, "SAR"), answer["canceled_amount"])
	a.refused(http.MethodPost, "/orders/"+id+"/cancel", amountBody("200.01"), http.StatusBadRequest, "total_amount_exceeded")
	a.refused(http.MethodPost, "/orders/"+id+"/cancel", amountBody("0"), http.StatusBadRequest, "total_amount_invalid")
	a.refused(http.MethodPost, "/orders/"+id+"/cancel", `{}`, http.StatusBadRequest, "total_amount_invalid")
	assert.Equal(t, "canceled", a.ok(http.MethodPost, "/orders/"+id+"/cancel", amountBody("200"))["status"])
	order, err := a.Order(id)
	require.NoError(t, err)
	assert.Equal(t, "230.50", order.Canceled.String())
}

func TestCaptureDemands(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id := a.paid(onlinePath, online())
	a.ok(http.MethodPost, "/orders/"+id+"/authorise", "{}")
	for body, code := range map[string]string{
		captureBody(id, "0"):                                        "total_amount_invalid",
		captureBody(id, "1.005"):                                    "total_amount_invalid",
		captureBody(id, `"1.00"`):                                   "",
		strings.Replace(captureBody(id, "1"), "SAR", "AED", 1):      "total_amount_invalid",
		amountBody("1", `,"order_id":"`+id+`"`):                     "shipping_info_invalid",
		strings.Replace(captureBody(id, "1"), `"N/A"`, `""`, 1):     "shipping_info_invalid",
		`{"order_id":"` + id + `","shipping_info":{}}`:              "total_amount_invalid",
		strings.Replace(captureBody(id, "1"), id, "no-such-one", 1): "order_not_found",
	} {
		if code == "" {
			a.ok(http.MethodPost, "/payments/capture", body)
			continue
		}
		status := http.StatusBadRequest
		if code == "order_not_found" {
			status = http.StatusNotFound
		}
		a.refused(http.MethodPost, "/payments/capture", body, status, code)
	}
}

// merchant_refund_id is a note, no key: a repeated call refunds once more.
func TestARepeatedRefundRefundsTwice(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id := a.paid(smsPath, sms())
	path, body := "/payments/simplified-refund/"+id, amountBody("50", `,"comment":"broken","merchant_refund_id":"r-1"`)
	for range 2 {
		assert.Equal(t, "partially_refunded", a.ok(http.MethodPost, path, body)["status"])
	}
	order, err := a.Order(id)
	require.NoError(t, err)
	assert.Equal(t, "100.00", order.Refunded.String())
	require.Len(t, order.Refunds, 2)
	assert.Equal(t, "r-1", order.Refunds[1].Reference)

	a.refused(http.MethodPost, path, amountBody("50"), http.StatusBadRequest, "comment_empty")
	a.refused(http.MethodPost, path, amountBody("130.51", `,"comment":"x"`), http.StatusBadRequest, "total_amount_exceeded")
	assert.Equal(t, "fully_refunded", a.ok(http.MethodPost, path, amountBody("130.5", `,"comment":"x"`))["status"])
	a.refused(http.MethodPost, path, amountBody("1", `,"comment":"x"`), http.StatusConflict, "transition_not_allowed")
}

// PHP writes empty objects as lists, amounts as numbers without their zeros, and times in two forms.
func TestHowAnOrderIsWritten(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id := a.paid(smsPath, sms())
	a.ok(http.MethodPost, "/payments/simplified-refund/"+id, amountBody("50.5", `,"comment":"broken","merchant_refund_id":"r-1"`))
	require.NoError(t, a.RefundFromPortal(id, "10"))
	order := a.ok(http.MethodGet, "/orders/"+id, "")
	assert.Equal(t, order, a.ok(http.MethodGet, "/merchants/orders/"+id, ""))
	assert.Equal(t, order, a.ok(http.MethodGet, "/merchants/orders/reference-id/op-1", ""))
	assert.Equal(t, "partially_refunded", order["status"])
	assert.Equal(t, "POS-1", order["order_number"])
	assert.Equal(t, money(230.5, "SAR"), order["captured_amount"])
	assert.Equal(t, money(60.5, "SAR"), order["refunded_amount"])
	assert.Equal(t, []any{}, order["shipping_address"])
	assert.Equal(t, []any{}, order["discount_amount"])
	assert.Equal(t, "2026-03-01T12:00:00.000Z", order["created_at"])
	assert.NotContains(t, order, "checkout_id", "an order tells neither its checkout nor its link")
	assert.NotContains(t, order, "checkout_deeplink")
	transactions, ok := order["transactions"].(object)
	require.True(t, ok)
	refunds, ok := transactions["refunds"].([]any)
	require.True(t, ok)
	require.Len(t, refunds, 2)
	first, ok := refunds[0].(object)
	require.True(t, ok)
	assert.Equal(t, "r-1", first["merchant_refund_id"])
	assert.Equal(t, []any{}, first["ext_data"])
	second, ok := refunds[1].(object)
	require.True(t, ok)
	assert.Nil(t, second["merchant_refund_id"])

	id, _ = a.order(onlinePath, jsontest.Set(online(), "order_number", nil))
	order = a.ok(http.MethodGet, "/orders/"+id, "")
	assert.Equal(t, "op-1", order["order_number"], "the default is the reference")
	assert.Equal(t, "2026-03-01T12:00:00+00:00", order["created_at"])
	assert.Equal(t, object{"single_checkout": true, "from_in_store_payment_link": false}, order["additional_data"])
	a.refused(http.MethodGet, "/merchants/orders/reference-id/nobody", "", http.StatusNotFound, "order_not_found")
	a.refused(http.MethodGet, "/orders/nobody", "", http.StatusNotFound, "order_not_found")
}

func TestTheNewestOrderOfAReference(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	a.order(smsPath, sms())
	second, _ := a.order(smsPath, sms())
	assert.Equal(t, second, a.ok(http.MethodGet, "/merchants/orders/reference-id/op-1", "")["order_id"])
}

func TestTheWindows(t *testing.T) {
	t.Parallel()
	t.Run("72 hours to authorise", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, tamaratest.Config{})
		id := a.paid(onlinePath, online())
		a.Clock.Advance(3*day - time.Second)
		assert.Equal(t, "approved", a.status(id))
		a.Clock.Advance(time.Second)
		assert.Equal(t, "expired", a.status(id))
		a.refused(http.MethodPost, "/orders/"+id+"/authorise", "{}", http.StatusConflict, "transition_not_allowed")
	})
	t.Run("21 days to capture", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, tamaratest.Config{})
		id := a.paid(onlinePath, online())
		a.ok(http.MethodPost, "/orders/"+id+"/authorise", "{}")
		a.Clock.Advance(21*day - time.Second)
		assert.Equal(t, "authorised", a.status(id))
		a.Clock.Advance(time.Second)
		assert.Equal(t, "fully_captured", a.status(id), "Tamara captures by itself")
	})
}

func TestSettingsOfTheAccount(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{AutoCapture: true})
	id := a.paid(onlinePath, online())
	answer := a.ok(http.MethodPost, "/orders/"+id+"/authorise", "{}")
	assert.Equal(t, "fully_captured", answer["status"])
	assert.Equal(t, true, answer["auto_captured"])
	assert.NotEmpty(t, answer["capture_id"])

	a = newAPI(t, tamaratest.Config{AutoAuthorise: true})
	assert.Equal(t, "fully_captured", a.status(a.paid(onlinePath, online())))
}

func TestControlsKeepTheRules(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	paid := a.paid(smsPath, sms())
	for name, control := range map[string]func(string) error{
		"pay": a.Pay, "decline": a.Decline, "cancel": a.Cancel, "expire": a.Expire, "review": a.Review, "approve": a.Approve,
	} {
		require.Error(t, control(paid), name)
		require.Error(t, control("nobody"), name)
	}
	require.Error(t, a.RefundFromPortal(paid, "230.51"))
	require.Error(t, a.RefundFromPortal(paid, "x"))
	id, _ := a.order(smsPath, sms())
	require.Error(t, a.RefundFromPortal(id, "1"))
	require.NoError(t, a.Review(id))
	assert.Equal(t, "on_hold", a.status(id))
	require.NoError(t, a.Decline(id))
	id, _ = a.order(smsPath, sms())
	require.NoError(t, a.Approve(id))
	assert.Equal(t, "approved", a.status(id))
}
