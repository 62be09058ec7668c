package mispay_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/paylinks"
)

// pushed is a webhook's body.
func pushed(tb testing.TB, replace map[string]any) []byte {
	tb.Helper()
	fields := map[string]any{"checkoutId": checkoutID, "orderId": orderID, "code": "MP00", "appId": appID}
	for name, value := range replace {
		fields[name] = value
		if value == nil {
			delete(fields, name)
		}
	}
	body, err := json.Marshal(fields)
	require.NoError(tb, err)
	return body
}

func webhook(body []byte) paylinks.WebhookRequest {
	return paylinks.WebhookRequest{
		Path: webhookSecret, Body: body, Header: http.Header{"Content-Type": {"application/json"}},
		RemoteAddr: netip.MustParseAddr("34.166.80.250"), Now: noon(),
	}
}

func TestAWebhookIsAHintUnlessItTellsOfARefund(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		replace map[string]any
		fact    paylinks.Status
	}{
		{"success", map[string]any{"code": "MP00"}, ""},
		{"timeout", map[string]any{"code": "MP01"}, paylinks.StatusExpired},
		{"canceled", map[string]any{"code": "MP02"}, paylinks.StatusCancelled},
		{"refunded in full", map[string]any{"code": "MP03", "isFullyRefunded": true}, paylinks.StatusRefunded},
		{"refunded in part", map[string]any{"code": "MP03", "isFullyRefunded": false}, paylinks.StatusPartiallyRefunded},
		{"refunded in full, as a text", map[string]any{"code": "MP03", "isFullyRefunded": "True"}, paylinks.StatusRefunded},
		{"refunded by nobody knows how much", map[string]any{"code": "MP03"}, ""},
		{"refunded by a number", map[string]any{"code": "MP03", "isFullyRefunded": 1}, ""},
		{"isFullyRefunded with another code", map[string]any{"code": "MP00", "isFullyRefunded": true}, ""},
		{"an unknown code", map[string]any{"code": "MP07", "isFullyRefunded": true}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := newExchange(t).ReceiveWebhook(t.Context(), webhook(pushed(t, tt.replace)))
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{Reference: reference, PaymentID: checkoutID}, got.Ref)
			assert.Equal(t, tt.replace["code"], got.Type)
			assert.NotEmpty(t, got.DedupKey)
			if tt.fact == "" {
				assert.Nil(t, got.Facts, "track is asked instead")
				return
			}
			require.NotNil(t, got.Facts)
			assert.Equal(t, paylinks.Snapshot{Ref: got.Ref, ProviderStatus: got.Type, Status: tt.fact}, *got.Facts, "no amount is made up")
		})
	}
}

func TestAWebhookIsReadWhateverItsContentType(t *testing.T) {
	t.Parallel()
	provider := newExchange(t)
	for _, header := range []http.Header{nil, {"Content-Type": {"text/plain"}}, {"Content-Type": {"application/x-www-form-urlencoded"}}} {
		request := webhook(append([]byte("\xef\xbb\xbf"), pushed(t, nil)...))
		request.Header = header
		got, err := provider.ReceiveWebhook(t.Context(), request)
		require.NoError(t, err)
		assert.Equal(t, checkoutID, got.Ref.PaymentID)
	}
}

func TestWhatIsUnprovenIsNotParsed(t *testing.T) {
	t.Parallel()
	genuine := webhook(pushed(t, nil))
	for name, change := range map[string]func(*paylinks.WebhookRequest){
		"no secret":              func(r *paylinks.WebhookRequest) { r.Path = "" },
		"another secret":         func(r *paylinks.WebhookRequest) { r.Path = "another" },
		"a part of it":           func(r *paylinks.WebhookRequest) { r.Path = webhookSecret[:5] },
		"another case":           func(r *paylinks.WebhookRequest) { r.Path = strings.ToUpper(webhookSecret) },
		"more":                   func(r *paylinks.WebhookRequest) { r.Path = webhookSecret + "/x" },
		"in a header":            func(r *paylinks.WebhookRequest) { r.Path = ""; r.Header.Set("X-Webhook-Secret", webhookSecret) },
		"another app":            func(r *paylinks.WebhookRequest) { r.Body = pushed(t, map[string]any{"appId": "app-8"}) },
		"no app":                 func(r *paylinks.WebhookRequest) { r.Body = pushed(t, map[string]any{"appId": nil}) },
		"an app that's no text":  func(r *paylinks.WebhookRequest) { r.Body = pushed(t, map[string]any{"appId": map[string]any{}}) },
		"garbage without secret": func(r *paylinks.WebhookRequest) { r.Path, r.Body = "", []byte("{") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := genuine
			request.Header = genuine.Header.Clone()
			change(&request)
			got, err := newExchange(t).ReceiveWebhook(t.Context(), request)
			require.ErrorIs(t, err, paylinks.ErrUnproven)
			assert.Equal(t, paylinks.ErrUnproven.Error(), err.Error(), "it doesn't say what is wrong")
			assert.Empty(t, got)
		})
	}
}

func TestAnAllowListOfAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		allowed []netip.Addr
		from    string
		ok      bool
	}{
		{nil, "203.0.113.9", true},
		{mispay.WebhookIPs(), "34.166.80.250", true},
		{mispay.WebhookIPs(), "::ffff:34.166.80.250", true},
		{mispay.WebhookIPs(), "203.0.113.9", false},
		{[]netip.Addr{netip.MustParseAddr("::ffff:203.0.113.9")}, "203.0.113.9", true},
	} {
		e := newExchange(t, func(c *mispay.Config) { c.AllowedWebhookIPs = tt.allowed })
		request := webhook(pushed(t, nil))
		request.RemoteAddr = netip.MustParseAddr(tt.from)
		_, err := e.ReceiveWebhook(t.Context(), request)
		if tt.ok {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, paylinks.ErrUnproven)
		}
	}
	e := newExchange(t, func(c *mispay.Config) { c.AllowedWebhookIPs = mispay.WebhookIPs() })
	request := webhook(pushed(t, nil))
	request.RemoteAddr = netip.Addr{}
	_, err := e.ReceiveWebhook(t.Context(), request)
	require.ErrorIs(t, err, paylinks.ErrUnproven, "an unknown sender isn't on the list")
}

func TestAWebhookThatNamesNoCheckoutOfOursIsRefused(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	for name, body := range map[string][]byte{
		"garbage":  []byte("{"),
		"an array": []byte("[]"),
		"nothing":  nil,
		"no ids":   pushed(t, map[string]any{"checkoutId": nil, "orderId": nil}),
		"a bad id": pushed(t, map[string]any{"checkoutId": "../x", "orderId": "panel order"}),
	} {
		_, err := e.ReceiveWebhook(t.Context(), webhook(body))
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal, name)
	}
	got, err := e.ReceiveWebhook(t.Context(), webhook(pushed(t, map[string]any{"orderId": "made-in-the-panel"})))
	require.NoError(t, err)
	assert.Equal(t, paylinks.Ref{PaymentID: checkoutID}, got.Ref)
	got, err = e.ReceiveWebhook(t.Context(), webhook(pushed(t, map[string]any{"checkoutId": nil})))
	require.NoError(t, err)
	assert.Equal(t, paylinks.Ref{Reference: reference}, got.Ref, "a failure may come without the checkout id")
}

func TestEventsAreToldApartByCheckoutCodeAndExtent(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	key := func(replace map[string]any) string {
		got, err := e.ReceiveWebhook(t.Context(), webhook(pushed(t, replace)))
		require.NoError(t, err)
		return got.DedupKey
	}
	seen := map[string]bool{}
	for _, replace := range []map[string]any{
		{"code": "MP00"},
		{"code": "MP01"},
		{"code": "MP02"},
		{"code": "MP03", "isFullyRefunded": true},
		{"code": "MP03", "isFullyRefunded": false},
		{"code": "MP03"},
		{"code": "MP00", "checkoutId": "c2"},
		{"code": "MP00", "orderId": "x_another"},
	} {
		got := key(replace)
		assert.False(t, seen[got], "%v", replace)
		seen[got] = true
		assert.Equal(t, got, key(replace), "the same delivery twice is one event")
	}
	first, second := key(map[string]any{"code": "MP03", "isFullyRefunded": false}), key(map[string]any{"code": "MP03", "isFullyRefunded": false})
	assert.Equal(t, first, second, "two refunds of a part can't be told apart at MisPay")
}

// sealed is the value of a callback with this content.
func sealed(tb testing.TB, content string) url.Values {
	tb.Helper()
	text, err := blob.New(appSecret).Seal([]byte(content))
	require.NoError(tb, err)
	return url.Values{"_": {base64.StdEncoding.EncodeToString([]byte(text))}}
}

