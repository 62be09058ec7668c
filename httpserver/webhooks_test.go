package httpserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

const webhookPath = "/api/v1/providers/webhooks"

// What a provider signs is handed on as it arrived, down to the last byte.
func TestAWebhookIsHandedOnAsItArrived(t *testing.T) {
	t.Parallel()
	body := " {\"id\" : 1.0,\n\"id\":2}\xff"
	for path, rest := range map[string]string{
		"/mispay/shop-m": "", "/mispay/shop-m/": "", "/mispay/shop-m/s3cret": "s3cret", "/mispay/shop-m/a/b%2Fc/": "a/b/c",
	} {
		var got paylinks.WebhookRequest
		svc := &fake{webhook: func(_ context.Context, provider, orgAppID string, req paylinks.WebhookRequest) error {
			assert.Equal(t, "mispay", provider)
			assert.Equal(t, "shop-m", orgAppID)
			got = req
			return nil
		}}
		server, _ := newTestServer(t, svc)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, webhookPath+path+"?tamaraToken=abc", strings.NewReader(body))
		r.Header.Set("X-Webhook-Secret", "sign")
		r.RemoteAddr = "[::ffff:203.0.113.9]:4711"
		w := httptest.NewRecorder()
		held(t, server).ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code, path)
		assert.Equal(t, "{\"success\":true}\n", w.Body.String())
		assert.Equal(t, paylinks.WebhookRequest{
			Header: http.Header{"X-Webhook-Secret": {"sign"}}, Query: url.Values{"tamaraToken": {"abc"}}, Path: rest, Body: []byte(body),
			RemoteAddr: netip.MustParseAddr("203.0.113.9"), Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		}, got, path)
	}
}

// Some providers want to read a word of their own.
func TestAWebhookIsAnsweredInTheProvidersWords(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	for i, info := range options.Catalogue {
		if info.ID == "dinero" {
			options.Catalogue[i].WebhookReply = "OK"
		}
	}
	svc := &fake{webhook: func(context.Context, string, string, paylinks.WebhookRequest) error { return nil }}
	w := call(t, newServer(svc, options), http.MethodPost, webhookPath+"/dinero/shop-d", "id=1", "Content-Type", "application/x-www-form-urlencoded")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "OK", w.Body.String())
	assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
}

// Anything but 200 has the provider send it again.
func TestAWebhookThatIsNotStored(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"unproven":          {fmt.Errorf("tabby: the header is missing: %w", paylinks.ErrUnproven), 401, "unauthenticated"},
		"an unknown app":    {&paylinks.Error{Code: paylinks.CodeOrgAppNotFound, Outcome: paylinks.NotApplied}, 404, "org_app_not_found"},
		"the store is down": {errors.New("header is missing a disk"), 500, "internal"},
		"overloaded":        {&paylinks.Error{Code: paylinks.CodeProviderUnavailable}, 503, "provider_unavailable"},
	} {
		server, _ := newTestServer(t, &fake{webhook: func(context.Context, string, string, paylinks.WebhookRequest) error { return test.err }})
		w := call(t, server, http.MethodPost, webhookPath+"/tabby/shop-a", "{}", "Authorization", "")
		assert.Equal(t, test.status, w.Code, name)
		assert.Equal(t, test.code, errorOf(t, w), name)
		assert.NotContains(t, w.Body.String(), "header is missing", "no detail of "+name)
	}
}

func TestAWebhookIsBounded(t *testing.T) {
	t.Parallel()
	stored := 0
	server, _ := newTestServer(t, &fake{webhook: func(_ context.Context, _, _ string, req paylinks.WebhookRequest) error {
		stored = len(req.Body)
		return nil
	}})
	w := call(t, server, http.MethodPost, webhookPath+"/tabby/shop-a", strings.Repeat("x", 256<<10))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, 256<<10, stored)

	stored = 0
	w = call(t, server, http.MethodPost, webhookPath+"/tabby/shop-a", strings.Repeat("x", 256<<10+1))
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	assert.Equal(t, "body_too_large", errorOf(t, w))
	assert.Zero(t, stored)
}

func TestAnAddressThatIsNone(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	r.RemoteAddr = "@"
	assert.Equal(t, netip.Addr{}, remoteAddr(r))
}
