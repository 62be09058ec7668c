package httpserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// fill puts something into a pattern's wildcards.
func fill(pattern string) string {
	return strings.NewReplacer("{id}", "plk_1", "{delivery_id}", "dlv_1", "{provider}", "tabby", "{org_app_id}", "shop-a", "{rest...}", "more", "{$}", "").Replace(pattern)
}

func TestEveryRouteButThePublicOnesWantsAToken(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	server := newServer(&fake{}, options)
	public := map[string]bool{}
	for _, rt := range server.routes() {
		if rt.scope == "" {
			public[rt.method+" "+rt.pattern] = true
			continue
		}
		w := call(t, server, rt.method, fill(rt.pattern), "", "Authorization", "")
		assert.Equal(t, http.StatusUnauthorized, w.Code, rt.pattern)
		assert.Equal(t, "unauthenticated", errorOf(t, w), rt.pattern)
		assert.Equal(t, "Bearer", w.Header().Get("WWW-Authenticate"), rt.pattern)
	}
	assert.Equal(t, map[string]bool{
		"POST /api/v1/providers/webhooks/{provider}/{org_app_id}":           true,
		"POST /api/v1/providers/webhooks/{provider}/{org_app_id}/{rest...}": true,
		"GET /api/v1/providers/callbacks/{provider}/{org_app_id}":           true,
		"GET /api/v1/providers/callbacks/{provider}/{org_app_id}/{$}":       true,
		"GET /api/v1/openapi.json":                                          true, "GET /docs": true, "GET /healthz": true, "GET /readyz": true,
	}, public)
}

func TestWritesNeedTheWriteScope(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	server := newServer(&fake{}, options)
	writes := 0
	for _, rt := range server.routes() {
		if rt.scope != ScopeWrite {
			assert.NotEqual(t, http.MethodPost+linksPath, rt.method+rt.pattern)
			continue
		}
		writes++
		w := call(t, server, rt.method, fill(rt.pattern), "", "Authorization", "Bearer "+readToken)
		assert.Equal(t, http.StatusForbidden, w.Code, rt.pattern)
		assert.Equal(t, "forbidden", errorOf(t, w), rt.pattern)
	}
	assert.Equal(t, 17, writes)

	w := call(t, server, http.MethodGet, "/api/v1/providers", "", "Authorization", "Bearer "+readToken)
	assert.Equal(t, http.StatusOK, w.Code)
}

func TestWithoutAnAuthenticatorNobodyIsLetIn(t *testing.T) {
	t.Parallel()
	server := newServer(&fake{}, Options{Catalogue: catalogue()})
	w := call(t, server, http.MethodGet, "/api/v1/providers", "")
	assert.Equal(t, http.StatusUnauthorized, w.Code)
}

func TestMethodsThatAPathDoesNotTake(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for target, test := range map[string]struct{ method, allow string }{
		linksPath:                              {http.MethodDelete, "GET, HEAD, POST"},
		linksPath + "/x":                       {http.MethodPost, "GET, HEAD"},
		linksPath + "/x/capture":               {http.MethodGet, "POST"},
		linksPath + "/x/qr":                    {http.MethodPut, "GET, HEAD"},
		"/api/v1/providers":                    {http.MethodOptions, "GET, HEAD"},
		"/api/v1/providers/webhooks/tabby/a":   {http.MethodGet, "POST"},
		"/api/v1/providers/webhooks/tabby/a/s": {http.MethodHead, "POST"},
		"/api/v1/providers/callbacks/tabby/a":  {http.MethodPost, "GET, HEAD"},
		"/api/v1/tamara/paylinks/x":            {http.MethodPatch, "GET, HEAD"},
		"/api/v1/tamara/paylinks":              {"BREW", "GET, HEAD, POST"},
		"/api/v1/providers/tabby/config":       {http.MethodPost, "GET, HEAD"},
		"/healthz":                             {http.MethodPost, "GET, HEAD"},
	} {
		w := call(t, server, test.method, target, "")
		assert.Equal(t, http.StatusMethodNotAllowed, w.Code, target)
		assert.Equal(t, "method_not_allowed", errorOf(t, w), target)
		assert.Equal(t, test.allow, w.Header().Get("Allow"), target)
	}
}

// Whoever isn't known learns nothing of the API, not even what isn't there.
func TestStrangersAreToldNothing(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for target, method := range map[string]string{
		linksPath: http.MethodDelete, "/api/v1/nope": http.MethodGet, "/api/v1/providers/paylinks/x/steal": http.MethodPost, "/api/v1/tamara/paylinks/x": http.MethodPatch,
	} {
		w := call(t, server, method, target, "", "Authorization", "")
		assert.Equal(t, http.StatusUnauthorized, w.Code, target)
		assert.Equal(t, "unauthenticated", errorOf(t, w), target)
	}
	for target, status := range map[string]int{"/nope": 404, "/healthz": 405, "/api/v1/providers/webhooks/tabby/a": 405} {
		method := http.MethodPut
		assert.Equal(t, status, call(t, server, method, target, "", "Authorization", "").Code, target)
	}
}

func TestPathsThatAreNotThere(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for _, target := range []string{
		"/", "/api/v1", "/api/v1/", "/api/v1/providers/", linksPath + "/", linksPath + "/x/", linksPath + "/x/steal", "/api/v2/providers",
		"/api/v1//providers", "/api/v1/../v1/providers", "/api/v1/providers/./paylinks", linksPath + "/a%00b", linksPath + "/%ff", linksPath + "/..%2f..",
		"/api/v1/zeta/paylinks", "/api/v1/providers/zeta/config", "/api/v1/providers/webhooks/tabby", "/api/v1/providers/callbacks/tabby", "/API/v1/providers",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := call(t, server, method, target, "")
			assert.Equal(t, http.StatusNotFound, w.Code, target)
			assert.Equal(t, "not_found", errorOf(t, w), target)
		}
	}
}

