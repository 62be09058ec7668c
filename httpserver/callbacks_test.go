package httpserver

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

const callbackPath = "/api/v1/providers/callbacks"

func callbackServer(t *testing.T, result paylinks.CallbackResult, err error) (http.Handler, *logs) {
	t.Helper()
	return newTestServer(t, &fake{callback: func(context.Context, string, string, url.Values) (paylinks.CallbackResult, error) {
		return result, err
	}})
}

func TestTheCallbackPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	for result, titles := range map[string][2]string{
		"success": {"Thank you", "شكرًا لك"},
		"cancel":  {"Cancelled", "تم الإلغاء"},
		"failure": {"Not completed", "لم تكتمل العملية"},
		"":        {"You can close this page", "يمكنك إغلاق هذه الصفحة"},
		"paid!!":  {"You can close this page", "يمكنك إغلاق هذه الصفحة"},
	} {
		server, _ := callbackServer(t, paylinks.CallbackResult{Result: result}, nil)
		for _, target := range []string{callbackPath + "/tabby/shop-a?payment_id=1", callbackPath + "/tabby/shop-a/?payment_id=1"} {
			w := call(t, server, http.MethodGet, target, "", "Authorization", "")
			require.Equal(t, http.StatusOK, w.Code)
			page := w.Body.String()
			assert.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
			assert.Contains(t, page, "<h1>"+titles[0]+"</h1>")
			assert.Contains(t, page, "<h2>"+titles[1]+"</h2>")
			assert.Contains(t, page, `<section lang="ar" dir="rtl">`)
			assert.Contains(t, page, "The merchant confirms your payment.")
			assert.Contains(t, page, "المتجر هو من يؤكد عملية الدفع")
			assert.NotContains(t, strings.ToLower(page), "paid")
		}
	}
}

// The page asks nobody for anything and runs nothing; its one style is allowed by its hash.
func TestTheCallbackPageIsSelfContained(t *testing.T) {
	t.Parallel()
	server, _ := callbackServer(t, paylinks.CallbackResult{Result: "success"}, nil)
	w := call(t, server, http.MethodGet, callbackPath+"/tabby/shop-a", "")
	page := w.Body.String()
	assert.NotRegexp(t, `(?i)https?:|//|<script|<link|<img|\bon[a-z]+=|url\(|@import`, page)

	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	require.NotNil(t, style)
	sum := sha256.Sum256([]byte(style[1]))
	assert.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", w.Header().Get("Content-Security-Policy"))
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	assert.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
	assert.Equal(t, "DENY", w.Header().Get("X-Frame-Options"))
	assert.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
}

func TestTheCallbackPageEscapes(t *testing.T) {
	t.Parallel()
	link := testLink(t)
	link.OrderID = `<script>alert("x")</script>`
	server, _ := callbackServer(t, paylinks.CallbackResult{Result: "<b>success</b>", Paylink: link}, nil)
	w := call(t, server, http.MethodGet, callbackPath+"/tabby/shop-a?_=<i>", "")
	page := w.Body.String()
	assert.Contains(t, page, "Order <bdi>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;</bdi>")
	assert.NotContains(t, page, "<script")
	assert.NotContains(t, page, "<b>")
	assert.NotContains(t, page, "<i>")
	assert.NotContains(t, page, "512345678", "nothing of the buyer")
}

// Whatever fails, a person reads a page, and not why.
func TestTheCallbackPageWhenSomethingFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
	}{
		"an unknown app":            {&paylinks.Error{Code: paylinks.CodeOrgAppNotFound, Message: "hidden"}, 404},
		"a query that's not theirs": {&paylinks.Error{Code: paylinks.CodeValidationFailed, Message: "hidden"}, 400},
		"the store is down":         {errors.New("hidden"), 500},
	} {
		server, out := callbackServer(t, paylinks.CallbackResult{Result: "success"}, test.err)
		w := call(t, server, http.MethodGet, callbackPath+"/tabby/shop-a?token=t0ken", "")
		assert.Equal(t, test.status, w.Code, name)
		assert.Contains(t, w.Body.String(), "You can close this page", name)
		assert.NotContains(t, w.Body.String(), "hidden", name)
		assert.Equal(t, test.status == 500, strings.Contains(out.String(), "request failed"), name)
		assert.NotContains(t, out.String(), "t0ken", name)
	}
}

func TestTheCallbackGetsTheWholeQuery(t *testing.T) {
	t.Parallel()
	var got url.Values
	server, _ := newTestServer(t, &fake{callback: func(_ context.Context, provider, orgAppID string, query url.Values) (paylinks.CallbackResult, error) {
		assert.Equal(t, "mispay", provider)
		assert.Equal(t, "shop-m", orgAppID)
		got = query
		return paylinks.CallbackResult{}, nil
	}})
	call(t, server, http.MethodGet, callbackPath+"/mispay/shop-m?_=a%2Bb%3D&x=1&x=2", "")
	assert.Equal(t, url.Values{"_": {"a+b="}, "x": {"1", "2"}}, got)
}
