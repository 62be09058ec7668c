package mispay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestTheHeadersOfEachCall(t *testing.T) {
	t.Parallel()
	for _, always := range []bool{false, true} {
		e := newExchange(t, func(c *mispay.Config) { c.SendSecretOnAllCalls = always })
		var asked *http.Request
		body, err := os.ReadFile("testdata/token.json")
		require.NoError(t, err)
		e.mock.RegisterResponder(http.MethodGet, live+"/token", func(req *http.Request) (*http.Response, error) {
			asked = req
			return respond(200, string(body))(req)
		})
		e.answer(http.MethodPost, "/start-checkout", 201, started)
		e.answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("success"))
		e.answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 200, ended)
		e.answer(http.MethodPost, "/refund", 201, `{"status":"success"}`)
		_, create := e.Create(t.Context(), fullInput(t))
		_, fetch := e.Fetch(t.Context(), unpaidRef(t))
		_, capture := capture(t, e, paidRef(t))
		_, refund := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
		require.NoError(t, errors.Join(create, fetch, capture, refund))

		assert.Equal(t, appID, asked.Header.Get("x-app-id"))
		assert.Equal(t, appSecret, asked.Header.Get("x-app-secret"))
		assert.Empty(t, asked.Header.Get("Authorization"))
		require.Len(t, e.sent, 4)
		for _, req := range e.sent {
			assert.Equal(t, appID, req.Header.Get("x-app-id"))
			assert.Equal(t, "Bearer "+token, req.Header.Get("Authorization"))
			assert.Equal(t, "application/json", req.Header.Get("Content-Type"), "on every call, with a body or without")
			assert.Equal(t, "application/json", req.Header.Get("Accept"))
			assert.Equal(t, always, req.Header.Get("x-app-secret") != "", "the secret goes with the token call alone")
		}
	}
}

func TestOneTokenAndOneKeyServeManyCalls(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("pending"))
	var crowd sync.WaitGroup
	for range 32 {
		crowd.Go(func() {
			_, err := e.Fetch(t.Context(), unpaidRef(t))
			assert.NoError(t, err)
		})
	}
	crowd.Wait()
	assert.Equal(t, 1, e.tokens)
	assert.EqualValues(t, 1, e.Keys(), "a key costs too much to be derived for each call")
	assert.Len(t, e.sent, 32)
}

func TestATokenIsRenewedAMinuteBeforeItsEnd(t *testing.T) {
	t.Parallel()
	var (
		mu  sync.Mutex
		now = noon()
	)
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	at := func(then time.Time) { mu.Lock(); defer mu.Unlock(); now = then }
	e := newExchange(t, func(c *mispay.Config) { c.Now = clock })
	e.answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("pending"))
	newYear := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		at     time.Time
		tokens int
	}{
		{noon(), 1},
		{newYear.Add(-61 * time.Second), 1},
		{newYear.Add(-60 * time.Second), 2},
		// The far end gives the same old token again. It's used for some seconds, so that a wrong clock doesn't cost a key for each call.
		{newYear.Add(-58 * time.Second), 2},
		{newYear.Add(-54 * time.Second), 3},
	} {
		at(tt.at)
		_, err := e.Fetch(t.Context(), unpaidRef(t))
		require.NoError(t, err)
		assert.Equal(t, tt.tokens, e.tokens, "%s", tt.at)
	}
}

func TestARefusedTokenIsRenewedOnceAndTheCallRepeatedOnce(t *testing.T) {
	t.Parallel()
	for name, stale := range map[string]response{
		"401":            {401, ""},
		"401 as a page":  {401, "<html>"},
		"ME10":           {401, `{"status":"error : 401","result":"ExceptionType.ME10"}`},
		"ME11":           {400, refusedBody("ME11")},
		"ME10 with 403":  {403, `{"error":{"code":"ME10"}}`},
		"ME10 with 200":  {200, `{"status":"error : 401","result":"ExceptionType.ME10"}`},
		"ME11 as a page": {400, "<html>ExceptionType.ME11</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.answers(http.MethodPost, "/refund", stale, response{201, `{"status":"success"}`})
			_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			require.NoError(t, err, "a call with a bad token has had no effect, so that even a refund can be repeated")
			assert.Equal(t, 2, e.tokens)
			assert.EqualValues(t, 2, e.Keys())
			require.Len(t, e.sent, 2)
			assert.Equal(t, e.bodies[0], e.bodies[1])

			e = newExchange(t)
			e.answers(http.MethodPost, "/refund", stale)
			_, err = e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			refused := providerError(t, err)
			assert.Equal(t, paylinks.NotApplied, refused.Outcome)
			assert.Contains(t, []paylinks.Refusal{paylinks.RefusedCredentials, paylinks.RefusedState}, refused.Refusal)
			assert.Len(t, e.sent, 2, "once is enough")
			assert.Equal(t, 2, e.tokens)
		})
	}
}

