package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
)

// reply is what one try gets.
type reply func(*http.Request) (*http.Response, error)

// script answers one try after the other, the last one for ever, and keeps what was asked.
type script struct {
	answers []reply
	tries   []*http.Request
	bodies  []string
	at      []time.Time
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
	}
	s.tries, s.bodies, s.at = append(s.tries, req), append(s.bodies, body), append(s.at, time.Now())
	return s.answers[min(len(s.tries), len(s.answers))-1](req)
}

func says(status int, body string, header ...string) reply {
	return func(req *http.Request) (*http.Response, error) {
		res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}
		res.Header.Set("X-Request-Id", "req_1")
		if strings.HasPrefix(body, "{") {
			res.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(header); i += 2 {
			res.Header.Set(header[i], header[i+1])
		}
		return res, nil
	}
}

func fails(err error) reply {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func failure(code, outcome string) string {
	return fmt.Sprintf(`{"success":false,"error":{"code":%q,"message":"m","outcome":%q,"paylink_id":"plk_1"},"request_id":"req_1"}`, code, outcome)
}

const (
	madeAnswer    = `{"success":true,"provider":"tabby","paylink_id":"plk_1","status":"created","order_id":"POS-1","amount":"150.00","currency":"SAR"}`
	paylinkAnswer = `{"id":"plk_1","provider":"tabby","org_app_id":"a","order_id":"o","status":"created","amount":"1.00","currency":"SAR"}`
)

func scripted(t *testing.T, s *script) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{BaseURL: "https://pay.example.test/x/", Token: "token", HTTPClient: &http.Client{Transport: s}, Logger: quiet()})
	require.NoError(t, err)
	return c
}

var errReset = errors.New("connection reset by peer")

