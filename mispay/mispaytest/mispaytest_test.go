package mispaytest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/internal/merchanttest"
	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
)

// caller is a simulator and a merchant who calls it.
type caller struct {
	*mispaytest.Server
	*merchanttest.Merchant
}

func newCaller(t *testing.T, config mispaytest.Config) *caller {
	t.Helper()
	simulator := mispaytest.New(config)
	usual := map[string]string{"X-App-Id": mispaytest.AppID, "Content-Type": "application/json"}
	c := &caller{Server: simulator, Merchant: merchanttest.New(t, simulator, usual)}
	c.Usual["Authorization"] = "Bearer " + c.token(t)
	return c
}

// answer is what MisPay answers with.
type answer struct {
	Status string
	Result json.RawMessage
}

// field is a field of the result.
func (a answer) field(t *testing.T, name string) string {
	t.Helper()
	var fields map[string]string
	require.NoError(t, json.Unmarshal(a.Result, &fields), "%s", a.Result)
	return fields[name]
}

// send makes a call with the headers that are usual, changed by the given ones: "" removes.
func (c *caller) send(t *testing.T, method, path string, headers map[string]string, body string) (int, answer) {
	t.Helper()
	status, text := c.In(t).Do(method, mispaytest.BasePath+path, body, headers)
	var a answer
	if strings.HasPrefix(text, "{") {
		require.NoError(t, json.Unmarshal([]byte(text), &a), "%s", text)
	}
	return status, a
}

func (c *caller) call(t *testing.T, method, path, body string) (int, answer) {
	t.Helper()
	return c.send(t, method, path, nil, body)
}

// tokenHeaders are those of the token call, and none of the others.
func tokenHeaders(id, secret string) map[string]string {
	return map[string]string{"X-App-Id": id, "X-App-Secret": secret, "Authorization": "", "Content-Type": ""}
}

// token asks for a token and decrypts it.
func (c *caller) token(t *testing.T) string {
	t.Helper()
	status, a := c.send(t, http.MethodGet, "/token", tokenHeaders(mispaytest.AppID, mispaytest.AppSecret), "")
	require.Equal(t, http.StatusOK, status)
	plain, err := blob.New(mispaytest.AppSecret).Open(a.field(t, "token"))
	require.NoError(t, err)
	var content struct{ Token, Expiration string }
	require.NoError(t, json.Unmarshal(plain, &content))
	expiration, err := time.Parse(time.RFC3339, content.Expiration)
	require.NoError(t, err)
	assert.Equal(t, time.UTC, expiration.Location())
	assert.Len(t, strings.Split(content.Token, "."), 3)
	return content.Token
}

// checkout is a body of v1.2 with some fields replaced, or left out where they are nil.
func checkout(t *testing.T, replace map[string]any) string {
	t.Helper()
	fields := map[string]any{
		"orderId": "shop-1", "invoiceId": "INV-1", "totalPrice": "200.00", "shippingAmount": "15.00", "vat": "32.25",
		"discount": map[string]any{"amount": "10.00"}, "purchaseAmount": "237.25", "purchaseCurrency": "SAR", "lang": "ar", "version": "v1.2",
		"customerDetails": map[string]any{"mobileNumber": "966512345678", "email": "noura@shop.example"},
		"orderDetails":    map[string]any{"items": []any{map[string]any{"quantity": "2", "unitPrice": "100.00", "nameEnglish": "Lamp"}}},
	}
	return jsontest.Replaced(t, fields, replace)
}

// start makes a checkout.
func (c *caller) start(t *testing.T) string {
	t.Helper()
	status, a := c.call(t, http.MethodPost, "/start-checkout", checkout(t, nil))
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, "success", a.Status)
	return a.field(t, "trackId")
}

func (c *caller) track(t *testing.T, id string) answer {
	t.Helper()
	status, a := c.call(t, http.MethodGet, "/track-checkout/"+id, "")
	require.Equal(t, http.StatusOK, status)
	return a
}

func (c *caller) payment(t *testing.T, id string) mispaytest.Payment {
	t.Helper()
	p, err := c.Payment(id)
	require.NoError(t, err)
	return p
}

func refundBody(p mispaytest.Payment, amount string) string {
	return `{"purchaseId":"` + p.CheckoutID + `","totalAmount":"237.25","currency":"SAR","orderId":"shop-1","amount":"` + amount + `","merchantRefundId":"r1","comments":"broken"}`
}