func TestHeadIsAnsweredAsGet(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	front := httptest.NewServer(held(t, newServer(&fake{}, options)))
	t.Cleanup(front.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, front.URL+"/api/v1/providers", http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+fullToken)
	res, err := front.Client().Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Equal(t, "application/json", res.Header.Get("Content-Type"))
	assert.Empty(t, body)
}

// The same handler, mounted in the ways that a program may mount it.
func TestMounting(t *testing.T) {
	t.Parallel()
	svc := &fake{get: func(_ context.Context, id string) (*paylinks.Paylink, error) {
		link := testLink(t)
		link.ID = id
		return link, nil
	}}
	options, _ := testOptions(t)
	prefixed := options
	prefixed.Prefix = "shop/pay/"
	mux := http.NewServeMux()
	mux.Handle("/shop/pay/", newServer(svc, prefixed))
	stripped := http.NewServeMux()
	stripped.Handle("/shop/pay/", http.StripPrefix("/shop/pay", newServer(svc, options)))

	for name, handler := range map[string]http.Handler{"by option": mux, "by StripPrefix": stripped} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := call(t, handler, http.MethodGet, "/shop/pay"+linksPath+"/a%2Fb", "")
			require.Equal(t, http.StatusOK, w.Code, w.Body.String())
			assert.Contains(t, w.Body.String(), `"id":"a/b"`)

			w = call(t, handler, http.MethodGet, "/shop/pay/api/v1/tabby/paylinks/x", "")
			assert.Equal(t, http.StatusGone, w.Code)
			assert.Equal(t, `</shop/pay`+linksPath+`/x>; rel="successor-version"`, w.Header().Get("Link"))

			w = call(t, handler, http.MethodGet, "/shop/pay/nowhere", "")
			assert.Equal(t, http.StatusNotFound, w.Code)
			assert.Equal(t, "not_found", errorOf(t, w))
		})
	}

	for _, outside := range []string{"/", "/shop/pay", "/shop/payer" + linksPath, linksPath, "/shop/p%61y" + linksPath + "/a%2Fb"} {
		w := call(t, newServer(svc, prefixed), http.MethodGet, outside, "")
		assert.Equal(t, http.StatusNotFound, w.Code, outside)
		assert.Equal(t, "not_found", errorOf(t, w), outside)
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	server, out := newTestServer(t, &fake{get: func(context.Context, string) (*paylinks.Paylink, error) { panic("the cellar is flooded") }})
	w := call(t, server, http.MethodGet, linksPath+"/x", "")
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Equal(t, "internal", errorOf(t, w))
	assert.NotContains(t, w.Body.String(), "cellar")
	assert.Contains(t, out.String(), "the cellar is flooded")
	assert.Contains(t, out.String(), "routes_test.go", "the stack says where")
}

func TestAbortingAConnectionIsNotAFailure(t *testing.T) {
	t.Parallel()
	server, out := newTestServer(t, &fake{get: func(context.Context, string) (*paylinks.Paylink, error) { panic(http.ErrAbortHandler) }})
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { call(t, server, http.MethodGet, linksPath+"/x", "") })
	assert.NotContains(t, out.String(), "request failed")
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for _, target := range []string{"/api/v1/providers", "/healthz", "/nowhere", linksPath + "?limit=0"} {
		w := call(t, server, http.MethodGet, target, "")
		assert.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"), target)
		assert.Equal(t, "no-store", w.Header().Get("Cache-Control"), target)
		assert.Equal(t, "req_made", w.Header().Get("X-Request-Id"), target)
		assert.Equal(t, 1, bytes.Count(w.Body.Bytes(), []byte("\n")), "one line, ended")
		assert.True(t, bytes.HasSuffix(w.Body.Bytes(), []byte("}\n")), target)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	server, out := newTestServer(t, &fake{})
	for name, test := range map[string]struct{ sent, want string }{
		"a caller's own":    {"order-7/attempt:2", "order-7/attempt:2"},
		"as long as can be": {strings.Repeat("x", 128), strings.Repeat("x", 128)},
		"too long":          {strings.Repeat("x", 129), "req_made"},
		"none":              {"", "req_made"},
		"a space":           {"a b", "req_made"},
		"a line break":      {"a\nb", "req_made"},
		"not ASCII":         {"طلب", "req_made"},
	} {
		w := call(t, server, http.MethodGet, "/nowhere", "", "X-Request-Id", test.sent)
		assert.Equal(t, test.want, w.Header().Get("X-Request-Id"), name)
		assert.Equal(t, "not_found", errorOf(t, w))
		assert.Contains(t, out.String(), `"request_id":"`+test.want+`"`)
	}
	options := Options{}.withDefaults()
	first, second := options.NewRequestID(), options.NewRequestID()
	assert.NotEqual(t, first, second)
	assert.True(t, visibleASCII(first))
}

func TestTheLogHasALineForEachRequest(t *testing.T) {
	t.Parallel()
	server, out := newTestServer(t, &fake{get: func(context.Context, string) (*paylinks.Paylink, error) {
		return nil, errors.New("disk on fire")
	}})
	call(t, server, http.MethodGet, linksPath+"/x?secret=1", "")
	assert.Contains(t, out.String(), `"level":"INFO","msg":"request","method":"GET","route":"`+linksPath+`/{id}","status":500,"duration":0,"request_id":"req_made","caller":"tok_`)
	assert.Contains(t, out.String(), `"error":"disk on fire"`)
	assert.NotContains(t, out.String(), "secret")
}
