package tamara_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

// What each call's answer amounts to.
func TestWhatARefusalAmountsTo(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html><html>blocked</html>"
	message := func(text string) string {
		return `{"message":"` + text + `","errors":null,"data":{},"title":null,"screen_type":null}`
	}
	for _, tt := range []struct {
		path    string
		status  int
		body    string
		refusal paylinks.Refusal
		outcome paylinks.Outcome
		code    string
	}{
		{smsPath, 400, apiError("not_supported_country_currency", "{}"), paylinks.RefusedRequest, paylinks.NotApplied, "not_supported_country_currency"},
		{smsPath, 400, apiError("total_amount_invalid_currency", "[]"), paylinks.RefusedRequest, paylinks.NotApplied, "total_amount_invalid_currency"},
		{smsPath, 400, apiError("currency_unsupported", "[]"), paylinks.RefusedRequest, paylinks.NotApplied, "currency_unsupported"},
		{smsPath, 400, apiError("not_supported_delivery_country", "[]"), paylinks.RefusedRequest, paylinks.NotApplied, "not_supported_delivery_country"},
		{smsPath, 400, apiError("tamara_disabled", "[]"), paylinks.Unreachable, paylinks.NotApplied, "tamara_disabled"},
		{smsPath, 400, `{"message":"no","errors":[{"error_code":"items_invalid"},{"error_code":"currency_unsupported"}]}`, paylinks.RefusedRequest, paylinks.NotApplied, "currency_unsupported"},
		{smsPath, 400, message("Invalid JSON"), paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{smsPath, 400, `{}`, paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{smsPath, 422, apiError("items_invalid", "[]"), paylinks.RefusedRequest, paylinks.NotApplied, "items_invalid"},
		{smsPath, 400, apiError("no code at all", "[]"), paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{smsPath, 400, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{smsPath, 401, message("Unauthorized"), paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{smsPath, 401, ``, paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{smsPath, 403, message("Forbidden"), paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{smsPath, 403, ``, paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{smsPath, 403, page, paylinks.Unreachable, paylinks.NotApplied, ""},
		{smsPath, 400, message("Merchant is not found"), paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{smsPath, 404, message("Merchant is not found."), paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{smsPath, 404, "404 page not found", paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{smsPath, 408, message("slow"), paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{smsPath, 429, ``, paylinks.RefusedRate, paylinks.NotApplied, ""},
		{smsPath, 429, page, paylinks.RefusedRate, paylinks.NotApplied, ""},
		{smsPath, 500, apiError("internal", "[]"), paylinks.Unreachable, paylinks.OutcomeUnknown, "internal"},
		{smsPath, 502, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{smsPath, 302, ``, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{orderPath, 404, message("Order is not found"), paylinks.RefusedNotFound, paylinks.NotApplied, ""},
		{orderPath, 404, "404 page not found", paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{orderPath, 401, message("Unauthorized"), paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{capturePath, 409, conflict("new", "fully_captured"), paylinks.RefusedState, paylinks.NotApplied, "transition_not_allowed"},
		{capturePath, 409, ``, paylinks.RefusedState, paylinks.NotApplied, ""},
		{capturePath, 400, conflict("new", "fully_captured"), paylinks.RefusedState, paylinks.NotApplied, "transition_not_allowed"},
		{capturePath, 200, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{capturePath, 200, ``, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{refundPath, 409, conflict("new", "fully_refunded"), paylinks.RefusedState, paylinks.NotApplied, "transition_not_allowed"},
		{refundPath, 500, ``, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{refundPath, 200, `[]`, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{cancelPath, 409, conflict("fully_captured", "canceled"), paylinks.RefusedState, paylinks.NotApplied, "transition_not_allowed"},
		{voidPath, 404, message("Order is not found"), paylinks.RefusedNotFound, paylinks.NotApplied, ""},
		{voidPath, 200, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
	} {
		t.Run(fmt.Sprint(tt.path, " ", tt.status, " ", tt.body), func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			method := http.MethodPost
			if tt.path == orderPath {
				method = http.MethodGet
			}
			e.Answer(method, sandbox+tt.path, tt.status, tt.body)
			link, amount := ref(t, "250", paylinks.SAR), money(t, "250", paylinks.SAR)
			var err error
			switch tt.path {
			case smsPath:
				_, err = e.Create(t.Context(), fullInput(t))
			case orderPath:
				_, err = e.Fetch(t.Context(), link)
			case capturePath:
				link.Flow = string(tamara.FlowOnline)
				_, err = e.Capture(t.Context(), link, paylinks.CaptureInput{Amount: amount})
			case refundPath:
				_, err = e.Refund(t.Context(), link, paylinks.RefundInput{Amount: amount})
			case cancelPath:
				_, err = e.Cancel(t.Context(), link, paylinks.CancelInput{Void: true, Amount: amount})
			case voidPath:
				_, err = e.Cancel(t.Context(), link, paylinks.CancelInput{})
			}
			got := refused(t, err, tt.refusal, tt.outcome)
			assert.Equal(t, tt.status, got.Status)
			assert.Equal(t, tt.code, got.Code)
			assert.Len(t, e.Sent, 1, "nothing is sent twice")
		})
	}
}

func TestErrorsRepeatNothingOfTheBody(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 404, 409, 500} {
		e := newExchange(t)
		e.Answer(http.MethodPost, sandbox+smsPath, status,
			`{"message":"966544337866 of noura@shop.example is refused","errors":[{"error_code":"966544337866 <b>","data":{"phone":"966544337866"}}]}`)
		_, err := e.Create(t.Context(), fullInput(t))
		require.Error(t, err)
		exchangetest.Hidden(t, err, "966544337866", "noura", testToken)
	}
}

func TestCredentialErrorsSayWhatToCheck(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, sandbox+smsPath, 404, `{"message":"Merchant is not found"}`)
	_, err := e.Create(t.Context(), fullInput(t))
	message := providerError(t, err).Message
	for _, word := range []string{"APIToken", "environment", "sandbox", "live"} {
		assert.Contains(t, message, word)
	}
}

func TestRetryAfterIsPassedOn(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answers(http.MethodPost, sandbox+smsPath, reply{Status: 429, Header: http.Header{"Retry-After": {"7"}}})
	_, err := e.Create(t.Context(), fullInput(t))
	assert.Equal(t, 7*time.Second, providerError(t, err).RetryAfter)
}

func TestLostAnswersAndLostConnections(t *testing.T) {
	t.Parallel()
	exchangetest.LoseCalls(t, func(url string) error {
		e := newExchange(t, func(c *tamara.Config) { c.BaseURL, c.HTTPClient = url, client(t) })
		_, err := e.Create(t.Context(), fullInput(t))
		return err
	})
}

func TestATimeoutHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 1)
	front := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only then does the server notice that the caller is gone.
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(front.Close)
	e := newExchange(t, func(c *tamara.Config) { c.BaseURL, c.HTTPClient = front.URL, client(t) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := e.Create(ctx, fullInput(t))
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
	require.ErrorIs(t, err, context.Canceled)
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *tamara.Config) { c.Retries = 1 })
	e.Answers(http.MethodGet, sandbox+orderPath, says(503, ""), says(200, order(t, nil)))
	got, err := e.Fetch(t.Context(), ref(t, "250", paylinks.SAR))
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCreated, got.Status)
	assert.Len(t, e.Sent, 2)

	for _, path := range []string{smsPath, authorisePath, cancelPath, refundPath, voidPath, "/webhooks"} {
		e.Answer(http.MethodPost, sandbox+path, 503, "")
	}
	e.Sent = nil
	link, amount := ref(t, "250", paylinks.SAR), money(t, "250", paylinks.SAR)
	_, err = e.Create(t.Context(), fullInput(t))
	require.Error(t, err)
	_, err = e.Confirm(t.Context(), link)
	require.Error(t, err)
	_, err = e.Cancel(t.Context(), link, paylinks.CancelInput{Void: true, Amount: amount})
	require.Error(t, err)
	_, err = e.Cancel(t.Context(), link, paylinks.CancelInput{})
	require.Error(t, err)
	_, err = e.Refund(t.Context(), link, paylinks.RefundInput{Amount: amount})
	require.Error(t, err)
	require.Error(t, e.RegisterWebhook(t.Context(), "https://shop.example/hook"))
	assert.Len(t, e.Sent, 6, "each once")
}
