package tabbytest_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

const unknownID = "00000000-0000-4000-8000-000000000000"

func (a *api) post(payment, action, body string) (int, object) {
	a.t.Helper()
	return a.Call(http.MethodPost, "/api/v2/payments/"+payment+"/"+action, body)
}

func TestAnAuthorizationMovesExpiryByAYear(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.payment(a.paid())
	assert.Equal(t, "AUTHORIZED", payment["status"])
	assert.Equal(t, "2027-03-01T12:00:00Z", payment["expires_at"])
	assert.Equal(t, []any{}, payment["captures"])

	a.Clock.Advance(24 * time.Hour)
	assert.Equal(t, "AUTHORIZED", a.payment(payment["id"].(string))["status"], "an authorization doesn't expire")
}

func TestEmptyListsAreNullForSomePayments(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	first, second := a.paid(), a.paid()
	assert.Equal(t, []any{}, a.payment(first)["refunds"])
	assert.Nil(t, a.payment(second)["refunds"])
}

func TestCapturesInPartsCloseThePayment(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()

	status, answer := a.post(payment, "captures", `{"amount":"50.50","reference_id":"c-1"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "AUTHORIZED", answer["status"])
	assert.Equal(t, "50.5", answer["captures"].([]any)[0].(object)["amount"])

	status, answer = a.post(payment, "captures", `{"amount":"99.50","reference_id":"c-2"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "CLOSED", answer["status"])
	assert.Equal(t, "c-2", answer["captures"].([]any)[0].(object)["reference_id"], "the newest comes first: the order isn't to be relied on")
	assert.Len(t, answer["captures"], 2)

	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Equal(t, "150.00", seen.Captured.String())
	assert.Equal(t, []string{"c-1", "c-2"}, []string{seen.Captures[0].Reference, seen.Captures[1].Reference})
}

func TestACaptureReferenceWorksOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	for _, amount := range []string{"50", "50", "60"} {
		status, answer := a.post(payment, "captures", fmt.Sprintf(`{"amount":"%s","reference_id":"c-1"}`, amount))
		assert.Equal(t, 200, status)
		assert.Len(t, answer["captures"], 1)
	}
	a.post(payment, "captures", `{"amount":"100","reference_id":"c-2"}`)
	a.refused(http.MethodPost, "/api/v2/payments/"+payment+"/captures", `{"amount":"100","reference_id":"c-2"}`, 400, "could not capture not authorized payments")
	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Equal(t, "150.00", seen.Captured.String())
}

func TestACaptureWithoutReferenceIsTakenEachTime(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	for range 2 {
		status, _ := a.post(payment, "captures", `{"amount":"50"}`)
		assert.Equal(t, 200, status)
	}
	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Equal(t, "100.00", seen.Captured.String())
}

func TestMoneyMovesOnlyInItsState(t *testing.T) {
	t.Parallel()
	const (
		captures = "could not capture not authorized payments"
		refunds  = "can not refund payment that has no captures and not closed"
		notOpen  = "could not close not authorized payments"
	)
	for name, c := range map[string]struct {
		reach                   func(a *api) string
		capture, refund, closed string // The error's text; "" is success.
	}{
		"created":    {func(a *api) string { id, _ := a.create(request()); return id }, captures, refunds, notOpen},
		"authorized": {func(a *api) string { return a.paid() }, "", refunds, ""},
		"captured":   {func(a *api) string { id := a.paid(); _ = a.CaptureFromDashboard(id, "150"); return id }, captures, "", "already closed"},
		"partly":     {func(a *api) string { id := a.paid(); _ = a.CaptureFromDashboard(id, "50"); return id }, "", refunds, ""},
		"partly, closed": {func(a *api) string {
			id := a.paid()
			_ = a.CaptureFromDashboard(id, "50")
			_ = a.CloseFromDashboard(id)
			return id
		}, captures, "", "already closed"},
		"voided":   {func(a *api) string { id := a.paid(); _ = a.CloseFromDashboard(id); return id }, captures, refunds, "already closed"},
		"rejected": {func(a *api) string { id, _ := a.create(request()); _ = a.Decline(id); return id }, captures, refunds, notOpen},
		"expired":  {func(a *api) string { id, _ := a.create(request()); _ = a.Expire(id); return id }, captures, refunds, notOpen},
	} {
		for action, text := range map[string]string{"captures": c.capture, "refunds": c.refund, "close": c.closed} {
			t.Run(name+" "+action, func(t *testing.T) {
				t.Parallel()
				a := newAPI(t, tabbytest.Config{})
				status, answer := a.post(c.reach(a), action, `{"amount":"10","reference_id":"r-1"}`)
				if text == "" {
					assert.Equal(t, 200, status, "%v", answer)
					return
				}
				assert.Equal(t, 400, status)
				assert.Equal(t, text, answer["error"])
			})
		}
	}
}

func TestRefundsUpToWhatWasCaptured(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	require.NoError(t, a.CaptureFromDashboard(payment, "150"))
	for range 2 {
		status, answer := a.post(payment, "refunds", `{"amount":"100","reference_id":"r-1","reason":"returned"}`)
		assert.Equal(t, 200, status)
		assert.Equal(t, "CLOSED", answer["status"], "a refunded payment stays CLOSED")
		assert.Equal(t, "150", answer["amount"], "the amount doesn't shrink")
		assert.Equal(t, "returned", answer["refunds"].([]any)[0].(object)["reason"])
	}
	status, _ := a.post(payment, "refunds", `{"amount":"50.01","reference_id":"r-2"}`)
	assert.Equal(t, 400, status)
	status, _ = a.post(payment, "refunds", `{"amount":"50","reference_id":"r-2"}`)
	assert.Equal(t, 200, status)
	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Equal(t, "150.00", seen.Refunded.String())
	assert.Len(t, seen.Refunds, 2)
}

