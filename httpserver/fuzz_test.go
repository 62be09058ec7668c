package httpserver

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// No body makes the server panic or fail: it's read, or refused as the caller's mistake.
func FuzzCreateBody(f *testing.F) {
	for _, seed := range []string{
		createBody, ``, `{}`, `[]`, `null`, `{"amount":1e400}`, `{"amount":-0}`, `{"items":[[]]}`, `{"items":[{"quantity":1e400}]}`, `{"metadata":{"a":{}}}`,
		`{"a":1,"a":2}`, `{"a\u0000":"\u0000"}`, "{\"a\":\"\xff\"}", `{"a":"\ud800"}`, strings.Repeat("[", 5000), `{"amount":"1"}x`,
	} {
		f.Add([]byte(seed), "k")
	}
	tokens, err := ParseTokens(fullToken)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte, key string) {
		svc := &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) { return testLink(t), nil }}
		server := newServer(svc, Options{Authenticator: tokens, Catalogue: catalogue(), Logger: slog.New(slog.DiscardHandler)})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, linksPath, strings.NewReader(string(body)))
		r.Header = http.Header{"Authorization": {"Bearer " + fullToken}, "Content-Type": {"application/json"}, "Idempotency-Key": {key}}
		w := httptest.NewRecorder()
		held(t, server).ServeHTTP(w, r)
		require.Contains(t, []int{http.StatusCreated, http.StatusBadRequest, http.StatusRequestEntityTooLarge}, w.Code, w.Body.String())
		require.True(t, json.Valid(w.Body.Bytes()))
	})
}
