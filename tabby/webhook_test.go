package tabby_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

// delivery is a proven webhook with a body.
func delivery(body string) paylinks.WebhookRequest {
	return paylinks.WebhookRequest{
		Header: http.Header{"X-Webhook-Secret": {secret}}, Body: []byte(body), RemoteAddr: netip.MustParseAddr("34.166.36.90"),
	}
}

func webhookBody(t *testing.T, replace map[string]any) string {
	t.Helper()
	fields := map[string]any{"status": "authorized", "closed_at": json.RawMessage("null"), "token": "", "is_expired": false}
	maps.Copy(fields, replace)
	return payment(t, fields)
}

func onlyTabbysIPs(c *tabby.Config) { c.AllowedWebhookIPs = tabby.WebhookIPs() }

func from(address string) func(*paylinks.WebhookRequest) {
	return func(r *paylinks.WebhookRequest) { r.RemoteAddr = netip.MustParseAddr(address) }
}

func withHeader(value string) func(*paylinks.WebhookRequest) {
	return func(r *paylinks.WebhookRequest) { r.Header.Set(tabby.DefaultWebhookHeader, value) }
}

func TestOnlyProvenWebhooksAreRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config func(*tabby.Config)
		change func(*paylinks.WebhookRequest)
		proven bool
	}{
		"right header":             {proven: true},
		"another spelling":         {proven: true, config: func(c *tabby.Config) { c.WebhookHeader = "x-webhook-SECRET" }},
		"no header":                {change: func(r *paylinks.WebhookRequest) { r.Header = http.Header{} }},
		"no headers at all":        {change: func(r *paylinks.WebhookRequest) { r.Header = nil }},
		"empty header":             {change: withHeader("")},
		"wrong header":             {change: withHeader("guess")},
		"a part of the secret":     {change: withHeader(secret[:10])},
		"more than the secret":     {change: withHeader(secret + "x")},
		"secret in another header": {config: func(c *tabby.Config) { c.WebhookHeader = "X-Shop-Proof" }},
		"secret in the query": {change: func(r *paylinks.WebhookRequest) {
			r.Header, r.Query = http.Header{}, url.Values{"X-Webhook-Secret": {secret}}
		}},
		"own header name": {
			config: func(c *tabby.Config) { c.WebhookHeader = "X-Shop-Proof" },
			change: func(r *paylinks.WebhookRequest) { r.Header = http.Header{"X-Shop-Proof": {secret}} }, proven: true,
		},
		"no secret configured":            {config: func(c *tabby.Config) { c.WebhookSecret = "" }},
		"no secret and an empty header":   {config: func(c *tabby.Config) { c.WebhookSecret = "" }, change: withHeader("")},
		"a blank secret and no header":    {config: func(c *tabby.Config) { c.WebhookSecret = " " }, change: func(r *paylinks.WebhookRequest) { r.Header = http.Header{} }},
		"a documented address":            {config: onlyTabbysIPs, proven: true},
		"that address within IPv6":        {config: onlyTabbysIPs, change: from("::ffff:34.166.36.90"), proven: true},
		"another address":                 {config: onlyTabbysIPs, change: from("192.0.2.1")},
		"no address":                      {config: onlyTabbysIPs, change: func(r *paylinks.WebhookRequest) { r.RemoteAddr = netip.Addr{} }},
		"a right address, a wrong header": {config: onlyTabbysIPs, change: withHeader("guess")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var config []func(*tabby.Config)
			if tt.config != nil {
				config = append(config, tt.config)
			}
			req := delivery(webhookBody(t, nil))
			if tt.change != nil {
				tt.change(&req)
			}
			got, err := newExchange(t, config...).ReceiveWebhook(t.Context(), req)
			if !tt.proven {
				require.ErrorIs(t, err, paylinks.ErrUnproven)
				assert.Zero(t, got)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{PaymentID: paymentID, Reference: "op-1"}, got.Ref)
		})
	}
}

func TestWebhooksNameAPayment(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		ref  paylinks.Ref
		kind string
	}{
		"a payment":         {webhookBody(t, nil), paylinks.Ref{PaymentID: paymentID, Reference: "op-1"}, "authorized"},
		"in capitals":       {webhookBody(t, map[string]any{"status": "CLOSED"}), paylinks.Ref{PaymentID: paymentID, Reference: "op-1"}, "closed"},
		"of another system": {webhookBody(t, map[string]any{"meta": map[string]any{"order_id": nil, "customer": 7}}), paylinks.Ref{PaymentID: paymentID}, "authorized"},
		"no more than an id": {
			`{"id":"` + paymentID + `"}`,
			paylinks.Ref{PaymentID: paymentID},
			"",
		},
		"odd elsewhere": {
			`{"id":"` + paymentID + `","status":"closed","order":null,"meta":"x","captures":7,"refunds":{}}`,
			paylinks.Ref{PaymentID: paymentID},
			"closed",
		},
		"a dispute": {
			`{"status":"pending","dispute_id":"d-1","payment_id":"` + paymentID + `","amount":"250","currency":"SAR"}`,
			paylinks.Ref{PaymentID: paymentID},
			"dispute_pending",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(tt.body))
			require.NoError(t, err)
			assert.Equal(t, tt.ref, got.Ref)
			assert.Equal(t, tt.kind, got.Type)
			assert.NotEmpty(t, got.DedupKey)
			assert.Nil(t, got.Facts, "the payment is to be asked for")
		})
	}
}

