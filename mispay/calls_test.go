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
		e.Mock.RegisterResponder(http.MethodGet, live+"/token", func(req *http.Request) (*http.Response, error) {
			asked = req
			return says(200, string(body)).Respond(req)
		})
		e.Answer(http.MethodPost, "/start-checkout", 201, started)
		e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("success"))
		e.Answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 200, ended)
		e.Answer(http.MethodPost, "/refund", 201, `{"status":"success"}`)
		_, create := e.Create(t.Context(), fullInput(t))
		_, fetch := e.Fetch(t.Context(), unpaidRef(t))
		_, capture := capture(t, e, paidRef(t))
		_, refund := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
		require.NoError(t, errors.Join(create, fetch, capture, refund))

		assert.Equal(t, appID, asked.Header.Get("x-app-id"))
		assert.Equal(t, appSecret, asked.Header.Get("x-app-secret"))
		assert.Empty(t, asked.Header.Get("Authorization"))
		require.Len(t, e.Sent, 4)
		for _, req := range e.Sent {
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
	e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("pending"))
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
	assert.Len(t, e.Sent, 32)
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
	e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("pending"))
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
	for name, stale := range map[string]reply{
		"401":            says(401, ""),
		"401 as a page":  says(401, "<html>"),
		"ME10":           says(401, `{"status":"error : 401","result":"ExceptionType.ME10"}`),
		"ME11":           says(400, refusedBody("ME11")),
		"ME10 with 403":  says(403, `{"error":{"code":"ME10"}}`),
		"ME10 with 200":  says(200, `{"status":"error : 401","result":"ExceptionType.ME10"}`),
		"ME11 as a page": says(400, "<html>ExceptionType.ME11</html>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answers(http.MethodPost, "/refund", stale, says(201, `{"status":"success"}`))
			_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			require.NoError(t, err, "a call with a bad token has had no effect, so that even a refund can be repeated")
			assert.Equal(t, 2, e.tokens)
			assert.EqualValues(t, 2, e.Keys())
			require.Len(t, e.Sent, 2)
			assert.Equal(t, e.Bodies[0], e.Bodies[1])

			e = newExchange(t)
			e.Answers(http.MethodPost, "/refund", stale)
			_, err = e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			got := providerError(t, err)
			assert.Equal(t, paylinks.NotApplied, got.Outcome)
			assert.Contains(t, []paylinks.Refusal{paylinks.RefusedCredentials, paylinks.RefusedState}, got.Refusal)
			assert.Len(t, e.Sent, 2, "once is enough")
			assert.Equal(t, 2, e.tokens)
		})
	}
}

func TestAServerErrorSaysNothingOfTheTokenWhateverCodeItHas(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answers(http.MethodPost, "/refund", says(500, refusedBody("ME10")))
	_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
	assert.Len(t, e.Sent, 1)
}

func TestWithoutATokenNothingIsApplied(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		answer  reply
		refusal paylinks.Refusal
		code    string
		message string
	}{
		{"no App ID", says(400, refusedBody("ME01")), paylinks.RefusedCredentials, "ME01", "App ID"},
		{"no App Secret", says(400, refusedBody("ME02")), paylinks.RefusedCredentials, "ME02", "App Secret"},
		{"wrong pair", says(400, refusedBody("ME03")), paylinks.RefusedCredentials, "ME03", "no such merchant application"},
		{"server error", says(500, "<html>"), paylinks.Unreachable, "", "no token"},
		{"a page", says(200, "<html>"), paylinks.Unreachable, "", "no token"},
		{"no answer", reply{}, paylinks.Unreachable, "", "no token"},
		{"too many", says(429, ""), paylinks.RefusedRate, "", "no token"},
		{"a plain token", says(200, `{"status":"success","result":{"token":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}}`), paylinks.RefusedCredentials, "", "can't be decrypted"},
		{"no blob", says(200, `{"status":"success","result":{}}`), paylinks.RefusedCredentials, "", "can't be decrypted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Mock.RegisterResponder(http.MethodGet, live+"/token", func(req *http.Request) (*http.Response, error) {
				if tt.answer.Status == 0 {
					return nil, errors.New("connection reset")
				}
				return tt.answer.Respond(req)
			})
			_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "r", Amount: sar(t, "1")})
			got := refused(t, err, tt.refusal, paylinks.NotApplied) // The refund was never asked for.
			assert.Equal(t, tt.code, got.Code)
			assert.Contains(t, got.Message, tt.message)
			assert.NotContains(t, fmt.Sprintf("%v %+v", &got, got.Err), appSecret)
			assert.Empty(t, e.Sent)
		})
	}
}

