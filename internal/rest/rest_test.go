package rest_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// serve is a server that counts its calls.
func serve(t *testing.T, handle http.HandlerFunc) (url string, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func outcome(t *testing.T, err error) paylinks.Outcome {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, paylinks.Unreachable, e.Refusal)
	return e.Outcome
}

func TestABodyIsPlainJSON(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, []byte(`{"url":"https://a.example/?x=1&y=2"}`), body, "nothing is escaped")
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		assert.Equal(t, "Bearer k", r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, `{"ok":true}`)
	})
	res, err := rest.New(rest.Config{}).Do(t.Context(), rest.Request{
		Method: http.MethodPost, URL: url, Header: http.Header{"Authorization": {"Bearer k"}}, Body: map[string]string{"url": "https://a.example/?x=1&y=2"},
	})
	require.NoError(t, err)
	assert.True(t, res.OK())
	var answer struct{ OK bool }
	require.NoError(t, res.Decode(&answer))
	assert.True(t, answer.OK)
}

func TestARawBodyIsSentAsItStands(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]rest.Request{
		"a form":               {Raw: []byte("grant_type=client_credentials"), ContentType: "application/x-www-form-urlencoded"},
		"JSON with its spaces": {Raw: []byte("{ \"b\" : 1.50 }\n"), ContentType: "application/json"},
		"nothing":              {ContentType: "text/plain"},
		"instead of Body":      {Raw: []byte("raw"), ContentType: "text/plain", Body: map[string]int{"a": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, calls := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				assert.Equal(t, string(request.Raw), string(body))
				assert.Equal(t, request.ContentType, r.Header.Get("Content-Type"))
				w.WriteHeader(http.StatusServiceUnavailable)
			})
			request.Method, request.URL, request.Repeatable = http.MethodPost, url, true
			_, err := rest.New(rest.Config{Retries: 1}).Do(t.Context(), request)
			require.NoError(t, err)
			assert.Equal(t, int32(2), calls.Load(), "and again where it's repeated")
		})
	}
}

func TestOnlyWhatIsMarkedIsRepeated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method     string
		repeatable bool
		calls      int32
	}{
		"a POST":             {http.MethodPost, false, 1},
		"an unmarked GET":    {http.MethodGet, false, 1},
		"a marked GET":       {http.MethodGet, true, 3},
		"a marked POST, too": {http.MethodPost, true, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, calls := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
			res, err := rest.New(rest.Config{}).Do(t.Context(), rest.Request{Method: test.method, URL: url, Repeatable: test.repeatable})
			require.NoError(t, err)
			assert.Equal(t, http.StatusBadGateway, res.Status, "the last answer isn't swallowed")
			assert.Equal(t, test.calls, calls.Load())
		})
	}
}

func TestRetryAfterIsReadAndBounded(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	res, err := rest.New(rest.Config{}).Do(t.Context(), rest.Request{Method: http.MethodPost, URL: url})
	require.NoError(t, err)
	assert.Equal(t, 7*time.Second, res.RetryAfter())
	for _, text := range []string{"", "-1", "soon", "1.5"} {
		assert.Zero(t, (&rest.Response{Header: http.Header{"Retry-After": {text}}}).RetryAfter())
	}
}

func TestOutcomeOfACallWithoutAnswer(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	}
	huge := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(zeros{}, 2<<20)) }
	url := func(handle http.HandlerFunc) string { u, _ := serve(t, handle); return u }

	for name, test := range map[string]struct {
		url  string
		want paylinks.Outcome
	}{
		"nobody listens":     {dead.URL, paylinks.NotApplied},
		"no such host":       {"http://nowhere.invalid", paylinks.NotApplied},
		"connection dropped": {url(drop), paylinks.OutcomeUnknown},
		"no answer in time":  {url(hang), paylinks.OutcomeUnknown},
		"answer cut off":     {url(cut), paylinks.OutcomeUnknown},
		"answer too large":   {url(huge), paylinks.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rest.New(rest.Config{Timeout: 200 * time.Millisecond}).Do(t.Context(), rest.Request{Method: http.MethodPost, URL: test.url})
			assert.Equal(t, test.want, outcome(t, err))
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestATransportThatTracesNothingProvesNothing(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	client := rest.New(rest.Config{HTTPClient: &http.Client{Transport: transport}})
	call := func(err error) paylinks.Outcome {
		transport.RegisterResponder(http.MethodPost, "https://api.example/", httpmock.NewErrorResponder(err))
		_, got := client.Do(t.Context(), rest.Request{Method: http.MethodPost, URL: "https://api.example/"})
		return outcome(t, got)
	}
	assert.Equal(t, paylinks.OutcomeUnknown, call(errors.New("broken pipe")))
	assert.Equal(t, paylinks.NotApplied, call(&net.OpError{Op: "dial", Err: errors.New("refused")}))

	transport.RegisterResponder(http.MethodPost, "https://api.example/", httpmock.NewStringResponder(http.StatusOK, "{}"))
	_, err := client.Do(t.Context(), rest.Request{Method: http.MethodPost, URL: "https://api.example/"})
	require.NoError(t, err)
}

func TestACallWhoseContextHasEndedIsNotMade(t *testing.T) {
	t.Parallel()
	url, calls := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := rest.New(rest.Config{}).Do(ctx, rest.Request{Method: http.MethodPost, URL: url})
	assert.Equal(t, paylinks.NotApplied, outcome(t, err))
	assert.Zero(t, calls.Load())
}

func TestARedirectIsAnAnswer(t *testing.T) {
	t.Parallel()
	url, calls := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
	res, err := rest.New(rest.Config{}).Do(t.Context(), rest.Request{Method: http.MethodGet, URL: url, Header: http.Header{"Authorization": {"Bearer k"}}})
	require.NoError(t, err)
	assert.Equal(t, http.StatusFound, res.Status)
	assert.Equal(t, int32(1), calls.Load())
}

func TestAnAnswerThatIsNotJSON(t *testing.T) {
	t.Parallel()
	res := &rest.Response{Status: http.StatusOK, Body: []byte("<html>")}
	assert.Equal(t, paylinks.OutcomeUnknown, outcome(t, res.Decode(&struct{}{})))
}

func TestTheLogHasNoQueryAndNoSecret(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	url, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
	client := rest.New(rest.Config{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	_, err := client.Do(t.Context(), rest.Request{Method: http.MethodGet, URL: url + "/path?phone=966500000001", Header: http.Header{"Authorization": {"Bearer hush"}}})
	require.NoError(t, err)
	assert.Contains(t, log.String(), "/path")
	assert.NotContains(t, log.String(), "966500000001")
	assert.NotContains(t, log.String(), "hush")
}