func TestACallbackIsReadFromTheVectors(t *testing.T) {
	t.Parallel()
	var vectors struct {
		Vectors []struct{ Name, Query string }
		Forged  []struct{ Name, Query string }
	}
	data, err := os.ReadFile("internal/blob/testdata/vectors.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &vectors))
	want := map[string]paylinks.Callback{
		"callback_success":  {Ref: paylinks.Ref{PaymentID: "67d14251f0c7455f05ea92ab"}, Result: "success"},
		"callback_canceled": {Ref: paylinks.Ref{PaymentID: "67d14251f0c7455f05ea92ac"}, Result: "cancel"},
		"callback_timeout":  {Ref: paylinks.Ref{PaymentID: "67d14251f0c7455f05ea92ad"}, Result: "failure"},
	}
	e := newExchange(t)
	read := 0
	for _, v := range vectors.Vectors {
		if v.Query == "" {
			continue
		}
		read++
		for _, form := range []string{v.Query, strings.TrimRight(v.Query, "="), url.QueryEscape(v.Query)} {
			query, err := url.ParseQuery("_=" + form)
			require.NoError(t, err)
			got, err := e.ReceiveCallback(t.Context(), query)
			require.NoError(t, err)
			assert.Equal(t, want[v.Name], got, "its orderId is of another system, so it has no reference of ours")
		}
	}
	assert.Equal(t, 3, read)
	for _, v := range vectors.Forged {
		if v.Name != "tampered_tag" {
			continue // the others are wrong for another secret alone, or too short
		}
		_, err := e.ReceiveCallback(t.Context(), url.Values{"_": {v.Query}})
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
	}
}

func TestACallbackNamesItsLinkAndClaimsAResult(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	for content, want := range map[string]paylinks.Callback{
		`{"orderId":"` + orderID + `","checkoutId":"c1","code":"MP00"}`: {Ref: paylinks.Ref{Reference: reference, PaymentID: "c1"}, Result: "success"},
		`{"orderId":"` + orderID + `","checkoutId":"c1","code":"MP02"}`: {Ref: paylinks.Ref{Reference: reference, PaymentID: "c1"}, Result: "cancel"},
		`{"orderId":"` + orderID + `","code":"MP01"}`:                   {Ref: paylinks.Ref{Reference: reference}, Result: "failure"},
		`{"orderId":"` + orderID + `","code":"MP09"}`:                   {Ref: paylinks.Ref{Reference: reference}},
		`{"orderId":{},"checkoutId":"../x","code":["MP00"]}`:            {},
		`{}`: {},
	} {
		got, err := e.ReceiveCallback(t.Context(), sealed(t, content))
		require.NoError(t, err, content)
		assert.Equal(t, want, got, content)
	}
	assert.Zero(t, e.tokens, "a callback costs no call")
}

func TestACallbackThatCantBeReadIsRefusedWithoutDetail(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	other, err := blob.New("another secret").Seal([]byte(`{"code":"MP00"}`))
	require.NoError(t, err)
	twice := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	texts := map[string]bool{}
	for name, value := range map[string]string{
		"none":              "",
		"no base64":         "%%%",
		"one layer":         other,
		"no base64 inside":  twice("%%%"),
		"short":             twice(twice(strings.Repeat("x", 43))),
		"forged":            twice(twice(strings.Repeat("x", 44))),
		"of another secret": twice(other),
		"too long":          strings.Repeat("A", 4097),
		"no JSON inside":    sealed(t, "MP00").Get("_"),
		"a list inside":     sealed(t, `["MP00"]`).Get("_"),
		"zero bytes":        "\x00\xff",
	} {
		got, err := e.ReceiveCallback(t.Context(), url.Values{"_": {value}})
		refused := providerError(t, err)
		assert.Equal(t, paylinks.NotApplied, refused.Outcome, name)
		require.NoError(t, refused.Err, name)
		assert.Empty(t, got, name)
		texts[refused.Error()] = true
	}
	assert.Len(t, texts, 1, "one text for all: it doesn't tell forgers what is wrong")
}

func TestWhatCantBeABlobCostsNoKey(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	twice := func(n int) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(make([]byte, n))))
	}
	for _, value := range []string{"", "%%%", strings.Repeat("A", 5000), twice(0), twice(43)} {
		_, err := e.ReceiveCallback(t.Context(), url.Values{"_": {value}})
		require.Error(t, err)
	}
	assert.Zero(t, e.Keys())
	_, err := e.ReceiveCallback(t.Context(), url.Values{"_": {twice(44)}})
	require.Error(t, err)
	assert.EqualValues(t, 1, e.Keys())
	_, err = e.ReceiveCallback(t.Context(), sealed(t, `{"code":"MP00","more":"`+strings.Repeat("x", 3000)+`"}`))
	require.Error(t, err, "nothing that MisPay sends is that long, so not even its own is decrypted")
	assert.EqualValues(t, 1, e.Keys())
}

func TestWhatCantBeABlobTakesNobodysTurn(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	for range 10 * mispay.CallbackBurst {
		_, err := e.ReceiveCallback(t.Context(), url.Values{"_": {"QUFBQQ=="}})
		require.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
	}
	_, err := e.ReceiveCallback(t.Context(), sealed(t, `{"code":"MP00"}`))
	require.NoError(t, err)
}

func TestAFloodOfCallbacksCostsABoundedNumberOfKeys(t *testing.T) {
	t.Parallel()
	now := noon()
	e := newExchange(t, func(c *mispay.Config) { c.Now = func() time.Time { return now } })
	forged := url.Values{"_": {base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(make([]byte, 60))))}}
	paced := 0
	for range 5 * mispay.CallbackBurst {
		_, err := e.ReceiveCallback(t.Context(), forged)
		if providerError(t, err).Refusal == paylinks.RefusedRate {
			paced++
		}
	}
	assert.EqualValues(t, mispay.CallbackBurst, e.Keys())
	assert.Equal(t, 4*mispay.CallbackBurst, paced)

	now = now.Add(time.Second)
	got, err := e.ReceiveCallback(t.Context(), sealed(t, `{"code":"MP00"}`))
	require.NoError(t, err, "a second later there's room for a genuine one")
	assert.Equal(t, "success", got.Result)
}