func TestACallIsRepeatedOnlyWhereThatIsSafe(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for name, test := range map[string]struct {
		answers []reply
		read    bool
		tries   int
		code    paylinks.Code
		outcome paylinks.Outcome
	}{
		"a lost answer, and then it's there":    {answers: replies(fails(errReset), says(201, madeAnswer)), tries: 2},
		"an answer that is cut off":             {answers: replies(cut(), says(201, madeAnswer)), tries: 2},
		"no answer at all":                      {answers: replies(fails(errReset)), tries: 4, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"nobody listens":                        {answers: replies(fails(dial)), tries: 4, code: paylinks.CodeUnreachable, outcome: paylinks.NotApplied},
		"the provider can't be reached":         {answers: replies(says(503, failure("provider_unavailable", "not_applied"), "Retry-After", "1"), says(201, madeAnswer)), tries: 2},
		"too many calls":                        {answers: replies(says(429, failure("rate_limited", "not_applied"), "Retry-After", "1"), says(201, madeAnswer)), tries: 2},
		"the same call still runs":              {answers: replies(says(409, failure("idempotency_in_progress", "unknown"), "Retry-After", "1"), says(201, madeAnswer)), tries: 2},
		"a proxy without a server":              {answers: replies(says(502, "<html>Bad Gateway</html>"), says(201, madeAnswer)), tries: 2},
		"a proxy, for ever":                     {answers: replies(says(504, "<html>")), tries: 4, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"it may have happened":                  {answers: replies(says(504, failure("provider_timeout", "unknown"))), tries: 1, code: paylinks.CodeProviderTimeout, outcome: paylinks.OutcomeUnknown},
		"it may have happened, says a 503":      {answers: replies(says(503, failure("provider_unavailable", "unknown"), "Retry-After", "1")), tries: 1, code: paylinks.CodeProviderUnavailable, outcome: paylinks.OutcomeUnknown},
		"something failed inside":               {answers: replies(says(500, failure("internal", "unknown"))), tries: 1, code: paylinks.CodeInternal, outcome: paylinks.OutcomeUnknown},
		"the provider refuses our credentials":  {answers: replies(says(502, failure("provider_error", "not_applied"))), tries: 1, code: paylinks.CodeProviderError, outcome: paylinks.NotApplied},
		"a wrong field":                         {answers: replies(says(400, failure("validation_failed", "not_applied"))), tries: 1, code: paylinks.CodeValidationFailed, outcome: paylinks.NotApplied},
		"a web page instead of the API":         {answers: replies(says(200, "<html>welcome</html>")), tries: 1, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"a redirect":                            {answers: replies(says(302, "", "Location", "https://elsewhere.example.test/")), tries: 1, code: paylinks.CodeUnreachable, outcome: paylinks.NotApplied},
		"an amount that is none":                {answers: replies(says(201, strings.Replace(madeAnswer, "150.00", "1e9", 1))), tries: 1, code: paylinks.CodeUnreachable, outcome: paylinks.Applied},
		"lost, and then the same still runs":    {answers: replies(fails(errReset), says(409, failure("idempotency_in_progress", "unknown"), "Retry-After", "1")), tries: 61, code: paylinks.CodeIdempotencyInProgress, outcome: paylinks.OutcomeUnknown},
		"lost, and then another one runs":       {answers: replies(fails(errReset), says(409, failure("operation_in_progress", "not_applied"), "Retry-After", "1")), tries: 4, code: paylinks.CodeOperationInProgress, outcome: paylinks.OutcomeUnknown},
		"lost, and then too many calls":         {answers: replies(fails(errReset), says(429, failure("rate_limited", "not_applied"), "Retry-After", "1")), tries: 4, code: paylinks.CodeRateLimited, outcome: paylinks.OutcomeUnknown},
		"lost, and then the token is gone":      {answers: replies(fails(errReset), says(401, failure("unauthenticated", "not_applied"))), tries: 2, code: paylinks.CodeUnauthenticated, outcome: paylinks.OutcomeUnknown},
		"lost, and then a proxy's no":           {answers: replies(cut(), says(403, "<html>")), tries: 2, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"a proxy's error, and then its no":      {answers: replies(says(502, "<html>"), says(403, "<html>")), tries: 2, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"lost, and then refused for good":       {answers: replies(fails(errReset), says(409, failure("not_capturable", "not_applied"))), tries: 2, code: paylinks.CodeNotCapturable, outcome: paylinks.NotApplied},
		"never sent, and then the token's gone": {answers: replies(fails(dial), says(401, failure("unauthenticated", "not_applied"))), tries: 2, code: paylinks.CodeUnauthenticated, outcome: paylinks.NotApplied},
		"a success that is cut off":             {answers: replies(cutAt(201), says(201, madeAnswer)), tries: 2},
		"a success, cut off without a word":     {answers: replies(says(201, madeAnswer[:40], "Content-Type", "application/json"), says(201, madeAnswer)), tries: 2},
		"successes that are cut off, for ever":  {answers: replies(cutAt(201)), tries: 4, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"a success that says nothing":           {answers: replies(says(201, "{}", "Content-Type", "application/json")), tries: 1, code: paylinks.CodeUnreachable, outcome: paylinks.OutcomeUnknown},
		"a read that is cut off":                {read: true, answers: replies(cutAt(200), says(200, paylinkAnswer)), tries: 2},
		"a read that was lost, and then a no":   {read: true, answers: replies(fails(errReset), says(401, failure("unauthenticated", "not_applied"))), tries: 2, code: paylinks.CodeUnauthenticated, outcome: paylinks.NotApplied},
		"a read that failed inside":             {read: true, answers: replies(says(500, failure("internal", "")), says(200, paylinkAnswer)), tries: 2},
		"a read without an answer":              {read: true, answers: replies(fails(errReset)), tries: 4, code: paylinks.CodeUnreachable, outcome: paylinks.NotApplied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: test.answers}
				c := scripted(t, s)
				var err error
				if test.read {
					_, err = c.Get(t.Context(), "plk_1")
				} else {
					_, err = c.Create(t.Context(), sale("POS-1"))
				}
				assert.Len(t, s.tries, test.tries)
				if test.code == "" {
					require.NoError(t, err)
				} else {
					var failed *paylinks.Error
					require.ErrorAs(t, err, &failed)
					assert.Equal(t, test.code, failed.Code)
					assert.Equal(t, test.outcome, failed.Outcome)
				}
				for i, try := range s.tries { // one operation, whatever happens
					assert.Equal(t, s.tries[0].Header, try.Header)
					assert.Equal(t, s.bodies[0], s.bodies[i])
				}
			})
		})
	}
}

func replies(list ...reply) []reply { return list }

// cut is an answer whose connection ends in the middle.
func cut() reply { return cutAt(http.StatusServiceUnavailable) }

func cutAt(status int) reply {
	return func(req *http.Request) (*http.Response, error) {
		res, err := says(status, "", "Content-Type", "application/json")(req)
		res.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"succ`), brokenReader{}))
		return res, err
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRequestsAreAsTheAPIWantsThem(t *testing.T) {
	t.Parallel()
	s := &script{answers: replies(says(201, madeAnswer))}
	req := sale("POS-1")
	req.IdempotencyKey = "sale-1"
	_, err := scripted(t, s).Create(t.Context(), req)
	require.NoError(t, err)
	try := s.tries[0]
	assert.Equal(t, "POST https://pay.example.test/x/api/v1/providers/paylinks", try.Method+" "+try.URL.String())
	assert.Equal(t, "Bearer token", try.Header.Get("Authorization"))
	assert.Equal(t, "application/json", try.Header.Get("Content-Type"))
	assert.Equal(t, "sale-1", try.Header.Get("Idempotency-Key"))
	assert.JSONEq(t, `{"provider":"tabby","org_app_id":"tabby-main","order_id":"POS-1","amount":"150.00","currency":"SAR","buyer_phone":"0500000001",
		"buyer_name":"Noura","metadata":{"till":"7"}}`, s.bodies[0])
}

func TestEveryCallHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	s := &script{answers: replies(says(201, madeAnswer))}
	c := scripted(t, s)
	for range 2 {
		_, err := c.Create(t.Context(), sale("POS-1"))
		require.NoError(t, err)
	}
	first, second := s.tries[0].Header.Get("Idempotency-Key"), s.tries[1].Header.Get("Idempotency-Key")
	assert.NotEmpty(t, first)
	assert.NotEqual(t, first, second)
}

func TestAKeyThatNoHeaderCanCarryIsRefused(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"two words", "línea", "a\nb", "\xff", `""`, strings.Repeat("k", 256)} {
		s := &script{answers: replies(says(201, madeAnswer))}
		_, err := scripted(t, s).Capture(t.Context(), "plk_1", paylinks.CaptureRequest{IdempotencyKey: key})
		require.ErrorIs(t, err, paylinks.CodeValidationFailed)
		assert.Empty(t, s.tries)
	}
}

func TestPatienceHasNoLimitOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: replies(fails(errReset))}
		c, err := client.New(client.Config{
			BaseURL: "https://pay.example.test", Token: "token", HTTPClient: &http.Client{Transport: s}, Logger: quiet(), Retries: 100, Timeout: time.Hour,
		})
		require.NoError(t, err)
		_, err = c.Create(t.Context(), sale("POS-1"))
		require.ErrorIs(t, err, paylinks.CodeUnreachable)
		assert.Len(t, s.tries, 101)
	})
}

func TestAReportThatFallsSilentIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		s := &script{answers: replies(flowsAs("application/json", `{"rows":[{"kind":"matched"},`, hangs))}
		var rows int
		var last error
		for _, err := range scripted(t, s).Report(t.Context(), paylinks.ReportRequest{}) {
			if last = err; err == nil {
				rows++
			}
		}
		assert.Equal(t, 1, rows)
		require.ErrorIs(t, last, paylinks.CodeUnreachable)
		assert.Less(t, time.Since(started), 2*time.Minute)
	})
}

func TestDeletingIsNeverRepeated(t *testing.T) {
	t.Parallel()
	s := &script{answers: replies(fails(errReset))}
	err := scripted(t, s).DeleteEndpoint(t.Context(), "ep_1")
	var failed *paylinks.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, paylinks.OutcomeUnknown, failed.Outcome)
	assert.Len(t, s.tries, 1)
}

func TestAServersWishIsHonouredWithinReason(t *testing.T) {
	t.Parallel()
	for wish, waited := range map[string]time.Duration{"3": 3 * time.Second, "10": 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: replies(says(429, failure("rate_limited", "not_applied"), "Retry-After", wish), says(201, madeAnswer))}
			_, err := scripted(t, s).Create(t.Context(), sale("POS-1"))
			require.NoError(t, err)
			assert.Equal(t, waited, s.at[1].Sub(s.at[0]))
		})
	}
}

