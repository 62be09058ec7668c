package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

func openPage() simulator.Page {
	return simulator.Page{Provider: "Tabby", Merchant: `<b>Shop</b>`, Amount: "12.500", Currency: "KWD", Order: "POS-1", Phone: "+96590000001", Open: true}
}

func serve(t *testing.T, page simulator.Page, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	page.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
	return w
}

func TestTheCheckoutPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	english := serve(t, openPage(), "/checkout/1").Body.String()
	for _, want := range []string{`<html lang="en" dir="ltr">`, "SIMULATED", "12.500", "KWD", "POS-1", `value="pay"`, `value="decline"`, `value="cancel"`, `method="post"`} {
		assert.Contains(t, english, want)
	}
	page := openPage()
	page.Lang = "ar"
	for _, arabic := range []string{serve(t, page, "/checkout/1").Body.String(), serve(t, openPage(), "/checkout/1?lang=ar").Body.String()} {
		assert.Contains(t, arabic, `<html lang="ar" dir="rtl">`)
		assert.Contains(t, arabic, "محاكاة")
	}
	assert.Contains(t, serve(t, openPage(), "/checkout/1?lang=fr").Body.String(), `lang="en"`)
}

func TestTheCheckoutPageLoadsNothingAndEscapesEverything(t *testing.T) {
	t.Parallel()
	w := serve(t, openPage(), "/checkout/1")
	assert.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	assert.Contains(t, w.Body.String(), "&lt;b&gt;Shop&lt;/b&gt;")
	for _, never := range []string{"<script", "src=", "http://", "https://", "@import", "url("} {
		assert.NotContains(t, w.Body.String(), never)
	}
}

func TestAnEndedCheckoutShowsItsStateAndNoButtons(t *testing.T) {
	t.Parallel()
	page := openPage()
	page.Open, page.State, page.Good = false, "AUTHORIZED", true
	body := serve(t, page, "/checkout/1").Body.String()
	assert.Contains(t, body, "AUTHORIZED")
	assert.Contains(t, body, `role="status"`)
	assert.NotContains(t, body, "<button")
}

func TestTheBuyerReturnsOnlyToWebPages(t *testing.T) {
	t.Parallel()
	extra := url.Values{"payment_id": {"p1"}}
	for to, want := range map[string]string{
		"https://shop.example/done":     "https://shop.example/done?payment_id=p1",
		"http://shop.example/done?a=1":  "http://shop.example/done?a=1&payment_id=p1",
		"":                              "./s1",
		"/relative":                     "./s1",
		"javascript:alert(1)":           "./s1",
		"data:text/html,<p>hello":       "./s1",
		"https:///nohost":               "./s1",
		"ftp://shop.example/done":       "./s1",
		"https://shop.example/\x00done": "./s1",
	} {
		w := httptest.NewRecorder()
		simulator.Return(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sim/checkout/s1", nil), to, extra)
		assert.Equal(t, http.StatusSeeOther, w.Code)
		assert.Equal(t, want, w.Header().Get("Location"), to)
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]simulator.Decision{
		"decision=pay": simulator.Pay, "decision=decline": simulator.Decline, "decision=cancel": simulator.Cancel, "decision=steal": "", "": "",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/checkout/s1?decision=pay", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		assert.Equal(t, want, simulator.ReadDecision(r), body)
	}
}

func TestTheIndexListsPaymentsAndMessages(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	simulator.Index{
		Provider: "Tabby",
		Payments: []simulator.IndexRow{{Link: "checkout/s1", ID: "p1", Order: "POS-1", Amount: "150.00", Currency: "SAR", State: "CREATED"}},
		Messages: []simulator.SMS{{To: "+966500000001", Text: "Pay here:", Link: "http://sim.example/checkout/s1"}},
	}.Serve(w)
	for _, want := range []string{`href="checkout/s1"`, "POS-1", "150.00 SAR", "CREATED", "966500000001", "Pay here:", `href="http://sim.example/checkout/s1"`} {
		assert.Contains(t, w.Body.String(), want)
	}
}