func TestATokenIsForTheAppAlone(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	for _, tt := range []struct {
		id, secret, code string
	}{
		{"", mispaytest.AppSecret, "ME01"},
		{mispaytest.AppID, "", "ME02"},
		{"another", mispaytest.AppSecret, "ME03"},
		{mispaytest.AppID, "another", "ME03"},
	} {
		status, a := c.send(t, http.MethodGet, "/token", tokenHeaders(tt.id, tt.secret), "")
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Equal(t, "error : 400", a.Status)
		assert.JSONEq(t, `"ExceptionType.`+tt.code+`"`, string(a.Result))
	}
}

func TestACallNeedsAppBearerAndJSON(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	id := c.start(t)
	for name, tt := range map[string]struct {
		headers map[string]string
		status  int
		code    string
	}{
		"fine":            {nil, 200, ""},
		"no app":          {map[string]string{"X-App-Id": ""}, 400, "ME01"},
		"another app":     {map[string]string{"X-App-Id": "x"}, 400, "ME03"},
		"no token":        {map[string]string{"Authorization": ""}, 401, "ME10"},
		"no Bearer":       {map[string]string{"Authorization": strings.TrimPrefix(c.Usual["Authorization"], "Bearer ")}, 401, "ME10"},
		"another token":   {map[string]string{"Authorization": "Bearer x.y.z"}, 401, "ME10"},
		"no content type": {map[string]string{"Content-Type": ""}, 400, "ME97"},
	} {
		status, a := c.send(t, http.MethodGet, "/track-checkout/"+id, tt.headers, "")
		assert.Equal(t, tt.status, status, name)
		if tt.code != "" {
			assert.Contains(t, string(a.Result), tt.code, name)
		}
	}
}

func TestATokenEnds(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{TokenLife: 10 * time.Minute})
	id := c.start(t)
	c.Clock.Advance(10 * time.Minute)
	status, a := c.call(t, http.MethodGet, "/track-checkout/"+id, "")
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Contains(t, string(a.Result), "ME11")

	c.Usual["Authorization"] = "Bearer " + c.token(t)
	c.track(t, id)
	c.ForgetTokens()
	status, a = c.call(t, http.MethodGet, "/track-checkout/"+id, "")
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Contains(t, string(a.Result), "ME10")
}

func TestACheckoutIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	items := func(item map[string]any) map[string]any {
		return map[string]any{"orderDetails": map[string]any{"items": []any{item}}}
	}
	v11 := map[string]any{
		"version": "v1.1", "purchaseAmount": json.RawMessage("237.25"), "totalPrice": nil, "shippingAmount": nil, "vat": nil, "discount": nil,
		"customerDetails": nil, "orderDetails": nil, "invoiceId": nil,
	}
	for name, tt := range map[string]struct {
		replace map[string]any
		ok      bool
	}{
		"complete":                {nil, true},
		"no invoice, no discount": {map[string]any{"invoiceId": nil, "discount": nil, "purchaseAmount": "247.25"}, true},
		"no phone":                {map[string]any{"customerDetails": map[string]any{"mobileNumber": ""}}, true},
		"an unknown field":        {map[string]any{"shippingDetails": map[string]any{"city": "Riyadh"}}, true},
		"v1.1":                    {v11, true},
		"no orderId":              {map[string]any{"orderId": nil}, false},
		"an unsafe orderId":       {map[string]any{"orderId": "a b"}, false},
		"a long orderId":          {map[string]any{"orderId": strings.Repeat("x", 65)}, false},
		"another currency":        {map[string]any{"purchaseCurrency": "AED"}, false},
		"no version":              {map[string]any{"version": nil}, false},
		"another language":        {map[string]any{"lang": "fr"}, false},
		"no customer":             {map[string]any{"customerDetails": nil}, false},
		"a foreign phone":         {map[string]any{"customerDetails": map[string]any{"mobileNumber": "971501234567"}}, false},
		"a phone with +":          {map[string]any{"customerDetails": map[string]any{"mobileNumber": "+966512345678"}}, false},
		"no items":                {map[string]any{"orderDetails": map[string]any{"items": []any{}}}, false},
		"no order details":        {map[string]any{"orderDetails": nil}, false},
		"no shipping amount":      {map[string]any{"shippingAmount": nil}, false},
		"no VAT":                  {map[string]any{"vat": nil}, false},
		"a number for a string":   {map[string]any{"totalPrice": 200}, false},
		"one decimal":             {map[string]any{"purchaseAmount": "237.2"}, false},
		"a sum that is off":       {map[string]any{"purchaseAmount": "237.26"}, false},
		"a discount forgotten":    {map[string]any{"purchaseAmount": "247.25"}, false},
		"nothing to pay":          {map[string]any{"purchaseAmount": "0.00", "discount": map[string]any{"amount": "247.25"}}, false},
		"items of another total":  {items(map[string]any{"quantity": "1", "unitPrice": "100.00", "nameEnglish": "Lamp"}), false},
		"an item without a name":  {items(map[string]any{"quantity": "2", "unitPrice": "100.00"}), false},
		"a quantity of zero":      {items(map[string]any{"quantity": "0", "unitPrice": "100.00", "nameEnglish": "Lamp"}), false},
		"a callback to nowhere":   {map[string]any{"callbackUri": "shop"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, a := c.call(t, http.MethodPost, "/start-checkout", checkout(t, tt.replace))
			if tt.ok {
				assert.Equal(t, http.StatusCreated, status)
				assert.NotEmpty(t, a.field(t, "trackId"))
				assert.Contains(t, a.field(t, "url"), "/pay/")
				return
			}
			assert.Equal(t, http.StatusBadRequest, status)
			assert.Contains(t, string(a.Result), "ME97")
		})
	}
	status, _ := c.call(t, http.MethodPost, "/start-checkout", "{")
	assert.Equal(t, http.StatusBadRequest, status)
}