// Who can't wait as long as the server asks doesn't come earlier instead.
func TestAWishBeyondReasonIsTheCallers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []reply
		code    paylinks.Code
		outcome paylinks.Outcome
		wish    time.Duration
	}{
		"too many calls":        {replies(says(429, failure("rate_limited", "not_applied"), "Retry-After", "3600")), paylinks.CodeRateLimited, paylinks.NotApplied, time.Hour},
		"a second too long":     {replies(says(503, failure("provider_unavailable", "not_applied"), "Retry-After", "11")), paylinks.CodeProviderUnavailable, paylinks.NotApplied, 11 * time.Second},
		"a day":                 {replies(says(429, failure("rate_limited", "not_applied"), "Retry-After", "86400")), paylinks.CodeRateLimited, paylinks.NotApplied, 24 * time.Hour},
		"a proxy's limit":       {replies(says(429, "<html>", "Retry-After", "3600")), paylinks.CodeUnreachable, paylinks.NotApplied, time.Hour},
		"a proxy's maintenance": {replies(says(503, "<html>", "Retry-After", "3600")), paylinks.CodeUnreachable, paylinks.OutcomeUnknown, time.Hour},
		"lost, and then limited": {
			replies(fails(errReset), says(429, failure("rate_limited", "not_applied"), "Retry-After", "3600")), paylinks.CodeRateLimited, paylinks.OutcomeUnknown, time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: test.answers}
				_, err := scripted(t, s).Create(t.Context(), sale("POS-1"))
				var failed *paylinks.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, test.code, failed.Code)
				assert.Equal(t, test.outcome, failed.Outcome)
				assert.Equal(t, test.wish, failed.RetryAfter)
				assert.Len(t, s.tries, len(test.answers))
				assert.Equal(t, s.at[len(s.at)-1], time.Now()) // at once
			})
		})
	}
}

// A watch has nobody to tell of a long wait, and somebody may stand at a till.
func TestAWatchFollowsAServersWishForAMinuteAtTheMost(t *testing.T) {
	t.Parallel()
	for wish, waited := range map[string]time.Duration{"40": 40 * time.Second, "86400": time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: replies(says(429, failure("rate_limited", "not_applied"), "Retry-After", wish), flows(streamed(1), hangs))}
			assert.Equal(t, []int64{1}, watched(t, s, 0, 1))
			assert.Equal(t, waited, s.at[1].Sub(s.at[0]))
		})
	}
}

// However short the waits are that the caller wants: it's the call itself that is at work.
func TestAnEarlierTryAtWorkIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		atWork := says(409, failure("idempotency_in_progress", "unknown"), "Retry-After", "60")
		s := &script{answers: replies(fails(errReset), atWork, atWork, says(201, madeAnswer))}
		_, err := scripted(t, s).Create(t.Context(), sale("POS-1"))
		require.NoError(t, err)
		assert.Equal(t, 10*time.Second, s.at[2].Sub(s.at[1]), "Config.MaxRetryAfter")
	})
}

