package paypal_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

// A refund of a payment from before the walk: its own ledger row is found, and the refunds of earlier walks count.
func TestARefundOfAnOlderPaymentUpdatesIt(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t)
	made := time.Date(2025, 10, 3, 12, 0, 0, 0, time.UTC)
	id := simulator.Pay(paypaltest.Payment{At: made, Amount: usd(t, "90.00"), Fee: usd(t, "3.00"), Invoice: "INV-9", Code: "T0005"})
	simulator.Refund(id, usd(t, "10.00"), made.Add(24*time.Hour))
	simulator.Refund(id, usd(t, "15.00"), day(9))

	w := walktest.Of(t, gateway, february())
	require.NoError(t, w.Err)
	p := walktest.One(t, w.Payments)
	assert.Equal(t, id, p.ID)
	assert.Equal(t, paylinks.PaymentPartiallyRefunded, p.Status)
	assert.Equal(t, "25.00", p.Refunded.String(), "with what was refunded before the walk")
	assert.Equal(t, "90.00", p.Captured.String())
	assert.Equal(t, "3.00", p.Fee.String())
	assert.Equal(t, "S", p.ProviderStatus, "the ledger's word, as in the payment's own walk")
	assert.Equal(t, paylinks.MethodCard, p.Method)
	assert.Equal(t, "INV-9", p.Reference)
	assert.Equal(t, made, p.CreatedAt)
	assert.Equal(t, day(9), p.UpdatedAt)
	assert.True(t, json.Valid(p.Raw))
	assert.Empty(t, p.Checkpoint, "the windows were told before")
}

func TestAChargebackOfAnOlderPaymentUpdatesIt(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t)
	id := simulator.Pay(paypaltest.Payment{At: time.Date(2025, 10, 3, 12, 0, 0, 0, time.UTC), Amount: usd(t, "90.00")})
	simulator.Follow(id, "T1201", day(9))
	w := walktest.Of(t, gateway, february())
	require.NoError(t, w.Err)
	p := walktest.One(t, w.Payments)
	assert.Equal(t, paylinks.PaymentDisputed, p.Status)
	assert.True(t, p.Refunded.IsZero())
}

func TestAVoidOfAnOlderAuthorizationUpdatesIt(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t, func(c *paypal.Config) { c.Authorizations = true })
	id := simulator.Authorize(paypaltest.Payment{At: day(1).Add(-48 * time.Hour), Amount: usd(t, "90.00")})
	simulator.Follow(id, "T1302", day(9))
	w := walktest.Of(t, gateway, february())
	require.NoError(t, w.Err)
	p := walktest.One(t, w.Payments)
	assert.Equal(t, id, p.ID)
	assert.Equal(t, paylinks.PaymentCancelled, p.Status)
}

func TestAnOlderPaymentThatCannotBeReadIsReported(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"not found": 404, "not its id": 422, "not allowed": 403} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.lists(about(t, "8RW00000000000009", "T1107", 9, "-5.00"))
			f.On("GET /v2/payments/captures/8RW00000000000001", status, `{"name":"`+map[int]string{404: "RESOURCE_NOT_FOUND", 422: "UNPROCESSABLE_ENTITY", 403: "NOT_AUTHORIZED"}[status]+`"}`)
			w := walktest.Of(t, f.gateway(t), february())
			require.NoError(t, w.Err, "that's its own trouble, and not the walk's")
			require.Len(t, w.Bad, 1)
			assert.Equal(t, "8RW00000000000001", w.Bad[0].ID)
			assert.Contains(t, w.Bad[0].Reason, "T1107")
		})
	}
}

func TestAFailingUpdateEndsTheWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(about(t, "8RW00000000000009", "T1107", 9, "-5.00"))
	f.On("GET /v2/payments/captures/8RW00000000000001", 503, `{"name":"SERVICE_UNAVAILABLE"}`)
	w := walktest.Of(t, f.gateway(t), february())
	assert.Equal(t, paylinks.Unreachable, providerError(t, w.Err).Refusal)
}

