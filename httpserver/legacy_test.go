package httpserver

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRemovedEndpointsSayWhatReplacesThem(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for _, provider := range []string{"tabby", "tamara", "mispay"} {
		old := "/api/v1/" + provider + "/paylinks"
		for _, test := range []struct{ method, path, replacement string }{
			{http.MethodPost, old, linksPath},
			{http.MethodGet, old, linksPath},
			{http.MethodGet, old + "/abc", linksPath + "/abc"},
			{http.MethodPost, old + "/abc/capture", linksPath + "/abc/capture"},
			{http.MethodPost, old + "/abc/cancel", linksPath + "/abc/cancel"},
			{http.MethodPost, old + "/a%3E%3C%22%20b/cancel", linksPath + "/a%3E%3C%22%20b/cancel"},
			{http.MethodGet, "/api/v1/providers/" + provider + "/config", "/api/v1/providers/config/" + provider},
		} {
			w := call(t, server, test.method, test.path+"?provider=x", "", "Authorization", "Bearer "+readToken)
			assert.Equal(t, http.StatusGone, w.Code, test.path)
			assert.Equal(t, "endpoint_removed", errorOf(t, w), test.path)
			assert.Equal(t, "<"+test.replacement+`>; rel="successor-version"`, w.Header().Get("Link"))
			var answer struct {
				Error struct {
					Message     string
					Replacement struct{ Method, Path string }
				}
			}
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
			assert.Equal(t, test.method, answer.Error.Replacement.Method)
			assert.Equal(t, test.replacement, answer.Error.Replacement.Path)
			assert.Contains(t, answer.Error.Message, test.method+" "+test.replacement)
		}
	}
}

// A legacy call with a body of any kind is told the same: nothing of it is read.
func TestARemovedEndpointReadsNoBody(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	w := call(t, server, http.MethodPost, "/api/v1/tabby/paylinks", "<xml/>", "Content-Type", "text/xml", "Idempotency-Key", "k")
	assert.Equal(t, http.StatusGone, w.Code)
}
