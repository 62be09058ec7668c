package hyperpay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
)

// The code of an answer counts first, its HTTP status second.
func TestErrorsOfTheAPI(t *testing.T) {
	t.Parallel()
	result := func(code string) string {
		return `{"id":"8ac7a4a0","result":{"code":"` + code + `","description":"x"},"ndc":"n"}`
	}
	for name, c := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		code    string
		tries   int
	}{
		"a wrong token":         {401, result("800.900.300"), paylinks.RefusedCredentials, "800.900.300", 1},
		"a wrong token, 403":    {403, result("800.900.300"), paylinks.RefusedCredentials, "800.900.300", 1},
		"a wrong token, 200":    {200, result("800.900.300"), paylinks.RefusedCredentials, "800.900.300", 1},
		"a 401 of no code":      {401, `{}`, paylinks.RefusedCredentials, "", 1},
		"a 401 of no JSON":      {401, `<html>`, paylinks.RefusedCredentials, "", 1},
		"throttled":             {429, result("800.120.100"), paylinks.RefusedRate, "800.120.100", 6},
		"throttled, 400":        {400, result("800.120.100"), paylinks.RefusedRate, "800.120.100", 6},
		"a 429 of no JSON":      {429, `<html>`, paylinks.RefusedRate, "", 6},
		"a bad parameter":       {400, result("200.300.404"), paylinks.RefusedRequest, "200.300.404", 1},
		"a bad parameter, 200":  {200, result("200.100.101"), paylinks.RefusedRequest, "200.100.101", 1},
		"a configuration fault": {400, result("600.200.500"), paylinks.RefusedRequest, "600.200.500", 1},
		"a server's error":      {500, result("999.999.999"), paylinks.Unreachable, "999.999.999", 6},
		"unavailable":           {503, `<html>`, paylinks.Unreachable, "", 6},
		"a success of no JSON":  {200, `<html>`, paylinks.Unreachable, "", 6},
		"an empty success":      {200, ``, paylinks.Unreachable, "", 6},
		"a success of nothing":  {200, `{}`, paylinks.Unreachable, "", 6},
		"a redirect":            {302, `{}`, paylinks.RefusedRequest, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.On("/v3/query", c.status, c.body)
			failure := providerError(t, walktest.Of(t, f.gateway(t), tenth()).Err)
			assert.Equal(t, c.refusal, failure.Refusal)
			assert.Equal(t, c.code, failure.Code)
			assert.NotEmpty(t, failure.Message)
			assert.Equal(t, paylinks.NotApplied, failure.Outcome, "reading changes nothing")
			assert.Len(t, f.Queries("/v3/query"), c.tries)
		})
	}
}

// Which HTTP status an answer has that found nothing isn't known.
func TestNothingFoundIsNoError(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 404, 500} {
		f := newFar()
		f.On("/v3/query", status, nothing)
		assert.Empty(t, f.whole(t), status)
	}
	f := newFar()
	f.On("/v3/query", 200, `{"result":{"code":"000.000.100"},"records":[],"pages":0}`)
	assert.Empty(t, f.whole(t))
}

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]time.Duration{
		429: {30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute},
		503: {time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second},
	} {
		f := newFar()
		f.On("/v3/query", status, `{}`)
		require.Error(t, walktest.Of(t, f.gateway(t), tenth()).Err)
		assert.Equal(t, want, f.Waits())
	}
}

func TestAFailureInMidWalkIsGotOver(t *testing.T) {
	t.Parallel()
	f := newFar()
	calls := 0
	f.Do("/v3/query", func(walktest.Call) walktest.Answer {
		if calls++; calls < 4 {
			return walktest.Answer{Status: 503, Body: `<html>`}
		}
		return walktest.Answer{Status: 200, Body: list(record(t, nil))}
	})
	assert.Equal(t, rootID, walktest.One(t, f.whole(t)).ID)
}

func TestTriesCanBeChosen(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("/v3/query", 503, `{}`)
	require.Error(t, walktest.Of(t, f.gateway(t, func(c *hyperpay.Config) { c.Tries = 2 }), tenth()).Err)
	assert.Len(t, f.Queries("/v3/query"), 2)
}