func TestADisputeBlocksRefunds(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	require.NoError(t, a.CaptureFromDashboard(payment, "150"))
	require.NoError(t, a.Dispute(payment, true))
	a.refused(http.MethodPost, "/api/v2/payments/"+payment+"/refunds", `{"amount":"1","reference_id":"r"}`, 409, "payment is disputed")
	require.NoError(t, a.Dispute(payment, false))
	status, _ := a.post(payment, "refunds", `{"amount":"1","reference_id":"r"}`)
	assert.Equal(t, 200, status)
}

func TestRefundsEndAfter180Days(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	require.NoError(t, a.CaptureFromDashboard(payment, "150"))
	a.Clock.Advance(180 * 24 * time.Hour)
	status, _ := a.post(payment, "refunds", `{"amount":"1","reference_id":"r-1"}`)
	assert.Equal(t, 200, status)
	a.Clock.Advance(time.Second)
	status, _ = a.post(payment, "refunds", `{"amount":"1","reference_id":"r-2"}`)
	assert.Equal(t, 400, status)
}

func TestAmountsOfTransfersAreChecked(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	for _, amount := range []string{"", "0", "-1", "1.001", "1e2", "150.01"} {
		status, answer := a.post(payment, "captures", fmt.Sprintf(`{"amount":"%s","reference_id":"c"}`, amount))
		assert.Equal(t, 400, status, amount)
		assert.Equal(t, "bad_data", answer["errorType"])
	}
	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Empty(t, seen.Captures)
}

func TestAutoCapture(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	a.AutoCapture(true)
	payment := a.payment(a.paid())
	assert.Equal(t, "CLOSED", payment["status"])
	assert.Empty(t, payment["captures"].([]any)[0].(object)["reference_id"], "it's nobody's of ours")
}

func TestPaymentIDs(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	_, session := a.create(request())
	a.refused(http.MethodGet, "/api/v2/payments/not-a-uuid", "", 400, "invalid payment id")
	a.refused(http.MethodGet, "/api/v2/payments/"+unknownID, "", 404, "no such payment")
	a.refused(http.MethodGet, "/api/v2/payments/"+session, "", 404, "no such payment")
	_, err := a.Payment(unknownID)
	require.Error(t, err)
	for name, control := range map[string]func(string) error{"pay": a.Pay, "decline": a.Decline, "cancel": a.Cancel, "expire": a.Expire, "close": a.CloseFromDashboard} {
		assert.Error(t, control(unknownID), name)
	}
}

func TestTheOrderNumberCanBeChangedOncePaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	unpaid, _ := a.create(request())
	status, _ := a.Call(http.MethodPut, "/api/v2/payments/"+unpaid, `{"order":{"reference_id":"POS-2"}}`)
	assert.Equal(t, 400, status)
	paid := a.paid()
	status, answer := a.Call(http.MethodPut, "/api/v2/payments/"+paid, `{"order":{"reference_id":"POS-2"},"amount":"1"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "POS-2", answer["order"].(object)["reference_id"])
	assert.Equal(t, "150", answer["amount"], "every other field is ignored")
}

func TestTheListHasWhatWasPaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	_, empty := a.Call(http.MethodGet, "/api/v2/payments", "")
	assert.Nil(t, empty["payments"])

	a.create(request())
	authorized, captured, voided := a.paid(), a.paid(), a.paid()
	require.NoError(t, a.CaptureFromDashboard(captured, "150"))
	require.NoError(t, a.CloseFromDashboard(voided))
	refunded := a.paid()
	require.NoError(t, a.CaptureFromDashboard(refunded, "150"))
	require.NoError(t, a.RefundFromDashboard(refunded, "150"))
	for query, want := range map[string][]string{
		"":                            {refunded, voided, captured, authorized},
		"?status=authorized":          {authorized},
		"?status=NEW":                 {authorized},
		"?status=closed":              {refunded, voided, captured},
		"?status=captured":            {captured},
		"?status=cancelled":           {voided},
		"?status=refunded":            {refunded},
		"?status=rejected":            nil,
		"?limit=2":                    {refunded, voided},
		"?limit=2&offset=3":           {authorized},
		"?offset=9":                   nil,
		"?created_at__gte=2026-03-01": {refunded, voided, captured, authorized},
		"?created_at__lte=2026-03-01": nil,
		"?created_at__lte=2026-03-02": {refunded, voided, captured, authorized},
	} {
		status, answer := a.Call(http.MethodGet, "/api/v2/payments"+query, "")
		assert.Equal(t, 200, status, query)
		var ids []string
		if list, ok := answer["payments"].([]any); ok {
			for _, one := range list {
				ids = append(ids, one.(object)["id"].(string))
			}
		}
		assert.Equal(t, want, ids, query)
	}
	for _, query := range []string{"?limit=21", "?limit=x", "?offset=-1", "?status=paid", "?created_at__gte=yesterday"} {
		status, _ := a.Call(http.MethodGet, "/api/v2/payments"+query, "")
		assert.Equal(t, 400, status, query)
	}
}

func TestCapturesAtOnceNeverTakeTooMuch(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	var wait sync.WaitGroup
	for i := range 10 {
		wait.Go(func() {
			body := fmt.Sprintf(`{"amount":"40","reference_id":"c-%d"}`, i)
			a.Do(http.MethodPost, "/api/v2/payments/"+payment+"/captures", body, nil)
		})
	}
	wait.Wait()
	seen, err := a.Payment(payment)
	require.NoError(t, err)
	assert.Equal(t, "120.00", seen.Captured.String())
	assert.Equal(t, 10, a.Calls.Count(tabbytest.OpCapture))
}
