package tamara_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

const oldKey = "00000000-old-key-1111"

// claims are those of Tamara's sample: a life of 15 minutes, and no word about the body.
func claims() jwt.MapClaims {
	return jwt.MapClaims{"iat": now.Unix(), "exp": now.Add(15 * time.Minute).Unix(), "iss": "Tamara"}
}

func signed(t *testing.T, method jwt.SigningMethod, key any, c jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	require.NoError(t, err)
	return token
}

// genuine is a token of Tamara's.
func genuine(t *testing.T) string {
	t.Helper()
	return signed(t, jwt.SigningMethodHS256, []byte(notifyKey), claims())
}

const approvedBody = `{"order_id":"` + orderID + `","order_reference_id":"op-1","order_number":"ORDER-7","event_type":"order_approved","data":[]}`

// delivery is a webhook with a token in both places, as Tamara sends it.
func delivery(token, body string) paylinks.WebhookRequest {
	return paylinks.WebhookRequest{
		Query: url.Values{"tamaraToken": {token}}, Header: http.Header{"Authorization": {"Bearer " + token}}, Body: []byte(body), Now: now,
	}
}

func TestOnlyProvenWebhooksAreRead(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	with := func(change func(jwt.MapClaims)) string {
		c := claims()
		change(c)
		return signed(t, jwt.SigningMethodHS256, []byte(notifyKey), c)
	}
	token := genuine(t)
	parts := strings.Split(token, ".")
	decoded := sha256.Sum256([]byte(notifyKey))
	for name, tt := range map[string]struct {
		req    paylinks.WebhookRequest
		proven bool
	}{
		"both places":            {delivery(token, approvedBody), true},
		"the query alone":        {paylinks.WebhookRequest{Query: url.Values{"tamaraToken": {token}}, Body: []byte(approvedBody), Now: now}, true},
		"the header alone":       {paylinks.WebhookRequest{Header: http.Header{"Authorization": {"Bearer " + token}}, Body: []byte(approvedBody), Now: now}, true},
		"a scheme in small":      {paylinks.WebhookRequest{Header: http.Header{"Authorization": {"bearer  " + token}}, Body: []byte(approvedBody), Now: now}, true},
		"the merchant's header":  {paylinks.WebhookRequest{Query: url.Values{"tamaraToken": {token}}, Header: http.Header{"Authorization": {"1234"}}, Body: []byte(approvedBody), Now: now}, true},
		"a wrong query":          {paylinks.WebhookRequest{Query: url.Values{"tamaraToken": {"x"}}, Header: http.Header{"Authorization": {"Bearer " + token}}, Body: []byte(approvedBody), Now: now}, true},
		"the second of two":      {paylinks.WebhookRequest{Query: url.Values{"tamaraToken": {"x", token}}, Body: []byte(approvedBody), Now: now}, true},
		"the old key":            {delivery(signed(t, jwt.SigningMethodHS256, []byte(oldKey), claims()), approvedBody), true},
		"another issuer":         {delivery(with(func(c jwt.MapClaims) { c["iss"] = "Tamara Sandbox" }), approvedBody), true},
		"no issuer":              {delivery(with(func(c jwt.MapClaims) { delete(c, "iss") }), approvedBody), true},
		"no time of issue":       {delivery(with(func(c jwt.MapClaims) { delete(c, "iat") }), approvedBody), true},
		"expired in the leeway":  {delivery(with(func(c jwt.MapClaims) { c["exp"] = now.Add(-59 * time.Second).Unix() }), approvedBody), true},
		"expired":                {delivery(with(func(c jwt.MapClaims) { c["exp"] = now.Add(-61 * time.Second).Unix() }), approvedBody), false},
		"no expiry":              {delivery(with(func(c jwt.MapClaims) { delete(c, "exp") }), approvedBody), false},
		"an expiry of words":     {delivery(with(func(c jwt.MapClaims) { c["exp"] = "never" }), approvedBody), false},
		"not valid yet":          {delivery(with(func(c jwt.MapClaims) { c["nbf"] = now.Add(time.Hour).Unix() }), approvedBody), false},
		"nothing":                {paylinks.WebhookRequest{Body: []byte(approvedBody), Now: now}, false},
		"an empty token":         {delivery("", approvedBody), false},
		"the key itself":         {delivery(notifyKey, approvedBody), false},
		"another key":            {delivery(signed(t, jwt.SigningMethodHS256, []byte("guess"), claims()), approvedBody), false},
		"the empty key":          {delivery(signed(t, jwt.SigningMethodHS256, []byte{}, claims()), approvedBody), false},
		"a hash of the key":      {delivery(signed(t, jwt.SigningMethodHS256, decoded[:], claims()), approvedBody), false},
		"HS384":                  {delivery(signed(t, jwt.SigningMethodHS384, []byte(notifyKey), claims()), approvedBody), false},
		"HS512":                  {delivery(signed(t, jwt.SigningMethodHS512, []byte(notifyKey), claims()), approvedBody), false},
		"RS256":                  {delivery(signed(t, jwt.SigningMethodRS256, rsaKey, claims()), approvedBody), false},
		"alg none":               {delivery(signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims()), approvedBody), false},
		"no signature":           {delivery(parts[0]+"."+parts[1]+".", approvedBody), false},
		"claims exchanged":       {delivery(parts[0]+"."+base64.RawURLEncoding.EncodeToString([]byte(`{"exp":4102444800}`))+"."+parts[2], approvedBody), false},
		"in a header of its own": {paylinks.WebhookRequest{Header: http.Header{"Tamaratoken": {token}}, Body: []byte(approvedBody), Now: now}, false},
		"without the scheme":     {paylinks.WebhookRequest{Header: http.Header{"Authorization": {token}}, Body: []byte(approvedBody), Now: now}, false},
		"with another scheme":    {paylinks.WebhookRequest{Header: http.Header{"Authorization": {"Basic " + token}}, Body: []byte(approvedBody), Now: now}, false},
		"in the body":            {paylinks.WebhookRequest{Body: []byte(`{"tamaraToken":"` + token + `","order_id":"` + orderID + `"}`), Now: now}, false},
		"signed, and endless":    {delivery(with(func(c jwt.MapClaims) { c["pad"] = strings.Repeat("x", 5000) }), approvedBody), false},
		"endless":                {delivery(token+strings.Repeat("x", 5000), approvedBody), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newExchange(t, func(c *tamara.Config) { c.OldNotificationToken = oldKey }).ReceiveWebhook(t.Context(), tt.req)
			if !tt.proven {
				require.ErrorIs(t, err, paylinks.ErrUnproven)
				assert.Zero(t, got)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{PaymentID: orderID, Reference: "op-1"}, got.Ref)
			assert.Equal(t, "order_approved", got.Type)
		})
	}
}