func TestATokenOfAnotherSecretIsNotOurs(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *mispay.Config) { c.AppSecret = appSecret + "x" })
	_, err := e.Fetch(t.Context(), unpaidRef(t))
	got := providerError(t, err)
	assert.Equal(t, paylinks.RefusedCredentials, got.Refusal)
	assert.Contains(t, got.Message, "byte by byte")
	assert.Empty(t, e.Sent)
}

func TestWhoeverWaitsForATokenCanGiveUp(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	asked, gate := make(chan struct{}), make(chan struct{})
	body, err := os.ReadFile("testdata/token.json")
	require.NoError(t, err)
	e.Mock.RegisterResponder(http.MethodGet, live+"/token", func(req *http.Request) (*http.Response, error) {
		close(asked)
		<-gate
		return says(200, string(body)).Respond(req)
	})
	e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("pending"))
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
		answer  reply
		refusal paylinks.Refusal
		outcome paylinks.Outcome
		code    string
	}{
		{"as documented", says(400, refusedBody("ME97")), paylinks.RefusedRequest, paylinks.NotApplied, "ME97"},
		{"session invalid", says(400, refusedBody("ME04")), paylinks.RefusedState, paylinks.NotApplied, "ME04"},
		{"not found", says(400, refusedBody("ME05")), paylinks.RefusedNotFound, paylinks.NotApplied, "ME05"},
		{"wrong app", says(400, refusedBody("ME03")), paylinks.RefusedCredentials, paylinks.NotApplied, "ME03"},
		{"a code in an object", says(400, `{"status":"error : 400","result":{"type":{"name":"ME05"}}}`), paylinks.RefusedNotFound, paylinks.NotApplied, "ME05"},
		{"a code in a page", says(400, "<html><p>ExceptionType.ME97</p></html>"), paylinks.RefusedRequest, paylinks.NotApplied, "ME97"},
		{"a code with 200", says(200, refusedBody("ME05")), paylinks.RefusedNotFound, paylinks.NotApplied, "ME05"},
		{"a code with 200, without a status", says(200, `{"result":"ExceptionType.ME97"}`), paylinks.RefusedRequest, paylinks.NotApplied, "ME97"},
		{"an unknown code", says(400, refusedBody("ME42")), paylinks.RefusedRequest, paylinks.NotApplied, "ME42"},
		{"an unknown code with 403", says(403, refusedBody("ME42")), paylinks.RefusedCredentials, paylinks.NotApplied, "ME42"},
		{"409", says(409, "{}"), paylinks.RefusedState, paylinks.NotApplied, ""},
		{"404 of the API", says(404, `{"status":"error : 404"}`), paylinks.RefusedNotFound, paylinks.NotApplied, ""},
		{"404 of the router", says(404, "<html>not found</html>"), paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{"a page with 400", says(400, "<html>"), paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{"a page with 500", says(500, "<html>"), paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"a page with 200", says(200, "<html>"), paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"nothing with 200", says(200, ""), paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"a redirect", says(301, ""), paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{"too many", says(429, ""), paylinks.RefusedRate, paylinks.NotApplied, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answers(http.MethodPost, "/start-checkout", tt.answer)
			_, err := e.Create(t.Context(), fullInput(t))
			got := refused(t, err, tt.refusal, tt.outcome)
			assert.Equal(t, tt.code, got.Code)
			assert.NotContains(t, got.Error(), "html", "no body gets into an error")
			assert.Len(t, e.Sent, 1)
		})
	}
}

func TestRetryAfterIsHandedOn(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answers(http.MethodPost, "/start-checkout", reply{Status: 429, Header: http.Header{"Retry-After": {"7"}}})
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
			e.Answers(tt.method, tt.path, says(503, ""), says(200, tt.fine))
			err := tt.call(e)
			assert.Equal(t, tt.calls == 2, err == nil)
			assert.Len(t, e.Sent, tt.calls)
		})
	}
}
