package tap_test

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
	"github.com/paylinks/paylinks-go/providers/tap"
)

func apiError(code, description string) string {
	return fmt.Sprintf(`{"errors":[{"code":%q,"description":%q}]}`, code, description)
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		code    string
		message string
	}{
		"no key":                  {401, apiError("7022", "Authorization is missing"), paylinks.RefusedCredentials, "7022", "misses the key"},
		"a wrong key":             {401, apiError("2104", "Key"), paylinks.RefusedCredentials, "2104", "check that the secret key"},
		"a wrong key, 2107":       {400, apiError("2107", "Key"), paylinks.RefusedCredentials, "2107", "check that the secret key"},
		"the other environment":   {400, apiError("1101", "Key"), paylinks.RefusedCredentials, "1101", "other environment"},
		"401 without a body":      {401, ``, paylinks.RefusedCredentials, "", "check that the secret key"},
		"403":                     {403, apiError("", "Forbidden"), paylinks.RefusedCredentials, "", "check that the secret key"},
		"403 as a number":         {403, `{"errors":[{"code":2105}]}`, paylinks.RefusedCredentials, "2105", "check that the secret key"},
		"too many rows":           {400, apiError("1162", "Limit"), paylinks.RefusedRequest, "1162", "more than 50"},
		"invalid input":           {400, apiError("1103", "Input is invalid"), paylinks.RefusedRequest, "1103", "refuses the request"},
		"no such call":            {404, `Cannot POST /v2/charges/list`, paylinks.RefusedRequest, "", "check BaseURL"},
		"404 of the API":          {404, apiError("1", "Not found"), paylinks.RefusedNotFound, "1", "doesn't know it"},
		"a 400 that isn't JSON":   {400, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"a redirect":              {302, ``, paylinks.Unreachable, "", "redirects"},
		"not found in a 5xx":      {500, apiError("9999", "Route not found"), paylinks.Unreachable, "9999", "failed"},
		"overloaded":              {400, apiError("2101", "Overloaded"), paylinks.Unreachable, "2101", "overloaded"},
		"502":                     {502, `<html>`, paylinks.Unreachable, "", "failed"},
		"a success without JSON":  {200, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"a success without rows":  {200, `{"ok":true}`, paylinks.Unreachable, "", "not the JSON"},
		"a success that is a row": {200, `[]`, paylinks.Unreachable, "", "not the JSON"},
		"rows that aren't a list": {200, `{"charges":{"id":"x"}}`, paylinks.Unreachable, "", "not the JSON"},
		"an empty success":        {200, ``, paylinks.Unreachable, "", "not the JSON"},
		"too many calls":          {429, apiError("", "Slow down"), paylinks.RefusedRate, "", "too many calls"},
		"no connection":           {0, ``, paylinks.Unreachable, "", "without an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, _ := newGateway(t, walktest.Answers{chargesPath: walktest.Says(tt.status, tt.body)})
			w := walktest.Of(t, gateway, query())
			assert.Empty(t, w.Payments)
			assert.Empty(t, w.Bad)
			got := providerError(t, w.Err)
			assert.Equal(t, tt.refusal, got.Refusal)
			assert.Equal(t, tt.code, got.Code)
			assert.Equal(t, tt.status, got.Status)
			assert.Contains(t, got.Message, tt.message)
			assert.NotContains(t, got.Error(), testKey)
		})
	}
}

// What passes is tried again, twice after a failure and for long at a rate limit. What doesn't isn't.
func TestPatience(t *testing.T) {
	t.Parallel()
	retryAfter := func(seconds string) walktest.Answer {
		return walktest.Answer{Status: 429, Body: apiError("", ""), Header: http.Header{"Retry-After": {seconds}}}
	}
	throttled, failed := walktest.Answer{Status: 429}, walktest.Answer{Status: 503}
	for name, tt := range map[string]struct {
		answers []walktest.Answer
		ok      bool
		calls   int
		waits   []time.Duration // at the least; 0 for any
	}{
		"two failures":           {[]walktest.Answer{failed, failed, {Status: 400, Body: noCharges}}, true, 3, make([]time.Duration, 2)},
		"three failures":         {[]walktest.Answer{failed}, false, 3, make([]time.Duration, 2)},
		"a lost connection":      {[]walktest.Answer{{}, {Status: 400, Body: noCharges}}, true, 2, make([]time.Duration, 1)},
		"overloaded":             {[]walktest.Answer{{Status: 400, Body: apiError("2101", "")}, {Status: 400, Body: noCharges}}, true, 2, make([]time.Duration, 1)},
		"garbage":                {[]walktest.Answer{{Status: 200, Body: "<html>"}, {Status: 400, Body: noCharges}}, true, 2, make([]time.Duration, 1)},
		"as long as Tap says":    {[]walktest.Answer{retryAfter("75"), {Status: 400, Body: noCharges}}, true, 2, []time.Duration{75 * time.Second}},
		"longer than is granted": {[]walktest.Answer{retryAfter("3600")}, false, 1, nil},
		"eight limits":           {[]walktest.Answer{throttled, throttled, throttled, throttled, throttled, throttled, throttled, throttled, {Status: 400, Body: noCharges}}, true, 9, []time.Duration{time.Second / 2, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second}},
		"nothing but limits":     {[]walktest.Answer{throttled}, false, 9, make([]time.Duration, 8)},
		"a wrong key":            {[]walktest.Answer{{Status: 401}}, false, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.InTurn(tt.answers...)})
			w := walktest.Of(t, gateway, query())
			assert.Equal(t, tt.ok, w.Err == nil)
			assert.Len(t, f.Calls(chargesPath), tt.calls)
			require.Len(t, f.Waits(), len(tt.waits))
			for i, least := range tt.waits {
				assert.GreaterOrEqual(t, f.Waits()[i], least)
			}
		})
	}
}

func TestAWaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(429, "")}, func(c *tap.Config) {
		c.Wait = func(ctx context.Context, _ time.Duration) error {
			cancel()
			return ctx.Err()
		}
	})
	w := walktest.Under(ctx, t, gateway, query())
	require.ErrorIs(t, w.Err, context.Canceled)
	assert.Len(t, f.Calls(chargesPath), 1)
}

// The clock that a gateway waits by where none is given.
func TestTheRealWaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	gateway, _ := newGateway(t, walktest.Answers{chargesPath: func(walktest.Call) walktest.Answer {
		cancel()
		return walktest.Answer{Status: 429, Header: http.Header{"Retry-After": {"200"}}}
	}}, func(c *tap.Config) { c.Wait = nil })
	w := walktest.Under(ctx, t, gateway, query())
	require.ErrorIs(t, w.Err, context.Canceled)
}

func TestARefundListElsewhere(t *testing.T) {
	t.Parallel()
	gateway, f := newGateway(t, walktest.Answers{
		chargesPath: walktest.Says(400, noCharges), "/v2/refund/all": walktest.Says(400, noRefunds),
	}, func(c *tap.Config) { c.RefundsPath = "/v2/refund/all" })
	w := walktest.Of(t, gateway, query())
	require.NoError(t, w.Err)
	assert.Len(t, f.Calls("/v2/refund/all"), 1)
	assert.Empty(t, f.Calls(refundsPath))
}
