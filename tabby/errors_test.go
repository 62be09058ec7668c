package tabby_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

func apiError(kind, text string) string {
	return `{"status":"error","errorType":"` + kind + `","error":"` + text + `"}`
}

// What each call's answer amounts to. The texts are those that Tabby documents.
func TestWhatARefusalAmountsTo(t *testing.T) {
	t.Parallel()
	const (
		checkout = "/api/v2/checkout"
		captures = "/api/v2/payments/" + paymentID + "/captures"
		refunds  = "/api/v2/payments/" + paymentID + "/refunds"
		closing  = "/api/v2/payments/" + paymentID + "/close"
		cancel   = "/api/v2/checkout/" + sessionID + "/cancel"
		get      = "/api/v2/payments/" + paymentID
		page     = "<!DOCTYPE html><html>blocked</html>"
	)
	for _, tt := range []struct {
		path    string
		status  int
		body    string
		refusal paylinks.Refusal
		outcome paylinks.Outcome
		code    string
	}{
		{checkout, 400, apiError("bad_data", "could not create payment: only 'AED' is supported, but got 'SAR'"), paylinks.RefusedRequest, paylinks.NotApplied, "bad_data"},
		{checkout, 400, apiError("bad_data", "amount should be positive"), paylinks.RefusedBuyer, paylinks.NotApplied, "bad_data"},
		{checkout, 400, apiError("bad_data", "could not decode request"), paylinks.RefusedRequest, paylinks.NotApplied, "bad_data"},
		{checkout, 400, apiError("bad_data", "failed to decode request"), paylinks.RefusedRequest, paylinks.NotApplied, "bad_data"},
		{checkout, 400, apiError("bad_data", "bad_request"), paylinks.RefusedRequest, paylinks.NotApplied, "bad_data"},
		{checkout, 400, `{}`, paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{checkout, 401, apiError("not_authorized", "merchant is null"), paylinks.RefusedCredentials, paylinks.NotApplied, "not_authorized"},
		{checkout, 401, apiError("not_authorized", "auth: provided key doesn't exist"), paylinks.RefusedCredentials, paylinks.NotApplied, "not_authorized"},
		{checkout, 401, `{"status":"error","errorType":"not_authorized"}`, paylinks.RefusedCredentials, paylinks.NotApplied, "not_authorized"},
		{checkout, 401, ``, paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{checkout, 403, `{"status":"error","errorType":"no_permission"}`, paylinks.RefusedCredentials, paylinks.NotApplied, "no_permission"},
		{checkout, 403, ``, paylinks.RefusedCredentials, paylinks.NotApplied, ""},
		{checkout, 403, page, paylinks.Unreachable, paylinks.NotApplied, ""},
		{checkout, 404, "404 page not found", paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{checkout, 429, ``, paylinks.RefusedRate, paylinks.NotApplied, ""},
		{checkout, 429, page, paylinks.RefusedRate, paylinks.NotApplied, ""},
		{checkout, 500, apiError("internal", "oops"), paylinks.Unreachable, paylinks.OutcomeUnknown, "internal"},
		{checkout, 500, "Internal Server error", paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{checkout, 502, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{checkout, 400, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{checkout, 302, ``, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{get, 400, apiError("bad_data", "invalid payment id"), paylinks.RefusedRequest, paylinks.NotApplied, "bad_data"},
		{get, 401, apiError("not_authorized", "missing Bearer scheme"), paylinks.RefusedCredentials, paylinks.NotApplied, "not_authorized"},
		{get, 404, apiError("not_found", "no such payment"), paylinks.RefusedNotFound, paylinks.NotApplied, "not_found"},
		{get, 404, `{"status":"error","errorType":"not_found"}`, paylinks.RefusedNotFound, paylinks.NotApplied, "not_found"},
		{get, 404, "404 page not found", paylinks.RefusedRequest, paylinks.NotApplied, ""},
		{captures, 400, apiError("bad_data", "could not capture not authorized payments"), paylinks.RefusedState, paylinks.NotApplied, "bad_data"},
		{captures, 500, "Internal Server error", paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{captures, 200, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{captures, 200, ``, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
		{refunds, 400, apiError("bad_data", "can not refund payment that has no captures and not closed"), paylinks.RefusedState, paylinks.NotApplied, "bad_data"},
		{refunds, 409, apiError("conflict", "payment is disputed"), paylinks.RefusedDisputed, paylinks.NotApplied, "conflict"},
		{refunds, 409, apiError("conflict", "try later"), paylinks.RefusedState, paylinks.NotApplied, "conflict"},
		{closing, 400, apiError("bad_data", "already closed"), paylinks.RefusedState, paylinks.NotApplied, "bad_data"},
		{closing, 400, apiError("bad_data", "Payment is Already Closed"), paylinks.RefusedState, paylinks.NotApplied, "bad_data"},
		{cancel, 400, apiError("bad_data", "session is finalized"), paylinks.RefusedState, paylinks.NotApplied, "bad_data"},
		{cancel, 200, page, paylinks.Unreachable, paylinks.OutcomeUnknown, ""},
	} {
		t.Run(tt.path+" "+http.StatusText(tt.status)+" "+tt.body, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			method := http.MethodPost
			if tt.path == get {
				method = http.MethodGet
			}
			e.Answer(method, saudi+tt.path, tt.status, tt.body)
			link, amount := ref(t, "250", paylinks.SAR), money(t, "250", paylinks.SAR)
			var err error
			switch tt.path {
			case checkout:
				_, err = e.Create(t.Context(), fullInput(t))
			case get:
				_, err = e.Fetch(t.Context(), link)
			case captures:
				_, err = e.Capture(t.Context(), link, paylinks.CaptureInput{Amount: amount})
			case refunds:
				_, err = e.Refund(t.Context(), link, paylinks.RefundInput{Amount: amount})
			case closing:
				_, err = e.Cancel(t.Context(), link, paylinks.CancelInput{Void: true})
			case cancel:
				_, err = e.Cancel(t.Context(), link, paylinks.CancelInput{})
			}
			got := refused(t, err, tt.refusal, tt.outcome)
			assert.Equal(t, tt.status, got.Status)
			assert.Equal(t, tt.code, got.Code)
			assert.Len(t, e.Sent, 1, "nothing is sent twice")
		})
	}
}

func TestRefusedFields(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fields, reason, message string
		refusal                 paylinks.Refusal
	}{
		{
			`[{"field":"$.payment.buyer.phone","code":"invalid_value","message":""}]`,
			"invalid_buyer", "Tabby refuses fields of the request: payment.buyer.phone (invalid_value)", paylinks.RefusedBuyer,
		},
		{
			`[{"field":"payment.amount","code":"too_small"}]`,
			"invalid_amount", "Tabby refuses fields of the request: payment.amount (too_small)", paylinks.RefusedBuyer,
		},
		{
			`[{"field":"$.payment.order.items[0].title","code":"too_long"},{"field":"$.payment.buyer.email","code":"invalid_value"}]`,
			"invalid_buyer", "Tabby refuses fields of the request: payment.order.items[0].title (too_long), payment.buyer.email (invalid_value)", paylinks.RefusedBuyer,
		},
		{
			`[{"field":"$.payment.currency","code":"invalid_value"}]`,
			"", "Tabby refuses fields of the request: payment.currency (invalid_value)", paylinks.RefusedRequest,
		},
		{
			`[{"field":"$.payment.buyer_history","code":"required"}]`,
			"", "Tabby refuses fields of the request: payment.buyer_history (required)", paylinks.RefusedRequest,
		},
		{
			`[{"field":"$.payment.buyer.phone","code":"+966500000001 is wrong"}]`,
			"invalid_buyer", "Tabby refuses fields of the request: ", paylinks.RefusedBuyer,
		},
	} {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 400, `{"status":"error","errorType":"bad_data","errors":`+tt.fields+`}`)
			_, err := e.Create(t.Context(), fullInput(t))
			got := refused(t, err, tt.refusal, paylinks.NotApplied)
			assert.Equal(t, tt.reason, got.Reason)
			assert.Equal(t, tt.message, got.Message)
		})
	}
}

// An error body may echo what was sent. Nothing of it may reach a log.
func TestErrorsRepeatNothingOfTheBody(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		apiError("bad_data", "buyer noura@shop.example +966500000001 should be positive"),
		apiError("bad_data", "noura@shop.example"),
		`noura@shop.example`,
		`<html>noura@shop.example</html>`,
	} {
		e := newExchange(t)
		e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 400, body)
		_, err := e.Create(t.Context(), fullInput(t))
		require.Error(t, err)
		exchangetest.Hidden(t, err, "noura", "96650", "sk_test")
	}
}

func TestCredentialErrorsSayWhatToCheck(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodGet, saudi+"/api/v2/payments/"+paymentID, 401, apiError("not_authorized", "no"))
	_, err := e.Fetch(t.Context(), ref(t, "250", paylinks.SAR))
	for _, word := range []string{"secret key", "test or live", "merchant code", "country"} {
		assert.Contains(t, providerError(t, err).Message, word)
	}
}

func TestRetryAfterIsPassedOn(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answers(http.MethodPost, saudi+"/api/v2/checkout", exchangetest.Reply{Status: 429, Header: http.Header{"Retry-After": {"7"}}})
	_, err := e.Create(t.Context(), fullInput(t))
	assert.Equal(t, 7*time.Second, providerError(t, err).RetryAfter)
}

func TestLostAnswersAndLostConnections(t *testing.T) {
	t.Parallel()
	exchangetest.LoseCalls(t, func(url string) error {
		provider, err := tabby.New(tabby.Config{SecretKey: testKey, MerchantCode: "SA", BaseURL: url})
		require.NoError(t, err)
		_, err = provider.Create(t.Context(), fullInput(t))
		return err
	})
}

func TestATimeoutHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer server.Close()
	provider, err := tabby.New(tabby.Config{SecretKey: testKey, MerchantCode: "SA", BaseURL: server.URL, Timeout: 200 * time.Millisecond})
	require.NoError(t, err)
	_, err = provider.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, "250", paylinks.SAR)})
	refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	t.Parallel()
	count := func(url, method string, call func(e *exchange) error) int {
		e := newExchange(t, func(c *tabby.Config) { c.Retries = 1 })
		e.Answer(method, url, 503, "")
		require.Error(t, call(e))
		return len(e.Sent)
	}
	link, amount := ref(t, "250", paylinks.SAR), money(t, "250", paylinks.SAR)
	base := saudi + "/api/v2/payments/" + paymentID
	assert.Equal(t, 2, count(base, http.MethodGet, func(e *exchange) error { _, err := e.Fetch(t.Context(), link); return err }))
	assert.Equal(t, 1, count(base+"/captures", http.MethodPost, func(e *exchange) error {
		_, err := e.Capture(t.Context(), link, paylinks.CaptureInput{Reference: "cap-1", Amount: amount})
		return err
	}))
	assert.Equal(t, 1, count(base+"/refunds", http.MethodPost, func(e *exchange) error {
		_, err := e.Refund(t.Context(), link, paylinks.RefundInput{Reference: "ref-1", Amount: amount})
		return err
	}))
	assert.Equal(t, 1, count(saudi+"/api/v2/checkout", http.MethodPost, func(e *exchange) error {
		_, err := e.Create(t.Context(), fullInput(t))
		return err
	}))
}
