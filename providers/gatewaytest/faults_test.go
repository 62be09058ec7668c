package gatewaytest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
)

// answer is what a caller sees.
type answer struct {
	status     int
	retryAfter string
	body       string
}

// Each of the suite's faults, as a simulator makes it: what does the caller see of one call, and of the next?
func TestASubjectWithFaults(t *testing.T) {
	t.Parallel()
	for fault, want := range map[gatewaytest.Fault]struct {
		status     int
		retryAfter string
		cut        bool
		body       string
	}{
		gatewaytest.TooMany:     {status: 429, retryAfter: "45"},
		gatewaytest.Unavailable: {status: 503},
		gatewaytest.Dropped:     {},
		gatewaytest.Cut:         {status: 200, cut: true},
		gatewaytest.Garbled:     {status: 200, body: "<!DOCTYPE html>"},
		gatewaytest.Redirected:  {status: 307},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			kit := simulator.New(simulator.Config{RetryAfter: gatewaytest.RetryAfter})
			mux := http.NewServeMux()
			for _, op := range []string{"page", "other"} {
				mux.Handle("POST /"+op, kit.Handle(op, "", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					simulator.WriteJSON(w, http.StatusOK, "a page that is long enough to be cut")
				})))
			}
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			client := server.Client()
			client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			get := func(ctx context.Context, op string) (answer, error) {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/"+op, nil)
				if err != nil {
					return answer{}, err
				}
				res, err := client.Do(req)
				if err != nil {
					return answer{}, err
				}
				body, err := io.ReadAll(res.Body)
				return answer{res.StatusCode, res.Header.Get("Retry-After"), string(body)}, errors.Join(err, res.Body.Close())
			}
			subject := gatewaytest.Subject{}.WithFaults(kit.Faults, kit.Calls, "page")

			subject.Break(fault, 1)
			_, err := get(t.Context(), "other")
			require.NoError(t, err, "another operation")
			assert.Zero(t, subject.Calls())
			said, err := get(t.Context(), "page")
			assert.Equal(t, want.status == 0 || want.cut, err != nil, "%v", err)
			if want.status != 0 {
				assert.Equal(t, want.status, said.status)
				assert.Equal(t, want.retryAfter, said.retryAfter)
				assert.Contains(t, said.body, want.body)
			}
			said, err = get(t.Context(), "page")
			require.NoError(t, err)
			assert.Contains(t, said.body, "long enough", "one call alone")
			assert.Equal(t, 2, subject.Calls())

			subject.Break(fault, 0)
			subject.Heal()
			said, err = get(t.Context(), "page")
			require.NoError(t, err)
			assert.Contains(t, said.body, "long enough")

			subject.Hang()
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() {
				_, err := get(ctx, "page")
				ended <- err
			}()
			require.Eventually(t, func() bool { return subject.Calls() == 4 }, time.Minute, time.Millisecond)
			cancel()
			require.ErrorIs(t, <-ended, context.Canceled)
		})
	}
}
