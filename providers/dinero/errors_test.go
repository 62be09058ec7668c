package dinero_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
)

// fieldError is how Dinero Pay refuses a field.
func fieldError(message string) string {
	return fmt.Sprintf(`{"error_code":0,"error_message":"Request data is invalid.","errors":[{"error_code":100000,"error_message":%q}]}`, message)
}

func TestErrorsThatEndAWalk(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		code    string
		message string
	}{
		"a wrong hash":           {400, fieldError("hash: Hash is not valid."), paylinks.RefusedCredentials, "100000", "check that merchant key and password"},
		"a wrong key":            {400, fieldError("merchant_key: This value is not valid."), paylinks.RefusedCredentials, "100000", "check that merchant key and password"},
		"401":                    {401, ``, paylinks.RefusedCredentials, "", "check that merchant key and password"},
		"403":                    {403, `<html>`, paylinks.RefusedCredentials, "", "check that merchant key and password"},
		"429":                    {429, ``, paylinks.RefusedRate, "", "too many calls"},
		"500":                    {500, `{"error_code":208001}`, paylinks.Unreachable, "208001", "failed"},
		"503":                    {503, `<html>`, paylinks.Unreachable, "", "failed"},
		"a redirect":             {301, ``, paylinks.Unreachable, "", "redirects"},
		"404 of another server":  {404, `404 page not found`, paylinks.Unreachable, "", "check BaseURL"},
		"400 of another server":  {400, `<html>`, paylinks.Unreachable, "", "check BaseURL"},
		"a success without JSON": {200, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"a success of a list":    {200, `[]`, paylinks.Unreachable, "", "not the JSON"},
		"an empty success":       {200, ``, paylinks.Unreachable, "", "not the JSON"},
		"no connection":          {0, ``, paylinks.Unreachable, "", "without an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, _ := newGateway(t, map[string]func() answer{paymentID: always(tt.status, tt.body)}, []string{paymentID, otherID})
			payments, bad, err := walk(t, t.Context(), gateway, "")
			assert.Empty(t, payments)
			assert.Empty(t, bad)
			got := providerError(t, err)
			assert.Equal(t, tt.refusal, got.Refusal)
			assert.Equal(t, tt.code, got.Code)
			assert.Equal(t, tt.status, got.Status)
			assert.Contains(t, got.Message, tt.message)
			assert.NotContains(t, got.Error(), password)
		})
	}
}

// What passes is tried again, twice after a failure and for long at a rate limit. What doesn't isn't.
func TestPatience(t *testing.T) {
	t.Parallel()
	good := answer{status: 200, body: status(t, nil)}
	limited := func(seconds string) answer {
		return answer{status: 429, header: http.Header{"Retry-After": {seconds}}}
	}
	for name, tt := range map[string]struct {
		answers []answer
		ok      bool
		calls   int
		least   time.Duration
	}{
		"two failures":           {[]answer{{status: 502}, {status: 503}, good}, true, 3, 0},
		"three failures":         {[]answer{{status: 502}}, false, 3, 0},
		"a lost connection":      {[]answer{{}, good}, true, 2, 0},
		"garbage":                {[]answer{{status: 200, body: "<html>"}, good}, true, 2, 0},
		"as long as it says":     {[]answer{limited("90"), good}, true, 2, 90 * time.Second},
		"longer than is granted": {[]answer{limited("3600")}, false, 1, 0},
		"nothing but limits":     {[]answer{{status: 429}}, false, 9, time.Second / 2},
		"a wrong hash":           {[]answer{{status: 400, body: fieldError("hash: Hash is not valid.")}}, false, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, f := newGateway(t, map[string]func() answer{paymentID: inTurn(tt.answers...)}, []string{paymentID})
			_, _, err := walk(t, t.Context(), gateway, "")
			assert.Equal(t, tt.ok, err == nil)
			assert.Len(t, f.requests, tt.calls)
			require.Len(t, f.waits, tt.calls-1)
			for _, wait := range f.waits {
				assert.GreaterOrEqual(t, wait, tt.least)
			}
		})
	}
}

func TestAWaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(context.Context, time.Duration) error{
		"ours":     func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		"the real": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			gateway, f := newGateway(t, map[string]func() answer{paymentID: func() answer {
				cancel()
				return answer{status: 429, header: http.Header{"Retry-After": {"200"}}}
			}}, []string{paymentID}, func(c *dinero.Config) { c.Wait = wait })
			_, _, err := walk(t, ctx, gateway, "")
			require.ErrorIs(t, err, context.Canceled)
			assert.Len(t, f.requests, 1)
		})
	}
}