func TestNothingIsSentForAContextThatHasEnded(t *testing.T) {
	t.Parallel()
	expired, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	for cause, ctx := range map[error]context.Context{context.Canceled: canceled(t), context.DeadlineExceeded: expired} {
		s := &script{answers: replies(says(201, madeAnswer))}
		c := scripted(t, s)
		_, created := c.Create(ctx, sale("POS-1"))
		for op, err := range map[string]error{"create": created, "delete endpoint": c.DeleteEndpoint(ctx, "ep_1"), "report": reported(ctx, c)} {
			require.ErrorIs(t, err, cause)
			var failed *paylinks.Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, op, failed.Op)
			assert.Equal(t, paylinks.CodeUnreachable, failed.Code)
			assert.Equal(t, paylinks.NotApplied, failed.Outcome)
		}
		assert.Empty(t, s.tries)
	}
}

// A caller who doesn't wait for the next try is told what the last one was told.
func TestAWaitThatEndsKeepsItsAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		s := &script{answers: replies(says(503, failure("provider_unavailable", "not_applied"), "Retry-After", "7"))}
		_, err := scripted(t, s).Create(ctx, sale("POS-1"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var failed *paylinks.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, paylinks.CodeProviderUnavailable, failed.Code)
		assert.Equal(t, paylinks.NotApplied, failed.Outcome)
		assert.Equal(t, "req_1", failed.RequestID)
		assert.Len(t, s.tries, 1)
	})
}

func TestAProxysDateIsAWishToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wish := time.Now().Add(4 * time.Second).UTC().Format(http.TimeFormat)
		s := &script{answers: replies(says(503, "<html>", "Retry-After", wish), says(201, madeAnswer))}
		_, err := scripted(t, s).Create(t.Context(), sale("POS-1"))
		require.NoError(t, err)
		assert.Equal(t, 4*time.Second, s.at[1].Sub(s.at[0]))
	})
}

func TestRetryAfterReachesTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: replies(says(503, failure("provider_unavailable", "not_applied"), "Retry-After", "7"))}
		_, err := scripted(t, s).Create(t.Context(), sale("POS-1"))
		var failed *paylinks.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, 7*time.Second, failed.RetryAfter)
		assert.Equal(t, "req_1", failed.RequestID)
		assert.Equal(t, "plk_1", failed.PaylinkID)
		assert.Len(t, s.tries, 4)
	})
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		hangs := func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}
		started := time.Now()
		_, err := scripted(t, &script{answers: replies(hangs)}).Create(ctx, sale("POS-1"))
		require.ErrorIs(t, err, paylinks.CodeUnreachable)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(started)) // Config.Timeout, by default
	})
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config client.Config
		want   string
	}{
		{client.Config{}, "client: BaseURL is required: where the server's handler is mounted, such as https://pay.example.com\n" +
			"client: Token is required: a bearer token of the server"},
		{client.Config{BaseURL: "pay.example.com", Token: "t"}, "client: BaseURL must be scheme, host and the path of the handler, such as https://pay.example.com"},
		{client.Config{BaseURL: "https://u:p@pay.example.com", Token: "t"}, "client: BaseURL must be scheme, host and the path of the handler, such as https://pay.example.com"},
		{client.Config{BaseURL: "https://pay.example.com/api/v1/", Token: "t"}, "client: BaseURL ends with /api/v1: leave that out, the client adds it"},
		{client.Config{BaseURL: "https://pay.example.com", Token: "se cret"}, "client: Token has a space or a character that isn't visible ASCII"},
	} {
		_, err := client.New(test.config)
		require.EqualError(t, err, test.want)
	}
}

func TestATokenIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c, err := client.New(client.Config{BaseURL: "https://pay.example.test", Token: "hush-hush"})
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.NotContains(t, fmt.Sprintf(format, c), "hush")
		assert.NotContains(t, fmt.Sprintf(format, *c), "hush")
	}
	_, err = c.Get(canceled(t), "plk_1")
	require.Error(t, err)
	assert.NotContains(t, fmt.Sprintf("%+v", err), "hush")
}

func canceled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
