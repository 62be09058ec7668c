package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/internal/openapitest"
)

// banner waits for the address that a starting server prints.
type banner struct {
	mu   sync.Mutex
	text strings.Builder
	base chan string
}

var listensOn = regexp.MustCompile(`paylinks listens on (\S+)`)

func (b *banner) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p)
	if found := listensOn.FindStringSubmatch(b.text.String()); found != nil {
		select {
		case b.base <- found[1]:
		default:
		}
	}
	return len(p), nil
}

// caller calls a server, and holds every answer to the description.
type caller struct {
	base   string
	client *http.Client
}

// start runs the server as it comes, with nothing set but where it may write.
func start(t *testing.T) caller {
	t.Helper()
	document, err := openapitest.Parse(httpserver.OpenAPI())
	require.NoError(t, err)
	getenv := env(map[string]string{"PAYLINKS_ADDR": "127.0.0.1:0", "PAYLINKS_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "paylinks.db")})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	out, ended := &banner{base: make(chan string, 1)}, make(chan error, 1)
	go func() { ended <- run(ctx, getenv, out, io.Discard) }()
	inner := &http.Transport{}
	t.Cleanup(func() {
		inner.CloseIdleConnections()
		stop()
		assert.NoError(t, <-ended)
	})
	select {
	case base := <-out.base:
		return caller{base: base, client: &http.Client{Transport: document.Transport(t, inner)}}
	case err := <-ended:
		ended <- nil
		require.FailNow(t, "the server didn't start", "%v", err)
		return caller{}
	}
}

func (c caller) call(t *testing.T, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.base+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+demoToken)
	r.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	if res.Header.Get("Content-Type") == "application/json" {
		require.NoError(t, json.Unmarshal(text, &answer), string(text))
	}
	return res.StatusCode, answer
}

// text is a field of an answer by its way, "" where there's none.
func text(answer map[string]any, way ...string) string {
	for _, name := range way[:len(way)-1] {
		answer, _ = answer[name].(map[string]any)
	}
	value, _ := answer[way[len(way)-1]].(string)
	return value
}

// until asks again until ok says so.
func (c caller) until(t *testing.T, path string, ok func(map[string]any) bool) map[string]any {
	t.Helper()
	var last map[string]any
	require.Eventually(t, func() bool {
		_, last = c.call(t, http.MethodGet, path, "")
		return ok(last)
	}, time.Minute, 20*time.Millisecond, "%s: %v", path, last)
	return last
}

// The product as it runs, at each provider, answers nothing that isn't in its description.
func TestEveryAnswerIsDescribed(t *testing.T) {
	t.Parallel()
	c := start(t)
	const links, orders, payments, endpoints = "/api/v1/providers/paylinks", "/api/v1/payments/orders", "/api/v1/payments", "/api/v1/webhook-endpoints"

	status, providers := c.call(t, http.MethodGet, "/api/v1/providers", "")
	require.Equal(t, http.StatusOK, status)
	list, _ := providers["providers"].([]any)
	require.Len(t, list, 9)
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		id := text(fields, "id")
		status, _ = c.call(t, http.MethodGet, "/api/v1/providers/config/"+id, "")
		assert.Equal(t, http.StatusOK, status)
		status, _ = c.call(t, http.MethodGet, "/api/v1/providers/"+id+"/config", "")
		assert.Equal(t, http.StatusGone, status)
	}

	for _, id := range []string{"tabby", "tamara", "mispay"} {
		status, made := c.call(t, http.MethodPost, links, `{"provider":"`+id+`","org_app_id":"`+id+`-main","order_id":"D-`+id+`","amount":"150.00","currency":"SAR","buyer_phone":"0500000001","metadata":{"till":"4"},`+
			`"items":[{"name":"Shirt","quantity":2,"unit_price":"75.00"}]}`)
		require.Equal(t, http.StatusCreated, status, made)
		link := links + "/" + text(made, "paylink_id")
		for _, view := range []string{"", "/qr", "/qr?format=svg&size=256", "/events"} {
			status, _ = c.call(t, http.MethodGet, link+view, "")
			assert.Equal(t, http.StatusOK, status, view)
		}
		for _, action := range []string{"capture", "refund", "cancel", "cancel"} {
			_, _ = c.call(t, http.MethodPost, link+"/"+action, "")
		}
	}
	for body, code := range map[string]string{
		`{`: "invalid_json", `{"amount":1}`: "validation_failed", `{"provider":"zeta"}`: "unknown_provider", `{"provider":"stripe"}`: "provider_not_linkable",
		`{"provider":"tabby","org_app_id":"none","order_id":"1","amount":"1.00","currency":"SAR"}`:                                                          "org_app_not_found",
		`{"provider":"mispay","org_app_id":"mispay-main","order_id":"1","amount":"1.00","currency":"USD"}`:                                                  "unsupported_currency",
		`{"provider":"tabby","org_app_id":"tabby-main","order_id":"1","amount":"1.00","currency":"SAR","items":[{"name":"a","quantity":1,"unit_price":2}]}`: "items_total_mismatch",
	} {
		_, refused := c.call(t, http.MethodPost, links, body)
		assert.Equal(t, code, text(refused, "error", "code"), body)
	}
	status, _ = c.call(t, http.MethodGet, links+"?limit=2&provider=tabby", "")
	assert.Equal(t, http.StatusOK, status)

	status, order := c.call(t, http.MethodPost, orders, `{"providers":["zeta","tabby","tamara"],"order":{"total_amount":"149.50","currency":"SAR","line_items":[{"name":"Item A","qty":1,"price":149.5}]},"buyer_phone":"0500000001"}`)
	require.Equal(t, http.StatusCreated, status, order)
	for _, path := range []string{"", "/" + text(order, "data", "order_id")} {
		status, _ = c.call(t, http.MethodGet, orders+path, "")
		assert.Equal(t, http.StatusOK, status)
	}
	status, order = c.call(t, http.MethodPost, orders+"/"+text(order, "data", "order_id")+"/next", `{"cancel_current":true}`)
	assert.Equal(t, http.StatusCreated, status, order)

	for _, id := range []string{"stripe", "moyasar", "tap", "paypal", "hyperpay", "dinero"} {
		status, started := c.call(t, http.MethodPost, payments+"/sync", `{"org_app_id":"`+id+`-main"}`)
		require.Equal(t, http.StatusAccepted, status, started)
		c.until(t, payments+"/syncs/"+text(started, "sync_id"), func(sync map[string]any) bool { return text(sync, "status") != "running" })
		status, page := c.call(t, http.MethodGet, payments+"?limit=200&provider="+id, "")
		assert.Equal(t, http.StatusOK, status)
		assert.NotEmpty(t, page["payments"], id)
	}
	for _, view := range []string{"", "?format=csv"} {
		status, _ = c.call(t, http.MethodGet, payments+"/report"+view, "")
		assert.Equal(t, http.StatusOK, status)
	}

	status, _ = c.call(t, http.MethodPost, endpoints, `{"url":"http://127.0.0.1:1/hook"}`)
	assert.Equal(t, http.StatusBadRequest, status, "a private address")
	for _, path := range []string{endpoints, "/healthz", "/readyz", "/docs", "/api/v1/openapi.json"} {
		status, _ = c.call(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, status, path)
	}
}
