package patience_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
)

// apiError is an API's own error, as gateways have them.
type apiError struct {
	rest.Failure

	code string
}

func (e *apiError) Error() string { return e.Say(e.code) }

func failed(status int, wish time.Duration) *apiError {
	return &apiError{Failure: rest.Failure{Status: status, RetryAfter: wish}, code: "x"}
}

func TestSleepLastsUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		require.NoError(t, patience.Sleep(t.Context(), time.Hour))
		assert.Equal(t, time.Hour, time.Since(begin))

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin = time.Now()
		require.ErrorIs(t, patience.Sleep(ctx, time.Hour), context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(begin))
	})
}

func TestAWalkEndsWithWhatASyncUnderstands(t *testing.T) {
	t.Parallel()
	say := func(answer *apiError) *paylinks.ProviderError {
		return answer.Refused(paylinks.RefusedCredentials, answer.code, "check the key")
	}
	lost := &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Message: "no answer in time", Err: context.DeadlineExceeded}
	for name, c := range map[string]struct {
		err     error
		refusal paylinks.Refusal
		message string
	}{
		"an answer":            {failed(http.StatusUnauthorized, 0), paylinks.RefusedCredentials, "check the key"},
		"a call without one":   {lost, paylinks.Unreachable, "no answer in time"},
		"the end of a wait":    {fmt.Errorf("%w while waiting after: %w", context.Canceled, lost), paylinks.Unreachable, "no answer in time"},
		"the walk's own":       {errors.New("a list that leads nowhere"), paylinks.Unreachable, "a list that leads nowhere"},
		"the end of a context": {context.Canceled, paylinks.Unreachable, "canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := patience.Refusal(c.err, say)
			var told *paylinks.ProviderError
			require.ErrorAs(t, err, &told)
			assert.Equal(t, c.refusal, told.Refusal)
			assert.Contains(t, told.Message, c.message)
			assert.Equal(t, paylinks.NotApplied, told.Outcome, "reading changes nothing")
			require.ErrorIs(t, err, c.err, "the causes are whole")
		})
	}
	require.NoError(t, patience.Refusal(nil, say))
	assert.Equal(t, paylinks.OutcomeUnknown, lost.Outcome, "the cause stays as it was")
}