// The words of the Payments API, for an older payment whose ledger row isn't found any more.
func TestStatusesOfObjects(t *testing.T) {
	t.Parallel()
	for word, c := range map[string]struct {
		code, reason, total string
		status              paylinks.PaymentStatus
		captured, refunded  string
	}{
		"COMPLETED":                     {"T1111", "", "", paylinks.PaymentCaptured, "100.00", "0.00"},
		"PENDING":                       {"T1111", "", "", paylinks.PaymentPending, "0.00", "0.00"},
		"DECLINED":                      {"T1111", "", "", paylinks.PaymentFailed, "0.00", "0.00"},
		"FAILED":                        {"T1111", "", "", paylinks.PaymentFailed, "0.00", "0.00"},
		"PARTIALLY_REFUNDED":            {"T1107", "", "30.00", paylinks.PaymentPartiallyRefunded, "100.00", "30.00"},
		"PARTIALLY_REFUNDED, no total":  {"T1107", "", "", paylinks.PaymentPartiallyRefunded, "100.00", "5.00"},
		"REFUNDED":                      {"T1107", "", "100.00", paylinks.PaymentRefunded, "100.00", "100.00"},
		"REFUNDED, charged back":        {"T1111", "CHARGEBACK", "", paylinks.PaymentDisputed, "100.00", "0.00"},
		"PENDING, complained of":        {"T1111", "BUYER_COMPLAINT", "", paylinks.PaymentPending, "0.00", "0.00"},
		"COMPLETED, complained of":      {"T1111", "BUYER_COMPLAINT", "", paylinks.PaymentDisputed, "100.00", "0.00"},
		"SOMETHING_NEW":                 {"T1111", "", "", paylinks.PaymentUnknown, "0.00", "0.00"},
		"CREATED":                       {"T1302", "", "", paylinks.PaymentAuthorized, "0.00", "0.00"},
		"CREATED, past":                 {"T1302", "past", "", paylinks.PaymentExpired, "0.00", "0.00"},
		"CAPTURED":                      {"T1302", "", "", paylinks.PaymentCaptured, "0.00", "0.00"},
		"PARTIALLY_CAPTURED":            {"T1302", "", "", paylinks.PaymentPartiallyCaptured, "0.00", "0.00"},
		"DENIED":                        {"T1302", "", "", paylinks.PaymentFailed, "0.00", "0.00"},
		"VOIDED":                        {"T1302", "", "", paylinks.PaymentCancelled, "0.00", "0.00"},
		"PENDING, as an authorization":  {"T1302", "", "", paylinks.PaymentPending, "0.00", "0.00"},
		"COMPLETED, refunded meanwhile": {"T1107", "", "100.00", paylinks.PaymentRefunded, "100.00", "100.00"},
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			word, _, _ := strings.Cut(word, ",")
			f := newFar()
			f.Do("GET /v1/reporting/transactions", func(req walktest.Call) walktest.Answer {
				if req.URL.Query().Get("transaction_id") != "" {
					return walktest.Answer{Status: 200, Body: page()}
				}
				return walktest.Answer{Status: 200, Body: page(about(t, "8RW00000000000009", c.code, 9, "-5.00"))}
			})
			expires := "2026-04-01T00:00:00Z"
			if c.reason == "past" {
				expires = "2026-02-20T00:00:00Z"
			}
			object := `{"id":"8RW00000000000001","status":"` + word + `","status_details":{"reason":"` + c.reason + `"},"custom_id":"cart-3",` +
				`"amount":{"currency_code":"USD","value":"100.00"},"seller_receivable_breakdown":{"paypal_fee":{"currency_code":"USD","value":"3.30"}},` +
				`"expiration_time":"` + expires + `","create_time":"2025-12-01T10:00:00Z","update_time":"2026-02-03T10:00:00.5Z"}`
			f.On("GET /v2/payments/captures/8RW00000000000001", 200, object)
			f.On("GET /v2/payments/authorizations/8RW00000000000001", 200, object)
			total := "{}"
			if c.total != "" {
				total = `{"total_refunded_amount":{"currency_code":"USD","value":"` + c.total + `"}}`
			}
			f.On("GET /v2/payments/refunds/8RW00000000000009", 200, `{"id":"8RW00000000000009","seller_payable_breakdown":`+total+`}`)

			p := walktest.One(t, f.whole(t))
			assert.Equal(t, c.status, p.Status)
			assert.Equal(t, c.captured, p.Captured.String())
			assert.Equal(t, c.refunded, p.Refunded.String())
			assert.Equal(t, word, p.ProviderStatus)
			assert.Equal(t, "cart-3", p.Reference)
			assert.Equal(t, "3.30", p.Fee.String())
			assert.Equal(t, day(9), p.UpdatedAt)
			assert.Empty(t, p.Method, "the object doesn't say")
			assert.True(t, json.Valid(p.Raw))

			search := f.searches()[1]
			assert.Equal(t, "8RW00000000000001", search.Get("transaction_id"))
			assert.Equal(t, "2025-11-30T10:00:00Z", search.Get("start_date"))
			assert.Equal(t, "2025-12-31T10:00:00Z", search.Get("end_date"))
		})
	}
}

func TestAnObjectThatCannotBeReadIsReported(t *testing.T) {
	t.Parallel()
	for _, object := range []string{
		`{"id":"8RW00000000000001","status":"COMPLETED"}`,
		`{"status":"COMPLETED","amount":{"currency_code":"USD","value":"1.00"}}`,
		`{"status":"COMPLETED","amount":{"currency_code":"USD","value":"1.00"},"create_time":"soon"}`,
	} {
		f := newFar()
		f.lists(about(t, "8RW00000000000009", "T1107", 9, "-5.00"))
		f.On("GET /v2/payments/captures/8RW00000000000001", 200, object)
		w := walktest.Of(t, f.gateway(t), february())
		require.NoError(t, w.Err)
		require.Len(t, w.Bad, 1)
		assert.Equal(t, "8RW00000000000001", w.Bad[0].ID)
	}
}