func TestTrackSaysWhatIsCertainAndAsMuchMoreAsIsAskedFor(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	id := c.start(t)
	assert.JSONEq(t, `{"status":"pending","orderId":"shop-1"}`, string(c.track(t, id).Result))
	require.NoError(t, c.Open(id))
	assert.Equal(t, "in-progress", c.track(t, id).field(t, "status"))
	require.NoError(t, c.Pay(id))
	p := c.payment(t, id)
	assert.JSONEq(t, `{"status":"success","orderId":"shop-1","checkoutId":"`+p.CheckoutID+`"}`, string(c.track(t, id).Result))
	c.HideCheckoutID(true)
	assert.JSONEq(t, `{"status":"success","orderId":"shop-1"}`, string(c.track(t, id).Result))
	assert.NotEqual(t, p.TrackID, p.CheckoutID)

	c = newCaller(t, mispaytest.Config{ShowAmounts: true})
	a := c.track(t, c.start(t))
	assert.Equal(t, "237.25", a.field(t, "purchaseAmount"))
	assert.Equal(t, "SAR", a.field(t, "purchaseCurrency"))

	for _, unknown := range []string{"nobody", p.CheckoutID} {
		status, a := c.call(t, http.MethodGet, "/track-checkout/"+unknown, "")
		assert.Equal(t, http.StatusNotFound, status)
		assert.Contains(t, string(a.Result), "ME05")
	}
}

func TestOnlyAPaymentIsEnded(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		c := newCaller(t, mispaytest.Config{RefuseSecondEnd: refuse})
		id := c.start(t)
		p := c.payment(t, id)
		end := func() (int, answer) { return c.call(t, http.MethodPut, "/checkout/"+p.CheckoutID+"/end", "") }
		status, a := end()
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, string(a.Result), "ME04")
		assert.Zero(t, c.payment(t, id).Ends)

		require.NoError(t, c.Pay(id))
		c.FailEnd(1)
		status, _ = end()
		assert.Equal(t, http.StatusInternalServerError, status)
		status, a = end()
		require.Equal(t, http.StatusOK, status)
		transaction := a.field(t, "transactionId")
		assert.Equal(t, c.payment(t, id).TransactionID, transaction)

		status, a = end()
		if refuse {
			assert.Equal(t, http.StatusBadRequest, status)
			assert.Contains(t, string(a.Result), "already ended")
		} else {
			assert.Equal(t, http.StatusOK, status)
			assert.Equal(t, transaction, a.field(t, "transactionId"))
		}
		status, _ = c.call(t, http.MethodPut, "/checkout/"+p.TrackID+"/end", "")
		assert.Equal(t, http.StatusNotFound, status, "the trackId isn't the checkoutId")
	}
}

