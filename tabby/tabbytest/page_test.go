package tabbytest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// tap is what a person does on the checkout page; it returns where the browser is sent.
func (a *api) tap(session, decision string) (int, string) {
	a.t.Helper()
	return a.Browse(http.MethodPost, "/checkout/"+session, "decision="+decision)
}

func (a *api) page(path string) (int, string) {
	a.t.Helper()
	return a.Browse(http.MethodGet, path, "")
}

func TestTheCheckoutPageSendsTheBuyerBackWithTheResult(t *testing.T) {
	t.Parallel()
	for decision, c := range map[string]struct{ status, to string }{
		"pay":     {"AUTHORIZED", "https://shop.example/s?payment_id="},
		"decline": {"REJECTED", "https://shop.example/f?payment_id="},
		"cancel":  {"EXPIRED", "https://shop.example/c?a=1&payment_id="},
	} {
		a := newAPI(t, tabbytest.Config{})
		payment, session := a.create(request())
		status, to := a.tap(session, decision)
		assert.Equal(t, http.StatusSeeOther, status)
		assert.Equal(t, c.to+payment, to)
		assert.Equal(t, c.status, a.payment(payment)["status"])

		_, again := a.tap(session, "pay")
		assert.Equal(t, "./"+session, again, "an ended session is just shown")
		assert.Equal(t, c.status, a.payment(payment)["status"])
	}
}

func TestTheSandboxBuyerWhoIsRejectedOnThePage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(jsontest.Set(request(), "payment.buyer.email", "otp.rejected@tabby.ai"))
	_, to := a.tap(session, "pay")
	assert.Equal(t, "https://shop.example/f?payment_id="+payment, to)
	assert.Equal(t, "REJECTED", a.payment(payment)["status"])
}

func TestWithoutReturnURLsThePageShowsTheResult(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	_, session := a.create(jsontest.Set(request(), "merchant_urls", nil))
	_, open := a.page("/checkout/" + session)
	assert.Contains(t, open, "SIMULATED")
	assert.Contains(t, open, "150.00")
	assert.Contains(t, open, "<button")

	_, to := a.tap(session, "pay")
	assert.Equal(t, "./"+session, to)
	_, done := a.page("/checkout/" + session)
	assert.Contains(t, done, "AUTHORIZED")
	assert.NotContains(t, done, "<button")
}

func TestAnExpiredPageSaysSo(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(request())
	a.Clock.Advance(21 * time.Minute)
	_, page := a.page("/checkout/" + session)
	assert.Contains(t, page, "expired")
	assert.NotContains(t, page, "<button")
	_, _ = a.tap(session, "pay")
	assert.Equal(t, "CREATED", a.payment(payment)["status"])
}

func TestThePageSpeaksTheSessionsLanguage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	_, session := a.create(jsontest.Set(request(), "lang", "ar"))
	_, page := a.page("/checkout/" + session)
	assert.Contains(t, page, `<html lang="ar" dir="rtl">`)
}

func TestWhatIsNoPage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment, session := a.create(request())
	for _, id := range []string{payment, unknownID} {
		status, _ := a.page("/checkout/" + id)
		assert.Equal(t, 404, status)
		status, _ = a.tap(id, "pay")
		assert.Equal(t, 404, status)
	}
	status, _ := a.tap(session, "steal")
	assert.Equal(t, 400, status)
	assert.Equal(t, "CREATED", a.payment(payment)["status"])
}

func TestTheIndexShowsPaymentsAndTexts(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	_, session := a.create(request())
	a.Call(http.MethodPost, "/api/v2/checkout/"+session+"/send_hpp_link", "")
	_, _ = a.create(jsontest.Set(request(), "payment.buyer.phone", "+966500000002"))
	status, index := a.page("/")
	require.Equal(t, 200, status)
	for _, want := range []string{`href="checkout/` + session + `"`, "POS-1", "150.00 SAR", "CREATED", "session rejected: not_available", "966500000001"} {
		assert.Contains(t, index, want)
	}
	_, page := a.page("/checkout/" + session)
	assert.Contains(t, page, "966500000001", "the page says where the link was texted")
}