func TestAServerErrorSaysNothingOfTheTokenWhateverCodeItHas(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.answers(http.MethodPost, "/refund", response{500, refusedBody("ME10")})
	_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
	assert.Len(t, e.sent, 1)
}

func TestWithoutATokenNothingIsApplied(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		answer  response
		refusal paylinks.Refusal
		code    string
		message string
	}{
		{"no App ID", response{400, refusedBody("ME01")}, paylinks.RefusedCredentials, "ME01", "App ID"},
		{"no App Secret", response{400, refusedBody("ME02")}, paylinks.RefusedCredentials, "ME02", "App Secret"},
		{"wrong pair", response{400, refusedBody("ME03")}, paylinks.RefusedCredentials, "ME03", "no such merchant application"},
		{"server error", response{500, "<html>"}, paylinks.Unreachable, "", "no token"},
		{"a page", response{200, "<html>"}, paylinks.Unreachable, "", "no token"},
		{"no answer", response{}, paylinks.Unreachable, "", "no token"},
		{"too many", response{429, ""}, paylinks.RefusedRate, "", "no token"},
		{"a plain token", response{200, `{"status":"success","result":{"token":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}}`}, paylinks.RefusedCredentials, "", "can't be decrypted"},
		{"no blob", response{200, `{"status":"success","result":{}}`}, paylinks.RefusedCredentials, "", "can't be decrypted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.mock.RegisterResponder(http.MethodGet, live+"/token", func(req *http.Request) (*http.Response, error) {
				if tt.answer.status == 0 {
					return nil, errors.New("connection reset")
				}
				return respond(tt.answer.status, tt.answer.body)(req)
			})
			_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			refused := providerError(t, err)
			assert.Equal(t, tt.refusal, refused.Refusal)
			assert.Equal(t, paylinks.NotApplied, refused.Outcome, "the refund was never asked for")
			assert.Equal(t, tt.code, refused.Code)
			assert.Contains(t, refused.Message, tt.message)
			assert.NotContains(t, fmt.Sprintf("%v %+v", refused, refused.Err), appSecret)
			assert.Empty(t, e.sent)
		})
	}
}

func TestATokenOfAnotherSecretIsNotOurs(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *mispay.Config) { c.AppSecret = appSecret + "x" })
	_, err := e.Fetch(t.Context(), unpaidRef(t))
	refused := providerError(t, err)
	assert.Equal(t, paylinks.RefusedCredentials, refused.Refusal)
	assert.Contains(t, refused.Message, "byte by byte")
	assert.Empty(t, e.sent)
}

