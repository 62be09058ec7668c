package httpserver

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func docsOf(t *testing.T) (page string, header http.Header) {
	t.Helper()
	server, _ := newTestServer(t, &fake{})
	w := call(t, server, http.MethodGet, pathDocs, "", "Authorization", "")
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String(), w.Header()
}

var (
	attributes = regexp.MustCompile(` (href|src|srcset|action|style|on[a-z]+)="([^"]*)"`)
	anchors    = regexp.MustCompile(` id="([^"]+)"`)
	styles     = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
)

// The page has no script, asks nobody else for anything, and leads only to itself and to the description, wherever it's mounted.
func TestThePageStandsAlone(t *testing.T) {
	t.Parallel()
	page, header := docsOf(t)
	assert.Less(t, len(page), 400_000)
	for _, active := range []string{"<script", "<link", "<img", "<iframe", "<object", "<form", "@import", "url("} {
		assert.NotContains(t, page, active)
	}
	ids := map[string]bool{}
	for _, found := range anchors.FindAllStringSubmatch(page, -1) {
		assert.False(t, ids[found[1]], "%s is there twice", found[1])
		ids[found[1]] = true
	}
	for _, found := range attributes.FindAllStringSubmatch(page, -1) {
		assert.Equal(t, "href", found[1])
		if anchor, inside := strings.CutPrefix(found[2], "#"); inside {
			assert.True(t, ids[anchor], "a link to nothing: %s", anchor)
		} else {
			assert.Equal(t, "api/v1/openapi.json", found[2])
		}
	}
	style := styles.FindAllStringSubmatch(page, -1)
	require.Len(t, style, 1)
	sum := sha256.Sum256([]byte(style[0][1]))
	assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"';")
}

func TestThePageHasEveryOperationSchemaAndError(t *testing.T) {
	t.Parallel()
	page, _ := docsOf(t)
	d := readDescription(t)
	for _, op := range d.operations(t) {
		assert.Contains(t, page, `<h3 id="`+op.OperationID+`">`)
	}
	for name := range d.Components.Schemas {
		assert.Contains(t, page, `<details id="schema-`+name+`">`)
	}
	for code := range statuses {
		assert.Contains(t, page, "<code>"+string(code)+"</code>")
	}
	assert.Contains(t, page, `curl -X POST &#34;https://pay.example.test/api/v1/providers/paylinks&#34;`)
	assert.Contains(t, page, `<html lang="en">`)
	assert.Equal(t, 1, strings.Count(page, "<h1>"))
	assert.Equal(t, 1, strings.Count(page, "<main "))
	assert.Contains(t, page, `<a class="skip" href="#main">`)
}

func TestThePageIsNotSentTwice(t *testing.T) {
	t.Parallel()
	_, header := docsOf(t)
	assert.Equal(t, "public, max-age=300", header.Get("Cache-Control"))
	server, _ := newTestServer(t, &fake{})
	w := call(t, server, http.MethodGet, pathDocs, "", "If-None-Match", header.Get("ETag"))
	assert.Equal(t, http.StatusNotModified, w.Code)
	assert.Empty(t, w.Body.String())
}

func TestThePageIsWhereTheHandlerIs(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	prefixed := options
	prefixed.Prefix = "/shop/pay"
	for name, handler := range map[string]http.Handler{
		"by option": newServer(&fake{}, prefixed), "by StripPrefix": http.StripPrefix("/shop/pay", newServer(&fake{}, options)),
	} {
		for _, path := range []string{"/shop/pay" + pathDocs, "/shop/pay/api/v1/openapi.json"} {
			assert.Equal(t, http.StatusOK, call(t, handler, http.MethodGet, path, "").Code, name+path)
		}
	}
}
