package paypal_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
)

const tokenCall = "POST /v1/oauth2/token"

func TestATokenIsKeptUntilAMinuteBeforeItsEnd(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	gateway := f.gateway(t)
	for _, step := range []struct {
		later  time.Duration
		tokens int
	}{
		{0, 1},
		{9*time.Hour - time.Minute - time.Second, 1},
		{2 * time.Second, 2},
	} {
		f.Set(f.Now().Add(step.later))
		require.NoError(t, walktest.Of(t, gateway, february()).Err)
		assert.Len(t, f.Calls(tokenCall), step.tokens, "after %s", step.later)
	}
}

// All walks want a token while the first one is still being fetched.
func TestManyWalksFetchOneToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.lists()
		fetched := make(chan struct{})
		f.Do(tokenCall, func(walktest.Call) walktest.Answer {
			<-fetched
			return walktest.Answer{Status: 200, Body: tokenOK}
		})
		gateway := f.gateway(t, func(c *paypal.Config) { c.Now, c.Wait = march, nil })
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() { assert.NoError(t, walktest.Of(t, gateway, february()).Err) })
		}
		synctest.Wait()
		close(fetched)
		wait.Wait()
		assert.Len(t, f.Calls(tokenCall), 1)
	})
}

func TestATokenThatIsRefusedIsRenewedOnce(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("GET /v1/reporting/transactions", 401, `{"name":"AUTHENTICATION_FAILURE","message":"Authentication failed"}`)
	w := walktest.Of(t, f.gateway(t), february())
	failure := providerError(t, w.Err)
	assert.Equal(t, paylinks.RefusedCredentials, failure.Refusal)
	assert.Len(t, f.Calls(tokenCall), 2)
	assert.Len(t, f.searches(), 2)
}

func TestTokensThatAreOfNoUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		message string
	}{
		"wrong secret":      {401, `{"error":"invalid_client","error_description":"Client Authentication failed"}`, paylinks.RefusedCredentials, "client id or secret"},
		"no search":         {200, `{"scope":"https://uri.paypal.com/services/invoicing","access_token":"t","expires_in":9}`, paylinks.RefusedCredentials, "Transaction Search"},
		"no token":          {200, `{"scope":""}`, paylinks.Unreachable, "not the JSON"},
		"a web page":        {200, `<html>`, paylinks.Unreachable, "not the JSON"},
		"a blocked address": {403, `<html>`, paylinks.RefusedCredentials, "Transaction Search"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.On(tokenCall, c.status, c.body)
			w := walktest.Of(t, f.gateway(t), february())
			failure := providerError(t, w.Err)
			assert.Equal(t, c.refusal, failure.Refusal)
			assert.Contains(t, failure.Message, c.message)
			assert.Empty(t, f.searches())
		})
	}
}

func TestATokenWithoutScopesIsNotJudged(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On(tokenCall, 200, `{"access_token":"t","expires_in":32400}`)
	f.lists()
	f.whole(t)
}

func TestErrorsOfTheAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		code    string
		tries   int
	}{
		"a bad request":        {400, `{"name":"INVALID_REQUEST","message":"x","debug_id":"d-7"}`, paylinks.RefusedRequest, "INVALID_REQUEST", 1},
		"no permission":        {403, `{"name":"NOT_AUTHORIZED"}`, paylinks.RefusedCredentials, "NOT_AUTHORIZED", 1},
		"no such resource":     {404, `{"name":"INVALID_RESOURCE_ID"}`, paylinks.RefusedNotFound, "INVALID_RESOURCE_ID", 1},
		"a router's 404":       {404, `not found`, paylinks.Unreachable, "", 5},
		"not processable":      {422, `{"name":"UNPROCESSABLE_ENTITY"}`, paylinks.RefusedRequest, "UNPROCESSABLE_ENTITY", 1},
		"too many":             {429, `{"name":"RATE_LIMIT_REACHED"}`, paylinks.RefusedRate, "RATE_LIMIT_REACHED", 5},
		"too many, as a page":  {429, `<html>`, paylinks.RefusedRate, "", 5},
		"an internal error":    {500, `{"name":"INTERNAL_SERVER_ERROR"}`, paylinks.Unreachable, "INTERNAL_SERVER_ERROR", 5},
		"unavailable":          {503, `{"name":"SERVICE_UNAVAILABLE"}`, paylinks.Unreachable, "SERVICE_UNAVAILABLE", 5},
		"a redirect":           {302, ``, paylinks.RefusedRequest, "", 1},
		"a success of no JSON": {200, `<html>`, paylinks.Unreachable, "", 5},
		"an empty success":     {200, ``, paylinks.Unreachable, "", 5},
		"a page of no list":    {200, `{"transaction_details":7}`, paylinks.Unreachable, "", 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.On("GET /v1/reporting/transactions", c.status, c.body)
			w := walktest.Of(t, f.gateway(t), february())
			failure := providerError(t, w.Err)
			assert.Equal(t, c.refusal, failure.Refusal)
			assert.Equal(t, c.code, failure.Code)
			assert.NotEmpty(t, failure.Message)
			assert.Equal(t, paylinks.NotApplied, failure.Outcome, "reading changes nothing")
			assert.Len(t, f.searches(), c.tries)
		})
	}
}

// PayPal is said to shut an address out for five minutes.
func TestPausesGrow(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]time.Duration{
		429: {time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute},
		503: {time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second},
	} {
		f := newFar()
		f.On("GET /v1/reporting/transactions", status, `{"name":"X"}`)
		require.Error(t, walktest.Of(t, f.gateway(t), february()).Err)
		assert.Equal(t, want, f.Waits())
	}
}

func TestAFailureInMidWalkIsGotOver(t *testing.T) {
	t.Parallel()
	f := newFar()
	calls := 0
	f.Do("GET /v1/reporting/transactions", func(walktest.Call) walktest.Answer {
		if calls++; calls < 4 {
			return walktest.Answer{Status: 503, Body: `{"name":"SERVICE_UNAVAILABLE"}`}
		}
		return walktest.Answer{Status: 200, Body: page(row(t, nil))}
	})
	assert.Equal(t, "8RW00000000000001", walktest.One(t, f.whole(t)).ID)
}

func TestTriesCanBeChosen(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("GET /v1/reporting/transactions", 503, `{}`)
	require.Error(t, walktest.Of(t, f.gateway(t, func(c *paypal.Config) { c.Tries = 2 }), february()).Err)
	assert.Len(t, f.searches(), 2)
}