func TestWhoeverWaitsForATokenCanGiveUp(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	asked, gate := make(chan struct{}), make(chan struct{})
	body, err := os.ReadFile("testdata/token.json")
	require.NoError(t, err)
	e.mock.RegisterResponder(http.MethodGet, live+"/token", func(req *http.Request) (*http.Response, error) {
		close(asked)
		<-gate
		return respond(200, string(body))(req)
	})
	e.answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("pending"))
	ctx, cancel := context.WithCancel(t.Context())
	var impatient, patient error
	var both sync.WaitGroup
	both.Go(func() { _, impatient = e.Fetch(ctx, unpaidRef(t)) })
	<-asked
	patience := t.Context()
	both.Go(func() { _, patient = e.Fetch(patience, unpaidRef(t)) })
	cancel()
	close(gate)
	both.Wait()
	require.NoError(t, patient, "the token is fetched for everybody")
	if impatient != nil { // it may have got its token just in time
		require.ErrorIs(t, impatient, context.Canceled)
		assert.Equal(t, paylinks.Unreachable, providerError(t, impatient).Refusal)
	}
	assert.LessOrEqual(t, e.Keys(), int64(1))
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		answer  response
		refusal paylinks.Refusal
		outcome paylinks.Outcome
		code    string
	}{
		{"as documented", response{400, refusedBody("ME97")}, paylinks.RefusedRequest, paylinks.NotApplied, "ME97"},
		{"session invalid", response{400, refusedBody("ME04")}, paylinks.RefusedState, paylinks.NotApplied, "ME04"},
		{"not found", response{400, refusedBody("ME05")}, paylinks.RefusedNotFound, paylinks.NotApplied, "ME05"},
		{"wrong app", response{400, refusedBody("ME03")}, paylinks.RefusedCredentials, paylinks.NotApplied, "ME03"},
		{"a code in an object", response{400, `{"status":"error : 400","result":{"type":{"name":"ME05"}}}`}, paylinks.RefusedNotFound, paylinks.NotApplied, "ME05"},
		{"a code in a page", response{400, "<html><p>ExceptionType.ME97</p></html>"}, paylinks.RefusedRequest, paylinks.NotApplied, "ME97"},
		{"a code with 200", response{200, refusedBody("ME05")}, paylinks.RefusedNotFound, paylinks.NotApplied, "ME05"},
		{"a code with 200, without a status", response{200, `{"result":"ExceptionType.ME97"}`}, paylinks.RefusedRequest, paylinks.NotApplied, "ME97"},
		{"an unknown code", response{400, refusedBody("ME42")}, paylinks.RefusedRequest, paylinks.NotApplied, "ME42"},
		{"an unknown code with 403", response{403, refusedBody("ME42")}, paylinks.RefusedCredentials, paylinks.NotApplied, "ME42"},
		{"409", response{409, "{}"}, paylinks.RefusedState, paylinks.NotApplied, ""},
		{"404 of the API", response{404, `{"status":"error : 404"}`}, paylinks.RefusedNotFound, paylinks.NotApplied, ""},
		{"404 of the router", response{404, "<html>not found</html>"}, paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{"a page with 400", response{400, "<html>"}, paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{"a page with 500", response{500, "<html>"}, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"a page with 200", response{200, "<html>"}, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"nothing with 200", response{200, ""}, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"a redirect", response{301, ""}, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"too many", response{429, ""}, paylinks.RefusedRate, paylinks.NotApplied, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.answers(http.MethodPost, "/start-checkout", tt.answer)
			_, err := e.Create(t.Context(), fullInput(t))
			refused := providerError(t, err)
			assert.Equal(t, tt.refusal, refused.Refusal)
			assert.Equal(t, tt.outcome, refused.Outcome)
			assert.Equal(t, tt.code, refused.Code)
			assert.NotEmpty(t, refused.Message)
			assert.NotContains(t, refused.Error(), "html", "no body gets into an error")
			assert.Len(t, e.sent, 1)
		})
	}
}

func TestRetryAfterIsHandedOn(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.mock.RegisterResponder(http.MethodPost, live+"/start-checkout", func(req *http.Request) (*http.Response, error) {
		res := httpmock.NewStringResponse(429, "")
		res.Header.Set("Retry-After", "7")
		res.Request = req
		return res, nil
	})
	_, err := e.Create(t.Context(), fullInput(t))
	assert.Equal(t, 7*time.Second, providerError(t, err).RetryAfter)
}

func TestOnlyReadsTheTokenAndTheEndAreRepeated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, path, fine string
		call               func(*exchange) error
		calls              int
	}{
		{http.MethodGet, "/track-checkout/" + trackID, tracked("pending"), func(e *exchange) error {
			_, err := e.Fetch(t.Context(), unpaidRef(t))
			return err
		}, 2},
		{http.MethodPut, "/checkout/" + checkoutID + "/end", ended, func(e *exchange) error {
			_, err := e.Confirm(t.Context(), paidRef(t))
			return err
		}, 2},
		{http.MethodPost, "/start-checkout", started, func(e *exchange) error {
			_, err := e.Create(t.Context(), fullInput(t))
			return err
		}, 1},
		{http.MethodPost, "/refund", `{"status":"success"}`, func(e *exchange) error {
			_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			return err
		}, 1},
	} {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *mispay.Config) { c.Retries = 1 })
			e.answers(tt.method, tt.path, response{503, ""}, response{200, tt.fine})
			err := tt.call(e)
			assert.Equal(t, tt.calls == 2, err == nil)
			assert.Len(t, e.sent, tt.calls)
		})
	}
}
