package dinero_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
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
			gateway, _ := newGateway(t, walktest.Answers{paymentID: walktest.Says(tt.status, tt.body)}, []string{paymentID, otherID})
			w := walktest.Of(t, gateway, query(""))
			assert.Empty(t, w.Payments)
			assert.Empty(t, w.Bad)
			got := providerError(t, w.Err)
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
	good := walktest.Answer{Status: 200, Body: status(t, nil)}
	limited := func(seconds string) walktest.Answer {
		return walktest.Answer{Status: 429, Header: http.Header{"Retry-After": {seconds}}}
	}
	for name, tt := range map[string]struct {
		answers []walktest.Answer
		ok      bool
		calls   int
		least   time.Duration
	}{
		"two failures":           {[]walktest.Answer{{Status: 502}, {Status: 503}, good}, true, 3, 0},
		"three failures":         {[]walktest.Answer{{Status: 502}}, false, 3, 0},
		"a lost connection":      {[]walktest.Answer{{}, good}, true, 2, 0},
		"garbage":                {[]walktest.Answer{{Status: 200, Body: "<html>"}, good}, true, 2, 0},
		"as long as it says":     {[]walktest.Answer{limited("90"), good}, true, 2, 90 * time.Second},
		"longer than is granted": {[]walktest.Answer{limited("3600")}, false, 1, 0},
		"nothing but limits":     {[]walktest.Answer{{Status: 429}}, false, 9, time.Second / 2},
		"a wrong hash":           {[]walktest.Answer{{Status: 400, Body: fieldError("hash: Hash is not valid.")}}, false, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, f := newGateway(t, walktest.Answers{paymentID: walktest.InTurn(tt.answers...)}, []string{paymentID})
			w := walktest.Of(t, gateway, query(""))
			assert.Equal(t, tt.ok, w.Err == nil)
			assert.Len(t, f.All(), tt.calls)
			require.Len(t, f.Waits(), tt.calls-1)
			for _, wait := range f.Waits() {
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
			gateway, f := newGateway(t, walktest.Answers{paymentID: func(walktest.Call) walktest.Answer {
				cancel()
				return walktest.Answer{Status: 429, Header: http.Header{"Retry-After": {"200"}}}
			}}, []string{paymentID}, func(c *dinero.Config) { c.Wait = wait })
			w := walktest.Under(ctx, t, gateway, query(""))
			require.ErrorIs(t, w.Err, context.Canceled)
			assert.Len(t, f.All(), 1)
		})
	}
}