func TestProvenWebhooksOfNoUse(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `null`, `{}`, `[]`, `"x"`, `{`, `<html>`,
		`{"id":"../webhooks"}`, `{"id":7}`, `{"id":null}`, `{"dispute_id":"d-1"}`, `{"dispute_id":"d-1","payment_id":"1"}`,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := newExchange(t).ReceiveWebhook(t.Context(), delivery(body))
			assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
			require.NotErrorIs(t, err, paylinks.ErrUnproven)
			assert.Zero(t, got)
		})
	}
}

// One key for a delivery that is repeated, another for each new event. Tabby gives events no id.
func TestDedupKeys(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	key := func(replace map[string]any) string {
		got, err := e.ReceiveWebhook(t.Context(), delivery(webhookBody(t, replace)))
		require.NoError(t, err)
		return got.DedupKey
	}
	first := key(nil)
	same := map[string]map[string]any{
		"again":                 nil,
		"the status in capital": {"status": "AUTHORIZED"},
		"the id in capitals":    {"id": strings.ToUpper(paymentID)},
		"null for none":         {"captures": json.RawMessage("null")},
		"a time that differs":   {"expires_at": "2027-01-01T00:00:00Z"},
	}
	for name, replace := range same {
		assert.Equal(t, first, key(replace), name)
	}
	events := []map[string]any{
		nil,
		{"captures": entries("100")},
		{"captures": entries("100", "150")},
		{"status": "closed", "captures": entries("100", "150")},
		{"status": "closed", "captures": entries("100", "150"), "refunds": entries("1")},
		{"status": "closed", "captures": entries("100", "150"), "refunds": entries("1", "1")},
		{"status": "closed", "captures": entries("100", "150"), "refunds": entries("1", "1"), "order": map[string]any{"reference_id": "ORDER-8"}},
		{"status": "closed"},
		{"status": "closed", "refunds": entries("100", "150")},
		{"status": "rejected"},
		{"status": "expired"},
		{"id": sessionID},
		{"dispute_id": "d-1", "payment_id": paymentID, "status": "pending"},
		{"dispute_id": "d-1", "payment_id": paymentID, "status": "approved"},
		{"dispute_id": "d-2", "payment_id": paymentID, "status": "approved"},
	}
	seen := map[string]int{}
	for i, event := range events {
		k := key(event)
		before, known := seen[k]
		assert.False(t, known, "events %d and %d have one key", before, i)
		seen[k] = i
	}
	assert.Equal(t,
		key(map[string]any{"captures": []any{entry("a", "", "1"), entry("b", "", "2")}}),
		key(map[string]any{"captures": []any{entry("b", "", "2"), entry("a", "", "1")}}),
		"the order of captures doesn't matter")
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]paylinks.Callback{
		"result=success&payment_id=" + paymentID: {Ref: paylinks.Ref{PaymentID: paymentID}, Result: "success"},
		"result=cancel&payment_id=" + paymentID:  {Ref: paylinks.Ref{PaymentID: paymentID}, Result: "cancel"},
		"result=failure&payment_id=" + paymentID: {Ref: paylinks.Ref{PaymentID: paymentID}, Result: "failure"},
		"result=success?payment_id=" + paymentID: {Ref: paylinks.Ref{PaymentID: paymentID}, Result: "success"},
		"payment_id=" + paymentID:                {Ref: paylinks.Ref{PaymentID: paymentID}},
		"result=paid&payment_id=" + paymentID:    {Ref: paylinks.Ref{PaymentID: paymentID}},
		"result=success":                         {Result: "success"},
		"result=success&payment_id=../webhooks":  {Result: "success"},
		"result=success&payment_id=":             {Result: "success"},
		"":                                       {},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			values, err := url.ParseQuery(query)
			require.NoError(t, err)
			got, err := newExchange(t).ReceiveCallback(t.Context(), values)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func registered(t *testing.T, webhooks ...map[string]any) string {
	t.Helper()
	encoded, err := json.Marshal(webhooks)
	require.NoError(t, err)
	return string(encoded)
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	ours := map[string]any{"id": "w1", "url": hook, "is_test": true, "header": map[string]any{"title": "X-Webhook-Secret", "value": secret}}
	changed := func(field string, value any) map[string]any {
		webhook := maps.Clone(ours)
		webhook[field] = value
		return webhook
	}
	foreign := map[string]any{"id": "w2", "url": "https://elsewhere.example/", "is_test": true, "header": nil}
	single, err := json.Marshal(ours)
	require.NoError(t, err)

	const add, replace, nothing = "POST /api/v1/webhooks", "PUT /api/v1/webhooks/w1", ""
	for name, tt := range map[string]struct{ list, want string }{
		"none, as null":            {`null`, add},
		"none, as a list":          {`[]`, add},
		"others":                   {registered(t, foreign, foreign, foreign), add},
		"there already":            {registered(t, foreign, ours), nothing},
		"there, as one object":     {string(single), nothing},
		"there, without is_test":   {registered(t, changed("is_test", nil)), nothing},
		"there, title in capitals": {registered(t, changed("header", map[string]any{"title": "X-WEBHOOK-SECRET", "value": secret})), nothing},
		"another secret":           {registered(t, changed("header", map[string]any{"title": "X-Webhook-Secret", "value": "old"})), replace},
		"a masked secret":          {registered(t, changed("header", map[string]any{"title": "X-Webhook-Secret", "value": "***"})), replace},
		"another header":           {registered(t, changed("header", map[string]any{"title": "X-Old", "value": secret})), replace},
		"no header":                {registered(t, changed("header", nil)), replace},
		"there, for live":          {registered(t, changed("is_test", false)), add},
		"ours among four":          {registered(t, foreign, foreign, foreign, ours), nothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodGet, saudi+"/api/v1/webhooks", 200, tt.list)
			e.Answer(http.MethodPost, saudi+"/api/v1/webhooks", 200, string(single))
			e.Answer(http.MethodPut, saudi+"/api/v1/webhooks/w1", 200, string(single))
			require.NoError(t, e.RegisterWebhook(t.Context(), hook))
			for _, req := range e.Sent {
				assert.Equal(t, "SA", req.Header.Get("X-Merchant-Code"))
			}
			if tt.want == nothing {
				require.Len(t, e.Sent, 1)
				return
			}
			require.Len(t, e.Sent, 2)
			assert.Equal(t, tt.want, e.Sent[1].Method+" "+e.Sent[1].URL.Path)
			goldentest.Body(t, "webhook.json", e.Bodies[1])
		})
	}
}