func TestTheOldKeyCountsOnlyWhileItIsConfigured(t *testing.T) {
	t.Parallel()
	_, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(signed(t, jwt.SigningMethodHS256, []byte(oldKey), claims()), approvedBody))
	require.ErrorIs(t, err, paylinks.ErrUnproven)
}

// A request without a time of arrival is judged by the provider's own clock, not taken as from the year 1.
func TestAWebhookWithoutATimeCanExpire(t *testing.T) {
	t.Parallel()
	req := delivery(genuine(t), approvedBody)
	req.Now = time.Time{}
	_, err := newExchange(t).ReceiveWebhook(t.Context(), req)
	require.NoError(t, err)
	_, err = newExchange(t, func(c *tamara.Config) { c.Now = func() time.Time { return now.Add(time.Hour) } }).ReceiveWebhook(t.Context(), req)
	require.ErrorIs(t, err, paylinks.ErrUnproven)
}

// A token that was computed elsewhere, with openssl, so that not only our own library agrees with itself.
func TestATokenOfAnotherImplementation(t *testing.T) {
	t.Parallel()
	const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3NzIzNTY1MDAsImlhdCI6MTc3MjM1NTYwMCwiaXNzIjoiVGFtYXJhIn0.13QpUEj0EDVBnI5D2xyQO3X-dKE2MESGQWgs3Az0Np8"
	_, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(token, approvedBody))
	require.NoError(t, err)
}

// The proof doesn't cover the body. Whatever a body claims, only its ids are passed on, and no facts.
func TestAForgedBodyIsOnlyAHint(t *testing.T) {
	t.Parallel()
	got, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(genuine(t), `{"order_id":"`+orderID+`","order_reference_id":"op-1",
		"event_type":"order_captured","status":"fully_captured","data":{"capture_id":"made-up","captured_amount":{"amount":1000000,"currency":"SAR"}}}`))
	require.NoError(t, err)
	assert.Nil(t, got.Facts)
	assert.Equal(t, paylinks.Ref{PaymentID: orderID, Reference: "op-1"}, got.Ref)
}