func TestEveryRefundRefunds(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	id := c.start(t)
	p := c.payment(t, id)
	status, a := c.call(t, http.MethodPost, "/refund", refundBody(p, "10.00"))
	assert.Equal(t, http.StatusBadRequest, status, "not paid")
	assert.Contains(t, string(a.Result), "ME04")
	require.NoError(t, c.Pay(id))

	for range 2 {
		status, a = c.call(t, http.MethodPost, "/refund", refundBody(p, "100.00"))
		assert.Equal(t, http.StatusCreated, status)
		assert.Equal(t, "success", a.Status)
		assert.JSONEq(t, `{}`, string(a.Result))
	}
	p = c.payment(t, id)
	require.Len(t, p.Refunds, 2, "the same merchantRefundId twice is two refunds")
	assert.Equal(t, "r1", p.Refunds[1].Reference)
	assert.Equal(t, "broken", p.Refunds[1].Comments)
	assert.Equal(t, "200.00", p.Refunded().String())
	assert.Equal(t, "success", c.track(t, id).field(t, "status"), "track knows nothing of refunds")

	for name, body := range map[string]string{
		"more than is left": refundBody(p, "37.26"),
		"nothing":           refundBody(p, "0.00"),
		"another total":     strings.Replace(refundBody(p, "1.00"), "237.25", "200.00", 1),
		"another order":     strings.Replace(refundBody(p, "1.00"), "shop-1", "shop-2", 1),
		"another currency":  strings.Replace(refundBody(p, "1.00"), "SAR", "AED", 1),
		"a number":          strings.Replace(refundBody(p, "1.00"), `"1.00"`, `1.00`, 1),
	} {
		status, a = c.call(t, http.MethodPost, "/refund", body)
		assert.Equal(t, http.StatusBadRequest, status, name)
		assert.Contains(t, string(a.Result), "ME97", name)
	}
	status, _ = c.call(t, http.MethodPost, "/refund", strings.Replace(refundBody(p, "1.00"), p.CheckoutID, p.TrackID, 1))
	assert.Equal(t, http.StatusNotFound, status)
	assert.Len(t, c.payment(t, id).Refunds, 2)
}

func TestAnEndedCheckoutStaysAsItIs(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	for status, end := range map[string]func(string) error{"success": c.Pay, "error": c.Decline, "canceled": c.Cancel} {
		id := c.start(t)
		require.NoError(t, end(id))
		for _, again := range []func(string) error{c.Open, c.Pay, c.Decline, c.Cancel, c.Expire} {
			require.Error(t, again(id))
		}
		assert.Equal(t, status, c.track(t, id).field(t, "status"))
	}
	assert.Error(t, c.Pay("nobody"))
}

func TestTimeEndsACheckout(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{SessionLife: 20 * time.Minute, WebhookURL: "http://shop.test/hook"})
	id := c.start(t)
	c.Clock.Advance(20*time.Minute - time.Second)
	assert.Equal(t, "pending", c.payment(t, id).Status)
	c.Clock.Advance(time.Second)
	require.Error(t, c.Pay(id))
	assert.Equal(t, "error", c.track(t, id).field(t, "status"))
	require.Len(t, c.Webhooks.Pending(), 1)
	assert.Contains(t, string(c.Webhooks.Pending()[0].Body), `"MP01"`)
}

func TestAWebhookIsSentOnceAndUnsigned(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 500} {
		shop := merchanttest.NewInbox(t, status)
		c := newCaller(t, mispaytest.Config{WebhookURL: shop.URL + "/hook/secret"})
		id := c.start(t)
		require.NoError(t, c.Pay(id))
		require.NoError(t, c.RefundFromPanel(id, "37.25"))
		require.NoError(t, c.RefundFromPanel(id, "200.00"))
		require.Error(t, c.RefundFromPanel(id, "0.01"))
		require.Error(t, c.RefundFromPanel(id, "x"))

		c.Webhooks.Flush(t.Context())
		assert.Empty(t, c.Webhooks.Pending(), "not even a failed one is sent again")
		c.Webhooks.Flush(t.Context())
		got := shop.Got()
		p := c.payment(t, id)
		base := `"checkoutId":"` + p.CheckoutID + `","orderId":"shop-1","appId":"` + mispaytest.AppID + `"`
		require.Len(t, got, 3)
		assert.JSONEq(t, `{`+base+`,"code":"MP00"}`, got[0].Text)
		assert.JSONEq(t, `{`+base+`,"code":"MP03","isFullyRefunded":false}`, got[1].Text)
		assert.JSONEq(t, `{`+base+`,"code":"MP03","isFullyRefunded":true}`, got[2].Text)

		body, err := c.Webhook(id)
		require.NoError(t, err)
		assert.JSONEq(t, got[2].Text, string(body))
	}
}

