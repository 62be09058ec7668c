package rest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestWhichFailuresPass(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct{ passing, throttled bool }{
		http.StatusBadRequest:          {},
		http.StatusUnauthorized:        {},
		http.StatusNotFound:            {},
		http.StatusConflict:            {},
		http.StatusTooManyRequests:     {passing: true, throttled: true},
		http.StatusInternalServerError: {passing: true},
		http.StatusServiceUnavailable:  {passing: true},
	} {
		failure := (&rest.Response{Status: status}).Failure(nil)
		assert.Equal(t, want.passing, failure.Passing(), status)
		assert.Equal(t, want.throttled, failure.Throttled(), status)
	}
	unread := (&rest.Response{Status: http.StatusOK}).Failure(errors.New("no JSON"))
	assert.True(t, unread.Passing(), "what can't be read may have been cut off, or be a stranger's page")
}

func TestAFailureSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	cause := errors.New("no JSON")
	res := &rest.Response{Status: http.StatusOK, Header: http.Header{"Retry-After": {"7"}}, Body: []byte("secret")}
	unread := res.Failure(cause)
	assert.Equal(t, "HTTP 200 that can't be read: no JSON", unread.Say("word"))
	require.ErrorIs(t, unread.Unwrap(), cause)
	assert.Equal(t, 7*time.Second, unread.Wish())

	refused := (&rest.Response{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"9"}}}).Failure(nil)
	assert.Equal(t, "HTTP 429 rate_limit", refused.Say("rate_limit"))
	require.NoError(t, refused.Unwrap())
	told := refused.Refused(paylinks.RefusedRate, "rate_limit", "too many calls")
	assert.Equal(t, &paylinks.ProviderError{
		Refusal: paylinks.RefusedRate, Outcome: paylinks.NotApplied, Status: http.StatusTooManyRequests, Code: "rate_limit",
		Message: "too many calls", RetryAfter: 9 * time.Second,
	}, told)
}