func TestWebhooksNameAnOrder(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ body, reference, kind string }{
		"an event":                   {approvedBody, "op-1", "order_approved"},
		"the older notification":     {`{"order_id":"` + orderID + `","order_reference_id":"op-1","order_status":"approved","data":[]}`, "op-1", "approved"},
		"both":                       {`{"order_id":"` + orderID + `","event_type":"order_captured","order_status":"fully_captured"}`, "", "order_captured"},
		"data of an object":          {`{"order_id":"` + orderID + `","event_type":"order_declined","data":{"declined_reason":"x","decline_type":null}}`, "", "order_declined"},
		"data of no object":          {`{"order_id":"` + orderID + `","event_type":"order_refunded","data":{"refund_id":7}}`, "", "order_refunded"},
		"no data":                    {`{"order_id":"` + orderID + `","event_type":"order_expired"}`, "", "order_expired"},
		"other types":                {`{"order_id":"` + orderID + `","order_reference_id":7,"event_type":null,"data":null}`, "", "unknown"},
		"an id in capitals":          {`{"order_id":"` + strings.ToUpper(orderID) + `","event_type":"order_on_hold"}`, "", "order_on_hold"},
		"no more than an id":         {`{"order_id":"` + orderID + `"}`, "", "unknown"},
		"a member that nobody knows": {`{"order_id":"` + orderID + `","event_type":"order_x","surprise":[{}]}`, "", "order_x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(genuine(t), tt.body))
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{PaymentID: orderID, Reference: tt.reference}, got.Ref)
			assert.Equal(t, tt.kind, got.Type)
			assert.NotEmpty(t, got.DedupKey)
		})
	}
}

func TestProvenWebhooksOfNoUse(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `null`, `[]`, `"x"`, `{}`, `{"order_id":""}`, `{"order_id":"null"}`, `{"order_id":"../webhooks"}`, `{"order_id":7}`, `{"order_id":"` + orderID + `"`,
		`<html>`, `{"type":"dispute","event_type":"OrderDisputeWasUpdated"}`,
	} {
		got, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(genuine(t), body))
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal, "body %q", body)
		require.NotErrorIs(t, err, paylinks.ErrUnproven)
		assert.Zero(t, got)
	}
}

func TestDedupKeys(t *testing.T) {
	t.Parallel()
	key := func(body string) string {
		got, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(genuine(t), body))
		require.NoError(t, err)
		return got.DedupKey
	}
	event := func(kind, data string) string {
		return `{"order_id":"` + orderID + `","order_reference_id":"op-1","event_type":"` + kind + `","data":` + data + `}`
	}
	for name, same := range map[string][2]string{
		"repeated":                     {event("order_approved", "[]"), event("order_approved", "[]")},
		"another layout":               {event("order_approved", "[]"), event("order_approved", "[ ]")},
		"another number, the same id":  {event("order_captured", `{"capture_id":"c1","captured_amount":300}`), event("order_captured", `{"captured_amount":300.0,"capture_id":"c1"}`)},
		"an id in capitals":            {`{"order_id":"` + orderID + `","event_type":"a"}`, `{"order_id":"` + strings.ToUpper(orderID) + `","event_type":"A"}`},
		"another comment, same refund": {event("order_refunded", `{"refund_id":"r1","comment":"a"}`), event("order_refunded", `{"refund_id":"r1","comment":"b"}`)},
	} {
		assert.Equal(t, key(same[0]), key(same[1]), name)
	}
	seen := map[string]string{}
	for _, body := range []string{
		event("order_approved", "[]"), event("order_authorised", "[]"), event("order_captured", `{"capture_id":"c1"}`), event("order_captured", `{"capture_id":"c2"}`),
		event("order_refunded", `{"refund_id":"r1","capture_id":"c1"}`), event("order_refunded", `{"refund_id":"r2","capture_id":"c1"}`),
		event("order_canceled", `{"cancel_id":"x1"}`), event("order_updated", `{"cancel_id":"x1"}`), event("order_updated", `{"cancel_id":"x2"}`),
		event("order_updated", `{"canceled_amount":1}`), event("order_updated", `{"canceled_amount":2}`), event("order_updated", `[]`),
		`{"order_id":"` + checkoutID + `","event_type":"order_approved","data":[]}`, `{"order_id":"` + orderID + `","order_status":"approved","data":[]}`,
	} {
		k := key(body)
		assert.Empty(t, seen[k], "%s has the key of another event", body)
		seen[k] = body
	}
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]paylinks.Callback{
		"paymentStatus=approved&orderId=" + orderID:                           {Ref: paylinks.Ref{PaymentID: orderID}, Result: "success"},
		"paymentStatus=approved&orderId=" + strings.ToUpper(orderID):          {Ref: paylinks.Ref{PaymentID: orderID}, Result: "success"},
		"paymentStatus=declined&decline_type=soft+decline&orderId=" + orderID: {Ref: paylinks.Ref{PaymentID: orderID}, Result: "failure"},
		"paymentStatus=expired&orderId=" + orderID:                            {Ref: paylinks.Ref{PaymentID: orderID}, Result: "failure"},
		"paymentStatus=canceled&orderId=null":                                 {Result: "cancel"},
		"paymentStatus=cancelled&orderId=" + orderID:                          {Ref: paylinks.Ref{PaymentID: orderID}, Result: "cancel"},
		"paymentStatus=new":                          {},
		"paymentStatus=%3Cscript%3E&orderId=../../x": {},
		"": {},
	} {
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		got, err := newExchange(t).ReceiveCallback(t.Context(), values)
		require.NoError(t, err)
		assert.Equal(t, want, got, "query %q", query)
	}
}