func TestRunSendsWebhooksByItself(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{WebhookURL: merchanttest.NewInbox(t, http.StatusOK).URL})
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { assert.NoError(t, c.Run(ctx)) })
	require.NoError(t, c.Cancel(c.start(t)))
	deliveries, err := c.Webhooks.WaitDelivered(t.Context(), 1)
	require.NoError(t, err)
	assert.Contains(t, string(deliveries[0].Body), `"MP02"`)
	cancel()
	work.Wait()
}

// tap is what a person does on the page. It returns where the browser is sent.
func (c *caller) tap(t *testing.T, id, decision string) *url.URL {
	t.Helper()
	path := "/pay/" + id
	status, to := c.In(t).Browse(http.MethodPost, path, "decision="+decision)
	require.Equal(t, http.StatusSeeOther, status)
	page, err := url.Parse(c.URL + path)
	require.NoError(t, err)
	location, err := page.Parse(to)
	require.NoError(t, err)
	return location
}

func TestThePageSendsTheBrowserBackWithAnEncryptedResult(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{CallbackURL: "https://shop.example/mispay/callback"})
	for decision, tt := range map[string]struct{ code, status string }{
		"pay": {"MP00", "success"}, "cancel": {"MP02", "canceled"}, "decline": {"MP01", "error"},
	} {
		id := c.start(t)
		location := c.tap(t, id, decision)
		assert.Equal(t, "https://shop.example/mispay/callback/", location.Scheme+"://"+location.Host+location.Path, "with a slash before the query")
		sealed, err := base64.StdEncoding.DecodeString(location.Query().Get("_"))
		require.NoError(t, err)
		plain, err := blob.New(mispaytest.AppSecret).Open(string(sealed))
		require.NoError(t, err)
		p := c.payment(t, id)
		want := `{"checkoutId":"` + p.CheckoutID + `","orderId":"shop-1","code":"` + tt.code + `"}`
		if decision == "decline" {
			want = `{"orderId":"shop-1","code":"MP01"}`
		}
		assert.JSONEq(t, want, string(plain))
		assert.Equal(t, tt.status, p.Status)

		again := c.tap(t, id, "pay")
		assert.Equal(t, c.URL+"/pay/"+id, again.String(), "a checkout that is over stays on its page")
		assert.Equal(t, tt.status, c.payment(t, id).Status)
	}
}

func TestACheckoutsOwnCallbackGoesFirst(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{CallbackURL: "https://shop.example/registered"})
	status, a := c.call(t, http.MethodPost, "/start-checkout", checkout(t, map[string]any{"callbackUri": "https://shop.example/own/"}))
	require.Equal(t, http.StatusCreated, status)
	location := c.tap(t, a.field(t, "trackId"), "pay")
	assert.Equal(t, "/own/", location.Path)
}

func TestWithoutACallbackThePageStays(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	id := c.start(t)
	assert.Equal(t, c.URL+"/pay/"+id, c.tap(t, id, "pay").String())
	assert.Equal(t, "success", c.payment(t, id).Status)
}

func TestOpeningThePageIsSeenInTrack(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{MerchantName: "Oud & Sons"})
	id := c.start(t)
	for _, path := range []string{"/pay/" + id + "?lang=en", "/"} {
		status, page := c.Browse(http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, "SIMULATED")
		assert.Contains(t, page, "237.25")
	}
	assert.Equal(t, "in-progress", c.track(t, id).field(t, "status"))
}

func TestTheLedgerHasEveryCall(t *testing.T) {
	t.Parallel()
	c := newCaller(t, mispaytest.Config{})
	id := c.start(t)
	require.NoError(t, c.Pay(id))
	c.call(t, http.MethodPost, "/refund", refundBody(c.payment(t, id), "1.00"))
	calls := c.Calls.Calls(mispaytest.OpStart, mispaytest.OpRefund)
	require.Len(t, calls, 2)
	assert.Equal(t, "shop-1", calls[0].Reference)
	assert.Equal(t, "r1", calls[1].Reference)
	assert.Equal(t, http.StatusCreated, calls[1].Status)
	assert.Equal(t, 1, c.Calls.Count(mispaytest.OpToken))
	require.Len(t, c.Payments(), 1)
	assert.Equal(t, "966512345678", c.Payments()[0].Phone)
}