func TestRegistrationThatCannotBe(t *testing.T) {
	t.Parallel()
	foreign := map[string]any{"id": "w2", "url": "https://elsewhere.example/"}
	for name, tt := range map[string]struct {
		config  func(*tabby.Config)
		status  int
		list    string
		refusal paylinks.Refusal
		message string
	}{
		"four others": {nil, 200, registered(t, foreign, foreign, foreign, foreign), paylinks.RefusedRequest, "four others are registered"},
		"no secret":   {func(c *tabby.Config) { c.WebhookSecret = "" }, 200, `null`, paylinks.RefusedRequest, "set WebhookSecret first"},
		"wrong code":  {nil, 401, apiError("not_authorized", "authorization"), paylinks.RefusedCredentials, "merchant code"},
		"wrong key":   {nil, 401, apiError("not_authorized", "invalid secret key"), paylinks.RefusedCredentials, "secret key"},
		"no list":     {nil, 200, `"ok"`, paylinks.Unreachable, "not the JSON"},
		"empty":       {nil, 200, ``, paylinks.Unreachable, "not the JSON"},
		"no id":       {nil, 200, registered(t, map[string]any{"url": hook}), paylinks.Unreachable, "no id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var config []func(*tabby.Config)
			if tt.config != nil {
				config = append(config, tt.config)
			}
			e := newExchange(t, config...)
			e.Answer(http.MethodGet, saudi+"/api/v1/webhooks", tt.status, tt.list)
			got := providerError(t, e.RegisterWebhook(t.Context(), hook))
			assert.Equal(t, tt.refusal, got.Refusal)
			assert.Contains(t, got.Message, tt.message)
		})
	}
}

func TestARegistrationThatTabbyRefuses(t *testing.T) {
	t.Parallel()
	for _, list := range []string{`null`, registered(t, map[string]any{"id": "w1", "url": hook})} {
		e := newExchange(t)
		e.Answer(http.MethodGet, saudi+"/api/v1/webhooks", 200, list)
		e.Answer(http.MethodPost, saudi+"/api/v1/webhooks", 400, apiError("bad_data", "bad_request"))
		e.Answer(http.MethodPut, saudi+"/api/v1/webhooks/w1", 404, apiError("not_found", "no such webhook"))
		require.Error(t, e.RegisterWebhook(t.Context(), hook))
		assert.Len(t, e.Sent, 2)
	}
}