const hookURL = "https://pay.example/api/v1/providers/webhooks/tamara/tamara-main"

// registration is the body of a registration that went out.
func registration(t *testing.T, body []byte) (r struct {
	Type   string   `json:"type"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
},
) {
	t.Helper()
	require.NoError(t, json.Unmarshal(body, &r))
	return r
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	const hookID = "4711ecbd-2c16-4882-8d4b-04bcaa96bbc6"
	const accepted = `{"merchant_id":"m","webhook_id":"` + hookID + `","url":"x","events":[],"headers":[]}`
	duplicate := apiError("webhook_already_registered", `{"webhook_id":"`+hookID+`"}`)
	refused := apiError("events_invalid", `[]`)
	const post, put = "POST /webhooks", "PUT /webhooks/" + hookID
	for name, tt := range map[string]struct {
		post, put []reply
		paths     []string
		events    int
		refusal   paylinks.Refusal
	}{
		"new":                          {[]reply{says(200, accepted)}, nil, []string{post}, 9, ""},
		"registered: brought in line":  {[]reply{says(400, duplicate)}, []reply{says(200, accepted)}, []string{post, put}, 9, ""},
		"registered, with another 4xx": {[]reply{says(409, duplicate)}, []reply{says(200, accepted)}, []string{post, put}, 9, ""},
		"registered, and no id":        {[]reply{says(400, apiError("webhook_already_registered", `[]`))}, nil, []string{post}, 9, ""},
		"on_hold refused":              {[]reply{says(400, refused), says(200, accepted)}, nil, []string{post, post}, 8, ""},
		"on_hold refused, registered":  {[]reply{says(400, duplicate)}, []reply{says(400, refused), says(200, accepted)}, []string{post, put, post, put}, 8, ""},
		"everything refused":           {[]reply{says(400, refused)}, nil, []string{post, post}, 8, paylinks.RefusedRequest},
		"a wrong token":                {[]reply{says(401, "")}, nil, []string{post}, 9, paylinks.RefusedCredentials},
		"broken":                       {[]reply{says(500, "")}, nil, []string{post}, 9, paylinks.Unreachable},
		"registered, and gone":         {[]reply{says(400, duplicate)}, []reply{says(404, `{"message":"Webhook is not found"}`)}, []string{post, put}, 9, paylinks.RefusedNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answers(http.MethodPost, sandbox+"/webhooks", tt.post...)
			if tt.put != nil {
				e.Answers(http.MethodPut, sandbox+"/webhooks/"+hookID, tt.put...)
			}
			err := e.RegisterWebhook(t.Context(), hookURL)
			assert.Equal(t, tt.paths, e.Paths())
			last := registration(t, e.Bodies[len(e.Bodies)-1])
			assert.Len(t, last.Events, tt.events)
			assert.Equal(t, hookURL, last.URL)
			assert.Equal(t, "order", registration(t, e.Bodies[0]).Type)
			if tt.refusal != "" {
				assert.Equal(t, tt.refusal, providerError(t, err).Refusal)
				return
			}
			require.NoError(t, err)
		})
	}
}

func TestRegistrationOnTheWire(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, sandbox+"/webhooks", 200, `{"webhook_id":"w1"}`)
	require.NoError(t, e.RegisterWebhook(t.Context(), hookURL))
	goldentest.Body(t, "webhook.json", e.Bodies[0])
}

func TestRegistrationOfChosenEvents(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *tamara.Config) { c.RegisterEvents = []string{"order_captured"} })
	e.Answer(http.MethodPost, sandbox+"/webhooks", 400, apiError("events_invalid", `[]`))
	require.Error(t, e.RegisterWebhook(t.Context(), hookURL))
	assert.Len(t, e.Sent, 1, "there's no order_on_hold to leave out")
	assert.Equal(t, []string{"order_captured"}, registration(t, e.Bodies[0]).Events)
}

func TestRegistrationOfTooLongAnURL(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	err := e.RegisterWebhook(t.Context(), "https://pay.example/"+strings.Repeat("x", 255))
	assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
	assert.Zero(t, e.Mock.GetTotalCallCount())
}
