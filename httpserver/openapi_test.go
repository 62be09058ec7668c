package httpserver

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/openapitest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// description is what these tests look at of the description.
type description struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas   map[string]schema                       `json:"schemas"`
		Responses map[string]describedAnswer              `json:"responses"`
		Examples  map[string]struct{ Value errorExample } `json:"examples"`
	} `json:"components"`
}

type describedOperation struct {
	OperationID string                     `json:"operationId"`
	Summary     string                     `json:"summary"`
	Security    []map[string][]Scope       `json:"security"`
	Responses   map[string]describedAnswer `json:"responses"`
}

type describedAnswer struct {
	Ref     string `json:"$ref"`
	Content map[string]struct {
		Schema   schema `json:"schema"`
		Examples map[string]struct {
			Ref string `json:"$ref"`
		} `json:"examples"`
	} `json:"content"`
}

type errorExample struct {
	Error struct{ Code paylinks.Code } `json:"error"`
}

func readDescription(t *testing.T) description {
	t.Helper()
	var d description
	require.NoError(t, json.Unmarshal(openAPI, &d))
	return d
}

// operations are the described operations by method and path, with the names of path parameters left out.
func (d description) operations(t *testing.T) map[string]describedOperation {
	t.Helper()
	found := map[string]describedOperation{}
	for path, item := range d.Paths {
		for method, text := range item {
			if method == "parameters" {
				continue
			}
			var op describedOperation
			require.NoError(t, json.Unmarshal(text, &op))
			found[strings.ToUpper(method)+" "+nameless(path)] = op
		}
	}
	return found
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

func nameless(path string) string { return pathParameter.ReplaceAllString(path, "{}") }

// entry is the described operation of a route. A pattern for whatever follows is described as one more parameter, one that ends in a slash isn't
// described beside the one without, and removed paths are described with their provider as a parameter.
func entry(rt route) string {
	pattern := strings.TrimSuffix(rt.pattern, "/{$}")
	for _, info := range catalogue() {
		pattern = strings.Replace(pattern, "/api/v1/"+info.ID+"/", "/api/v1/{}/", 1)
		pattern = strings.Replace(pattern, "/"+info.ID+"/config", "/{}/config", 1)
	}
	return rt.method + " " + nameless(pattern)
}

func TestTheDescriptionHasEveryRoute(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	operations := readDescription(t).operations(t)
	served := map[string]bool{}
	for _, rt := range newServer(&fake{}, options).routes() {
		key := entry(rt)
		served[key] = true
		op, ok := operations[key]
		if !assert.True(t, ok, "%s isn't described", key) {
			continue
		}
		want := []map[string][]Scope{{"bearer": {rt.scope}}}
		if rt.scope == public {
			want = []map[string][]Scope{}
		}
		assert.Equal(t, want, op.Security, key)
	}
	for key := range operations {
		assert.True(t, served[key], "%s is described, and there's no such route", key)
	}
}

func TestOperationsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for key, op := range readDescription(t).operations(t) {
		assert.Regexp(t, `^[a-z][A-Za-z]+$`, op.OperationID, key)
		assert.NotEmpty(t, op.Summary, key)
		assert.Empty(t, seen[op.OperationID], key)
		seen[op.OperationID] = key
	}
}

// Every code has its status in the description's own table, an example, and a place among the answers of that status.
func TestTheDescriptionHasEveryErrorCode(t *testing.T) {
	t.Parallel()
	d := readDescription(t)
	described := map[paylinks.Code]int{}
	for code, of := range d.Components.Schemas["ErrorCode"].Codes {
		described[code] = of.Status
		assert.NotEmpty(t, of.Meaning, code)
		assert.Equal(t, code, d.Components.Examples[string(code)].Value.Error.Code)
	}
	assert.Equal(t, statuses, described)
	assert.Len(t, d.Components.Examples, len(statuses))

	answered := map[string]bool{}
	note := func(where, status string, answer describedAnswer) {
		for name, example := range answer.Content[contentTypeJSON].Examples {
			if example.Ref == "" {
				continue
			}
			answered[name] = true
			assert.Equal(t, "#/components/examples/"+name, example.Ref, where)
			if name == "unknown_provider" && status == "404" {
				continue // in a path it isn't found, in a body it's a wrong field
			}
			assert.Equal(t, fmt.Sprint(statuses[paylinks.Code(name)]), status, "%s: %s", where, name)
		}
	}
	shared := map[string]string{}
	for key, op := range d.operations(t) {
		for status, answer := range op.Responses {
			if name, ok := strings.CutPrefix(answer.Ref, "#/components/responses/"); ok {
				answer, shared[name] = d.Components.Responses[name], status
			}
			note(key, status, answer)
		}
	}
	note("any other path", "404", d.Components.Responses["NotFound"])
	note("any other method", "405", d.Components.Responses["MethodNotAllowed"])
	for code := range statuses {
		assert.True(t, answered[string(code)], "no operation answers %s", code)
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(d.Components.Responses)), append(slices.Collect(maps.Keys(shared)), "NotFound", "MethodNotAllowed"))
}

func TestTheDescriptionIsOpenAPI(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromData(openAPI)
	require.NoError(t, err)
	assert.True(t, document.IsOpenAPI31OrLater())
	require.NoError(t, document.Validate(t.Context()))
}

func TestTheExamplesOfTheDescriptionAreAsItSays(t *testing.T) {
	t.Parallel()
	checked, problems := openapitest.CheckExamples(openAPI)
	assert.Empty(t, problems)
	assert.Greater(t, checked, 150)
}

func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	w := call(t, server, http.MethodGet, pathOpenAPI, "", "Authorization", "")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "public, max-age=300", w.Header().Get("Cache-Control"))
	assert.Equal(t, OpenAPI(), w.Body.Bytes())
	tag := w.Header().Get("ETag")
	w = call(t, server, http.MethodGet, pathOpenAPI, "", "If-None-Match", tag)
	assert.Equal(t, http.StatusNotModified, w.Code)
	assert.Empty(t, w.Body.String())
	w = call(t, server, http.MethodHead, pathOpenAPI, "")
	assert.Equal(t, tag, w.Header().Get("ETag"))
	assert.Empty(t, w.Body.String())
}
