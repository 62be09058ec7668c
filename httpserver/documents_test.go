package httpserver

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// TestErrorsAsDocumented: docs/errors.md has every code once, with the status that it's answered with ("–" for one that no server says), and no other.
func TestErrorsAsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/errors.md")
	require.NoError(t, err)
	source, err := os.ReadFile("../paylinks/errors.go")
	require.NoError(t, err)

	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (\\d{3}|–) \\|").FindAllStringSubmatch(string(text), -1) {
		assert.NotContains(t, documented, row[1])
		documented[row[1]] = row[2]
	}
	codes := regexp.MustCompile(`(?m)^\tCode\w+ +Code = "([a-z_]+)"$`).FindAllStringSubmatch(string(source), -1)
	assert.NotEmpty(t, codes)
	assert.Len(t, documented, len(codes))
	for _, code := range codes {
		want := "–"
		if status := statuses[paylinks.Code(code[1])]; status != 0 {
			want = strconv.Itoa(status)
		}
		assert.Equal(t, want, documented[code[1]], code[1])
	}
}

// documentedCall is a call that a document shows.
type documentedCall struct{ document, method, path, body string }

// documentedCalls are the calls that the documents make with curl, and those that they name as `METHOD /api/v1/…`.
func documentedCalls(t *testing.T) []documentedCall {
	t.Helper()
	names, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	method := regexp.MustCompile(`-X ([A-Z]+)`)
	path := regexp.MustCompile(`http://127\.0\.0\.1:8080(/api[^"\s?]*)`)
	body := regexp.MustCompile(`(?s)-d '(.*?)'`)
	named := regexp.MustCompile("`([A-Z]+) (/api/v1/[^`?\\s]*)")
	var calls []documentedCall
	for _, name := range append(names, "../README.md") {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, curl := range strings.Split(string(text), "curl ")[1:] {
			curl, _, _ = strings.Cut(curl, "\n```")
			found := path.FindStringSubmatch(curl)
			if found == nil {
				continue
			}
			call := documentedCall{document: name, method: http.MethodGet, path: found[1]}
			if m := method.FindStringSubmatch(curl); m != nil {
				call.method = m[1]
			}
			if b := body.FindStringSubmatch(curl); b != nil {
				call.body = b[1]
			}
			calls = append(calls, call)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			calls = append(calls, documentedCall{document: name, method: m[1], path: m[2]})
		}
	}
	require.NotEmpty(t, calls)
	return calls
}

// TestCallsOfDocumentsExist: each has a route, and its body no field that the route ignores.
func TestCallsOfDocumentsExist(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	server := newServer(&fake{}, options)
	methods := map[string][]string{}
	for _, rt := range server.routes() {
		methods[rt.pattern] = append(methods[rt.pattern], rt.method)
	}
	decoders := map[string]func(wire.Body) ([]string, error){
		api.PathPaylinks:                   func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeCreate(b, "lang"); return w, err },
		api.PathPaylinks + "/{id}/capture": func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeCapture(b); return w, err },
		api.PathPaylinks + "/{id}/refund":  func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeRefund(b); return w, err },
		api.PathOrders:                     func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeOrder(b); return w, err },
		api.PathOrders + "/{id}/next":      func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeNext(b); return w, err },
		api.PathSync:                       func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeSync(b); return w, err },
		api.PathEndpoints:                  func(b wire.Body) ([]string, error) { _, w, err := wire.DecodeEndpoint(b); return w, err },
	}
	sample := regexp.MustCompile(`\{[a-z_]+\}|\$[A-Z]+`)
	for _, call := range documentedCalls(t) {
		path := strings.ReplaceAll(call.path, "{provider}", "tabby")
		request, err := http.NewRequestWithContext(t.Context(), call.method, sample.ReplaceAllString(path, "x"), http.NoBody)
		require.NoError(t, err)
		_, pattern := server.mux.Handler(request)
		assert.Contains(t, methods[pattern], call.method, "%s: %s %s has no route", call.document, call.method, call.path)
		decode := decoders[pattern]
		if call.body == "" || decode == nil {
			continue
		}
		body, err := wire.ParseBody([]byte(call.body))
		require.NoError(t, err, call)
		warnings, err := decode(body)
		require.NoError(t, err, call)
		assert.Empty(t, warnings, call)
	}
}
