package openapitest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/openapitest"
)

// description is a small API of shirts.
const description = `{"openapi":"3.1.0","info":{"title":"Shirts","version":"1"},
"paths":{
  "/api/v1/shirts":{
    "get":{"security":[],"parameters":[{"name":"limit","in":"query","schema":{"type":"integer","maximum":5}}],"responses":{"200":{"description":"","headers":{"X-Request-Id":{"required":true,"schema":{"type":"string"}}},
      "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Shirt"},"examples":{"blue":{"value":{"size":4}}}},"text/event-stream":{"schema":{"type":"string"}},"text/csv":{"schema":{"type":"string"}}}}}},
    "post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Shirt"}}}},"responses":{"204":{"description":""},
      "409":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/ErrorAnswer"},"examples":{"sold":{"value":{"error":{"code":"sold"}}}}}}}}}},
  "/api/v1/shirts/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"304":{"description":""}}}}},
"components":{"schemas":{
  "Shirt":{"type":"object","required":["size"],"properties":{"size":{"type":"integer"},"washed":{"type":"string","format":"date-time"}}},
  "Event":{"type":"object","required":["id","type"],"properties":{"id":{"type":"string"},"type":{"type":"string"}}},
  "ErrorAnswer":{"type":"object","required":["error"],"properties":{"error":{"type":"object","required":["code"],"properties":{"code":{"$ref":"#/components/schemas/ErrorCode"}}}}},
  "ErrorCode":{"type":"string","enum":["sold","internal","not_found","method_not_allowed"],
    "x-error-codes":{"sold":{"status":409},"internal":{"status":500},"not_found":{"status":404},"method_not_allowed":{"status":405}}}}}}`

// listener is a test that only listens to its failures.
type listener struct {
	testing.TB
	problems []string
}

func (l *listener) Errorf(format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
}

// exchange is a request and how a handler answers it.
type exchange struct {
	method, target, sent string
	status               int
	header               string // name: value
	body                 string
	stranger             bool
}

func (x exchange) serve(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Request-Id", "req_1")
	w.Header().Set("Content-Type", "application/json")
	if name, value, ok := strings.Cut(x.header, ": "); ok {
		w.Header().Del(name)
		if value != "-" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(x.status)
	_, _ = io.WriteString(w, x.body)
}

// problems are what is said of an exchange, seen at the handler and seen from its client.
func (x exchange) problems(t *testing.T, options ...openapitest.Option) (handler, client []string) {
	t.Helper()
	document, err := openapitest.Parse([]byte(description))
	require.NoError(t, err)
	request := func(host string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), x.method, host+x.target, strings.NewReader(x.sent))
		require.NoError(t, err)
		if !x.stranger {
			r.Header.Set("Authorization", "Bearer x")
		}
		return r
	}
	atHandler := &listener{TB: t}
	document.Wrap(atHandler, http.HandlerFunc(x.serve), options...).ServeHTTP(httptest.NewRecorder(), request(""))

	front := httptest.NewServer(http.HandlerFunc(x.serve))
	t.Cleanup(front.Close)
	atClient := &listener{TB: t}
	res, err := document.Transport(atClient, front.Client().Transport).RoundTrip(request(front.URL))
	require.NoError(t, err)
	got, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	if x.method != http.MethodHead && x.status != http.StatusNoContent {
		assert.Equal(t, x.body, string(got), "it's passed on")
	}
	return atHandler.problems, atClient.problems
}

func TestWhatIsDescribedPasses(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]exchange{
		"an answer":           {method: "GET", target: "/api/v1/shirts?limit=5", status: 200, body: `{"size":4,"washed":"2026-01-02T03:04:05Z"}`},
		"mounted below":       {method: "GET", target: "/shop/api/v1/shirts", status: 200, body: `{"size":4}`},
		"to a stranger":       {method: "GET", target: "/api/v1/shirts", status: 200, body: `{"size":4}`, stranger: true},
		"HEAD":                {method: "HEAD", target: "/api/v1/shirts", status: 200},
		"another type":        {method: "GET", target: "/api/v1/shirts", status: 200, header: "Content-Type: text/csv; charset=utf-8", body: "size\n4\n"},
		"a stream":            {method: "GET", target: "/api/v1/shirts", status: 200, header: "Content-Type: text/event-stream", body: "id: 1\nevent: a\ndata: {\"id\":\"1\",\"type\":\"a\"}\n\n: heartbeat\n\nid: 2\neve"},
		"no body":             {method: "POST", target: "/api/v1/shirts", sent: `{"size":4,"colour":"an unknown field is ignored","washed":null}`, status: 204, header: "Content-Type: -"},
		"nothing new":         {method: "GET", target: "/api/v1/shirts/a%2Fb", status: 304, header: "Content-Type: -"},
		"an error":            {method: "POST", target: "/api/v1/shirts", sent: `{}`, status: 409, body: `{"error":{"code":"sold"}}`},
		"another path":        {method: "GET", target: "/api/v1/trousers", status: 404, body: `{"error":{"code":"not_found"}}`},
		"another method":      {method: "PUT", target: "/api/v1/shirts", status: 405, header: "Allow: GET, HEAD, POST", body: `{"error":{"code":"method_not_allowed"}}`},
		"somebody else's":     {method: "GET", target: "/shop", status: 200, body: `whatever`},
		"a request not taken": {method: "POST", target: "/api/v1/shirts", sent: `{"size":"large"}`, status: 409, body: `{"error":{"code":"sold"}}`},
	} {
		handler, client := x.problems(t)
		assert.Empty(t, handler, name)
		assert.Empty(t, client, name)
	}
}

func TestWhatIsNotDescribedFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		exchange
		want string
	}{
		"a field":              {exchange{method: "GET", target: "/api/v1/shirts", status: 200, body: `{"size":4,"colour":"red"}`}, "colour"},
		"a type":               {exchange{method: "GET", target: "/api/v1/shirts", status: 200, body: `{"size":"large"}`}, "integer"},
		"a format":             {exchange{method: "GET", target: "/api/v1/shirts", status: 200, body: `{"size":4,"washed":"yesterday"}`}, "date-time"},
		"a field that is gone": {exchange{method: "GET", target: "/api/v1/shirts", status: 200, body: `{}`}, "size"},
		"no JSON":              {exchange{method: "GET", target: "/api/v1/shirts", status: 200, body: `{"size":4`}, "not JSON"},
		"a status":             {exchange{method: "GET", target: "/api/v1/shirts", status: 202, body: `{"size":4}`}, "no answer of this status"},
		"a media type":         {exchange{method: "GET", target: "/api/v1/shirts", status: 200, header: "Content-Type: text/html", body: `x`}, `"text/html"`},
		"a header":             {exchange{method: "GET", target: "/api/v1/shirts", status: 200, header: "Retry-After: 5", body: `{"size":4}`}, "Retry-After"},
		"a missing header":     {exchange{method: "GET", target: "/api/v1/shirts", status: 200, header: "X-Request-Id: -", body: `{"size":4}`}, "X-Request-Id"},
		"an error":             {exchange{method: "POST", target: "/api/v1/shirts", sent: `{"size":4}`, status: 409, body: `{"error":{"code":"not_found"}}`}, `"not_found"`},
		"an unknown error":     {exchange{method: "POST", target: "/api/v1/shirts", sent: `{"size":4}`, status: 409, body: `{"error":{"code":"torn"}}`}, "torn"},
		"a route":              {exchange{method: "GET", target: "/api/v1/trousers", status: 200, body: `{"size":4}`}, "error"},
		"a method":             {exchange{method: "PUT", target: "/api/v1/shirts", status: 200, body: `{"size":4}`}, "error"},
		"methods not named":    {exchange{method: "PUT", target: "/api/v1/shirts", status: 405, header: "Allow: GET", body: `{"error":{"code":"method_not_allowed"}}`}, "GET, HEAD, POST"},
		"an event":             {exchange{method: "GET", target: "/api/v1/shirts", status: 200, header: "Content-Type: text/event-stream", body: "id: 1\nevent: a\ndata: {\"id\":\"1\",\"type\":\"b\"}\n\n"}, "those of its data"},
		"a request":            {exchange{method: "POST", target: "/api/v1/shirts", sent: `{"size":"large"}`, status: 204, header: "Content-Type: -"}, "accepted the body"},
		"a request of nothing": {exchange{method: "POST", target: "/api/v1/shirts", status: 204, header: "Content-Type: -"}, "without a body"},
		"a parameter":          {exchange{method: "GET", target: "/api/v1/shirts?limit=6", status: 200, body: `{"size":4}`}, "limit"},
		"a stranger":           {exchange{method: "POST", target: "/api/v1/shirts", sent: `{"size":4}`, status: 204, header: "Content-Type: -", stranger: true}, "stranger"},
	} {
		handler, client := test.problems(t)
		assert.Contains(t, strings.Join(handler, "\n"), test.want, name)
		if !strings.HasPrefix(test.header, "Content-Type: text/event-stream") {
			assert.Contains(t, strings.Join(client, "\n"), test.want, name)
		}
	}
}

// A made-up Service may fail as it likes, but not in a form of its own.
func TestWhatAMadeUpServiceMayDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		exchange
		want string
	}{
		"another error":    {exchange{method: "GET", target: "/api/v1/shirts", status: 500, body: `{"error":{"code":"internal"}}`}, ""},
		"any request":      {exchange{method: "POST", target: "/api/v1/shirts", sent: `{"size":"large"}`, status: 204, header: "Content-Type: -"}, ""},
		"a wrong status":   {exchange{method: "GET", target: "/api/v1/shirts", status: 502, body: `{"error":{"code":"internal"}}`}, "has the status 500"},
		"an unknown error": {exchange{method: "GET", target: "/api/v1/shirts", status: 500, body: `{"error":{"code":"torn"}}`}, "torn"},
		"a field":          {exchange{method: "GET", target: "/api/v1/shirts", status: 200, body: `{"size":4,"colour":"red"}`}, "colour"},
	} {
		handler, _ := test.problems(t, openapitest.MadeUp())
		if test.want == "" {
			assert.Empty(t, handler, name)
		} else {
			assert.Contains(t, strings.Join(handler, "\n"), test.want, name)
		}
	}
}

// An answer that a panic broke off is nobody's to check, and the panic goes on.
func TestAPanicIsPassedOn(t *testing.T) {
	t.Parallel()
	document, err := openapitest.Parse([]byte(description))
	require.NoError(t, err)
	heard := &listener{TB: t}
	handler := document.Wrap(heard, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"si`)
		panic(http.ErrAbortHandler)
	}))
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/shirts", nil))
	})
	assert.Empty(t, heard.problems)
}

func TestExamplesAreChecked(t *testing.T) {
	t.Parallel()
	checked, problems := openapitest.CheckExamples([]byte(description))
	assert.Equal(t, 2, checked)
	assert.Empty(t, problems)
	_, problems = openapitest.CheckExamples([]byte(strings.Replace(description, `{"size":4}`, `{"size":4,"colour":"red"}`, 1)))
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0], "colour")
}
