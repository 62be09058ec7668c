package tamara_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/jsontest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

const (
	orderPath     = "/orders/" + orderID
	authorisePath = orderPath + "/authorise"
	cancelPath    = orderPath + "/cancel"
	capturePath   = "/payments/capture"
	refundPath    = "/payments/simplified-refund/" + orderID
	voidPath      = "/checkout/" + checkoutID + "/void"
)

var shippedAt = time.Date(2026, 3, 1, 12, 0, 0, 987, time.FixedZone("AST", 3*3600))

// Every call with an effect: where it goes, and its body byte by byte, with two decimals and with three.
func TestCallsOnTheWire(t *testing.T) {
	t.Parallel()
	type call func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error
	for _, tt := range []struct {
		name, path, golden string
		call               call
	}{
		{"authorise", authorisePath, "authorise", func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
			t.Helper()
			_, err := e.Confirm(t.Context(), ref(t, amount, c))
			return err
		}},
		{"capture", capturePath, "capture", func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
			t.Helper()
			_, err := e.Capture(t.Context(), ref(t, amount, c, tamara.FlowOnline), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, amount, c), At: shippedAt})
			return err
		}},
		{"refund", refundPath, "refund", func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
			t.Helper()
			_, err := e.Refund(t.Context(), ref(t, amount, c), paylinks.RefundInput{Reference: "ref-1", Amount: money(t, amount, c), Reason: "broken"})
			return err
		}},
		{"refund without a reason", refundPath, "refund_silent", func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
			t.Helper()
			_, err := e.Refund(t.Context(), ref(t, amount, c), paylinks.RefundInput{Reference: "ref-2", Amount: money(t, amount, c)})
			return err
		}},
		{"cancel an order", cancelPath, "cancel", func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
			t.Helper()
			_, err := e.Cancel(t.Context(), ref(t, amount, c), paylinks.CancelInput{Reference: "can-1", Void: true, Amount: money(t, amount, c)})
			return err
		}},
		{"void a link", voidPath, "void", func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
			t.Helper()
			_, err := e.Cancel(t.Context(), ref(t, amount, c), paylinks.CancelInput{Reference: "can-2"})
			return err
		}},
	} {
		for currency, amount := range map[paylinks.Currency]string{paylinks.SAR: "250.5", paylinks.BHD: "12.5", paylinks.KWD: "0.005"} {
			t.Run(tt.name+" "+string(currency), func(t *testing.T) {
				t.Parallel()
				e := newExchange(t)
				total := map[string]any{"amount": amount, "currency": currency}
				e.Answer(http.MethodPost, sandbox+tt.path, 200, jsontest.Replaced(t, map[string]any{
					"order_id": orderID, "status": "canceled", "order_was_voided": true, "capture_id": "c1", "refund_id": "r1",
				}, nil))
				e.Answer(http.MethodGet, sandbox+orderPath, 200, order(t, map[string]any{
					"status": "fully_captured", "total_amount": total, "captured_amount": total, "refunded_amount": nil, "canceled_amount": nil,
					"transactions": map[string]any{
						"captures": []any{map[string]any{"capture_id": "c1", "total_amount": total}},
						"refunds":  []any{map[string]any{"refund_id": "r1", "total_amount": total}},
					},
				}))
				require.NoError(t, tt.call(t, e, amount, currency))
				require.NotEmpty(t, e.Sent)
				assert.Equal(t, "Bearer "+testToken, e.Sent[0].Header.Get("Authorization"))
				goldentest.Body(t, tt.golden+"_"+strings.ToLower(string(currency))+".json", e.Bodies[0])
			})
		}
	}
}

func confirm(t *testing.T, replies map[string]reply) (*exchange, paylinks.Snapshot, error) {
	t.Helper()
	e := newExchange(t)
	for path, reply := range replies {
		method := http.MethodPost
		if path == orderPath {
			method = http.MethodGet
		}
		e.Answers(method, sandbox+path, reply)
	}
	got, err := e.Confirm(t.Context(), ref(t, "250", paylinks.SAR, tamara.FlowOnline))
	return e, got, err
}

func TestConfirmAuthorises(t *testing.T) {
	t.Parallel()
	e, got, err := confirm(t, map[string]reply{authorisePath: says(200,
		`{"order_id":"`+orderID+`","status":"authorised","auto_captured":false,"authorized_amount":{"amount":250,"currency":"SAR"},"capture_id":""}`,
	)})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusAuthorized, got.Status)
	assert.Equal(t, "authorised", got.ProviderStatus)
	assert.False(t, got.ConfirmNeeded)
	assert.False(t, got.Captured.IsSet())
	assert.Len(t, e.Sent, 1)
}

// An account can be set to capture with the authorisation.
func TestConfirmThatCaptures(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"as documented":      `{"status":"fully_captured","auto_captured":true,"authorized_amount":{"amount":250,"currency":"SAR"},"capture_id":"c1"}`,
		"in a list":          `{"status":"fully_captured","auto_captured":true,"authorized_amount":[{"amount":"250.00","currency":"SAR"}],"capture_id":"c1"}`,
		"without the amount": `{"status":"fully_captured","auto_captured":true,"authorized_amount":[],"capture_id":"c1"}`,
		"by its flag":        `{"status":"authorised","auto_captured":true,"authorized_amount":{"amount":250,"currency":"SAR"},"capture_id":"c1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, err := confirm(t, map[string]reply{authorisePath: says(200, body)})
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusCaptured, got.Status)
			assert.Equal(t, "250.00", got.Captured.String())
			require.Len(t, got.Captures, 1)
			assert.Equal(t, "c1", got.Captures[0].ID)
			assert.Equal(t, "250.00", got.Captures[0].Amount.String())
		})
	}
	_, _, err := confirm(t, map[string]reply{authorisePath: says(200, `{"status":"fully_captured","authorized_amount":{"amount":250,"currency":"AED"}}`)})
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
}

// 409 is "done already" as well as "too late". The order tells which.
func TestARefusedConfirmationIsResolvedByTheOrder(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]paylinks.Status{
		"authorised": paylinks.StatusAuthorized, "fully_captured": paylinks.StatusCaptured, "expired": paylinks.StatusExpired, "declined": paylinks.StatusRejected,
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			e, got, err := confirm(t, map[string]reply{
				authorisePath: says(409, conflict(state, "authorised")), orderPath: says(200, order(t, map[string]any{"status": state})),
			})
			require.NoError(t, err)
			assert.Equal(t, want, got.Status)
			assert.Equal(t, []string{"POST " + authorisePath, "GET " + orderPath}, e.Paths())
		})
	}
	t.Run("approved still", func(t *testing.T) {
		t.Parallel()
		_, _, err := confirm(t, map[string]reply{
			authorisePath: says(409, conflict("new", "authorised")), orderPath: says(200, order(t, map[string]any{"status": "approved"})),
		})
		assert.Equal(t, paylinks.RefusedState, providerError(t, err).Refusal)
	})
	t.Run("another refusal", func(t *testing.T) {
		t.Parallel()
		e, _, err := confirm(t, map[string]reply{authorisePath: says(401, `{"message":"no"}`)})
		assert.Equal(t, paylinks.RefusedCredentials, providerError(t, err).Refusal)
		assert.Len(t, e.Sent, 1)
	})
	t.Run("no order to be read", func(t *testing.T) {
		t.Parallel()
		_, _, err := confirm(t, map[string]reply{authorisePath: says(409, conflict("x", "authorised")), orderPath: says(500, "")})
		assert.Equal(t, paylinks.Unreachable, providerError(t, err).Refusal)
	})
}

// Whether a capture's answer has its own amount or the total isn't documented: only the order is believed.
func TestCaptureReadsTheOrderForTheTotal(t *testing.T) {
	t.Parallel()
	for _, answered := range []string{"50", "150"} {
		e := newExchange(t, online)
		e.Answer(http.MethodPost, sandbox+capturePath, 200,
			`{"capture_id":"c2","order_id":"`+orderID+`","status":"partially_captured","captured_amount":{"amount":`+answered+`,"currency":"SAR"}}`)
		e.Answer(http.MethodGet, sandbox+orderPath, 200, order(t, map[string]any{
			"status": "partially_captured", "captured_amount": sum("150"), "transactions": transactions([]any{capture("c1", "100"), capture("c2", "50")}, nil),
		}))
		got, err := e.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Reference: "cap-2", Amount: money(t, "50", paylinks.SAR)})
		require.NoError(t, err)
		assert.Equal(t, "150.00", got.Captured.String())
		assert.Equal(t, paylinks.StatusPartiallyCaptured, got.Status)
		assert.Equal(t, "partially_captured", got.ProviderStatus)
		require.Len(t, got.Captures, 2)
		assert.Equal(t, "cap-2", got.Captures[1].Reference, "this capture is known by its id")
		assert.Empty(t, got.Captures[0].Reference)
	}
}

func TestACaptureWhoseOrderCannotBeRead(t *testing.T) {
	t.Parallel()
	const whole = `{"capture_id":"c1","status":"fully_captured","captured_amount":{"amount":250,"currency":"SAR"}}`
	const part = `{"capture_id":"c1","status":"partially_captured","captured_amount":{"amount":50,"currency":"SAR"}}`
	stale := order(t, map[string]any{"status": "authorised"})
	for name, tt := range map[string]struct {
		answer, amount string
		order          reply
		proven         bool
	}{
		"the whole order, read failed":        {whole, "250", says(500, ""), true},
		"the whole order, seen from before":   {whole, "250", says(200, stale), true},
		"the last part: the total is unknown": {whole, "50", says(500, ""), false},
		"a part: the total is unknown":        {part, "50", says(500, ""), false},
		"a part, seen from before":            {part, "50", says(200, stale), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, online)
			e.Answer(http.MethodPost, sandbox+capturePath, 200, tt.answer)
			e.Answers(http.MethodGet, sandbox+orderPath, tt.order)
			got, err := e.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, tt.amount, paylinks.SAR)})
			if !tt.proven {
				assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome, "the Service looks again")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusCaptured, got.Status)
			assert.Equal(t, "250.00", got.Captured.String())
			assert.Equal(t, []paylinks.Transaction{{ID: "c1", Reference: "cap-1", Amount: money(t, "250", paylinks.SAR)}}, got.Captures)
		})
	}
}

// Tamara captures in a shop by itself. Where an account leaves that to the merchant, the order is approved, and a capture authorises it first.
func TestCaptureInAShopThatLeavesItToTheMerchant(t *testing.T) {
	t.Parallel()
	captured := order(t, map[string]any{"status": "fully_captured", "captured_amount": sum("250"), "transactions": transactions([]any{capture("c1", "250")}, nil)})
	for _, link := range []paylinks.Ref{ref(t, "250", paylinks.SAR), ref(t, "250", paylinks.SAR, tamara.FlowSMS), ref(t, "250", paylinks.SAR, tamara.FlowQR)} {
		e := newExchange(t)
		e.Answers(http.MethodPost, sandbox+capturePath, says(409, conflict("approved", "fully_captured")), says(200, `{"capture_id":"c1","status":"fully_captured"}`))
		e.Answer(http.MethodPost, sandbox+authorisePath, 200, `{"status":"authorised"}`)
		e.Answer(http.MethodGet, sandbox+orderPath, 200, captured)
		got, err := e.Capture(t.Context(), link, paylinks.CaptureInput{Reference: "cap-1", Amount: link.Amount})
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCaptured, got.Status)
		assert.Equal(t, []string{"POST " + capturePath, "POST " + authorisePath, "POST " + capturePath, "GET " + orderPath}, e.Paths())
	}
}

// A link keeps the flow that it was made in, whatever is configured since.
func TestALinkKeepsItsFlow(t *testing.T) {
	t.Parallel()
	_, err := newExchange(t).Cancel(t.Context(), ref(t, "250", paylinks.SAR, tamara.FlowOnline), paylinks.CancelInput{})
	assert.Equal(t, paylinks.RefusedUnsupported, providerError(t, err).Refusal)
}

// Neither a capture nor a void is possible from approved. Tamara says so, and has done nothing: the order is authorised first.
func TestAnApprovedOrderIsAuthorisedFirst(t *testing.T) {
	t.Parallel()
	captured := order(t, map[string]any{"status": "fully_captured", "captured_amount": sum("250"), "transactions": transactions([]any{capture("c1", "250")}, nil)})
	t.Run("capture", func(t *testing.T) {
		t.Parallel()
		e := newExchange(t, online)
		e.Answers(http.MethodPost, sandbox+capturePath, says(409, conflict("approved", "fully_captured")), says(200, `{"capture_id":"c1","status":"fully_captured"}`))
		e.Answer(http.MethodPost, sandbox+authorisePath, 200, `{"status":"authorised"}`)
		e.Answer(http.MethodGet, sandbox+orderPath, 200, captured)
		got, err := e.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, "250", paylinks.SAR)})
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCaptured, got.Status)
		assert.Equal(t, []string{"POST " + capturePath, "POST " + authorisePath, "POST " + capturePath, "GET " + orderPath}, e.Paths())
	})
	t.Run("void, while another one authorises", func(t *testing.T) {
		t.Parallel()
		e := newExchange(t, online)
		e.Answers(http.MethodPost, sandbox+cancelPath, says(409, conflict("approved", "canceled")), says(200, `{"status":"canceled"}`))
		e.Answer(http.MethodPost, sandbox+authorisePath, 409, conflict("authorised", "authorised"))
		got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{Void: true, Amount: money(t, "250", paylinks.SAR)})
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCancelled, got.Status)
		assert.Equal(t, "canceled", got.ProviderStatus)
	})
	for name, tt := range map[string]struct {
		change func(*tamara.Config)
		old    string
		auth   reply
		calls  int
	}{
		"not by hand":            {func(c *tamara.Config) { c.Flow, c.ManualAuthorise = tamara.FlowOnline, true }, "approved", says(200, `{}`), 1},
		"not from another state": {online, "expired", says(200, `{}`), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, tt.change)
			e.Answer(http.MethodPost, sandbox+capturePath, 409, conflict(tt.old, "fully_captured"))
			e.Answers(http.MethodPost, sandbox+authorisePath, tt.auth)
			_, err := e.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Amount: money(t, "250", paylinks.SAR)})
			got := refused(t, err, paylinks.RefusedState, paylinks.NotApplied)
			assert.Equal(t, "transition_not_allowed", got.Code)
			assert.Len(t, e.Sent, tt.calls)
		})
	}
}

// The details of a refusal are optional.
func TestTheOrderTellsWhetherItIsApproved(t *testing.T) {
	t.Parallel()
	for state, authorised := range map[string]bool{"approved": true, "authorised": false, "expired": false} {
		e := newExchange(t, online)
		e.Answers(http.MethodPost, sandbox+cancelPath, says(409, `{"message":"no","errors":[{"error_code":"transition_not_allowed"}]}`), says(200, `{"status":"canceled"}`))
		e.Answer(http.MethodPost, sandbox+authorisePath, 200, `{"status":"authorised"}`)
		e.Answer(http.MethodGet, sandbox+orderPath, 200, order(t, map[string]any{"status": state}))
		got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{Void: true, Amount: money(t, "250", paylinks.SAR)})
		if !authorised {
			refused(t, err, paylinks.RefusedState, paylinks.NotApplied)
			assert.Equal(t, []string{"POST " + cancelPath, "GET " + orderPath}, e.Paths(), state)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCancelled, got.Status)
		assert.Equal(t, []string{"POST " + cancelPath, "GET " + orderPath, "POST " + authorisePath, "POST " + cancelPath}, e.Paths())
	}
}

// The capture itself was refused, so that only what the authorisation may have done is in doubt: it can capture, too.
func TestAnAuthorisationThatFailsIsWhatTheCallerIsTold(t *testing.T) {
	t.Parallel()
	captured := order(t, map[string]any{"status": "fully_captured", "captured_amount": sum("250"), "transactions": transactions([]any{capture("c1", "250")}, nil)})
	for name, tt := range map[string]struct {
		authorise, look reply
		refusal         paylinks.Refusal
		outcome         paylinks.Outcome
		captures        int
	}{
		"too many calls":                {says(429, "{}"), says(500, ""), paylinks.RefusedRate, paylinks.NotApplied, 1},
		"a wrong token":                 {says(401, `{"message":"no"}`), says(500, ""), paylinks.RefusedCredentials, paylinks.NotApplied, 1},
		"failed, and had no effect":     {says(500, ""), says(200, order(t, map[string]any{"status": "approved"})), paylinks.Unreachable, paylinks.NotApplied, 1},
		"failed, and nobody can look":   {says(500, ""), says(500, ""), paylinks.Unreachable, paylinks.OutcomeUnknown, 1},
		"failed, and has authorised":    {says(500, ""), says(200, order(t, map[string]any{"status": "authorised"})), "", "", 2},
		"failed, and has captured, too": {says(500, ""), says(200, captured), paylinks.RefusedState, paylinks.NotApplied, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, online)
			second := says(200, `{"capture_id":"c1","status":"fully_captured"}`)
			if tt.refusal == paylinks.RefusedState {
				second = says(409, conflict("fully_captured", "fully_captured"))
			}
			e.Answers(http.MethodPost, sandbox+capturePath, says(409, conflict("approved", "fully_captured")), second)
			e.Answers(http.MethodPost, sandbox+authorisePath, tt.authorise)
			e.Answers(http.MethodGet, sandbox+orderPath, tt.look, says(200, captured))
			_, err := e.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, "250", paylinks.SAR)})
			if tt.refusal == "" {
				require.NoError(t, err)
			} else {
				refused(t, err, tt.refusal, tt.outcome)
			}
			captures := 0
			for _, path := range e.Paths() {
				if path == "POST "+capturePath {
					captures++
				}
			}
			assert.Equal(t, tt.captures, captures)
		})
	}
}

func TestVoidOfTheRestReadsTheOrder(t *testing.T) {
	t.Parallel()
	e := newExchange(t, online)
	e.Answer(http.MethodPost, sandbox+cancelPath, 200, `{"order_id":"`+orderID+`","status":"updated","canceled_amount":{"amount":150,"currency":"SAR"}}`)
	e.Answer(http.MethodGet, sandbox+orderPath, 200, order(t, map[string]any{
		"status": "partially_captured", "captured_amount": sum("100"), "canceled_amount": sum("150"),
	}))
	got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{Void: true, Amount: money(t, "150", paylinks.SAR)})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, got.Status)
	assert.Equal(t, "100.00", got.Captured.String())
}

// A void is answered 200 even where nothing was voided, and with an amount that nobody captured.
func TestVoidLooksAtWhetherItWasVoided(t *testing.T) {
	t.Parallel()
	answer := func(voided, message string) string {
		return `{"order_was_voided":` + voided + `,"captured_amount":{"amount":250,"currency":"SAR"},"message":"` + message + `","store_code":"Branch A"}`
	}
	for name, tt := range map[string]struct {
		body    string
		want    paylinks.Status
		refusal paylinks.Refusal
		outcome paylinks.Outcome
	}{
		"voided":            {answer("true", "success"), paylinks.StatusCancelled, "", ""},
		"expired before":    {answer("false", "checkout_already_expired"), paylinks.StatusExpired, "", ""},
		"paid before":       {answer("false", "checkout_already_completed"), "", paylinks.RefusedState, paylinks.NotApplied},
		"an unknown reason": {answer("false", "checkout_on_hold"), "", paylinks.RefusedState, paylinks.NotApplied},
		"no reason":         {answer("false", ""), "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"no word on it":     {`{}`, "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"no JSON":           {`<html>`, "", paylinks.Unreachable, paylinks.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tamara.Config) { c.StoreCode = "Branch A" })
			e.Answer(http.MethodPost, sandbox+voidPath, 200, tt.body)
			got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{})
			assert.Equal(t, url.Values{"order_id": {orderID}, "store_code": {"Branch A"}}, e.Sent[0].URL.Query(), "the reference documents the query")
			assert.JSONEq(t, `{"order_id":"`+orderID+`","store_code":"Branch A"}`, string(e.Bodies[0]), "Tamara's own SDK sends the body")
			if tt.refusal != "" {
				assert.Equal(t, tt.refusal, providerError(t, err).Refusal)
				assert.Equal(t, tt.outcome, providerError(t, err).Outcome)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.False(t, got.Captured.IsSet(), "captured_amount says nothing here")
		})
	}
}

// What an order is called once its link was voided isn't documented: it's asked, and the void stands whatever it says, but for a payment.
func TestVoidAsksWhatTheOrderIsNow(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		order reply
		want  paylinks.Status
		word  string
	}{
		"expired":        {says(200, order(t, map[string]any{"status": "expired"})), paylinks.StatusCancelled, "expired"},
		"canceled":       {says(200, order(t, map[string]any{"status": "canceled"})), paylinks.StatusCancelled, "canceled"},
		"not yet":        {says(200, order(t, nil)), paylinks.StatusCancelled, "new"},
		"not readable":   {says(500, ""), paylinks.StatusCancelled, ""},
		"paid after all": {says(200, order(t, map[string]any{"status": "fully_captured"})), paylinks.StatusCaptured, "fully_captured"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, sandbox+voidPath, 200, `{"order_was_voided":true,"message":"success"}`)
			e.Answers(http.MethodGet, sandbox+orderPath, tt.order)
			got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, tt.word, got.ProviderStatus)
		})
	}
}

// A link that was found again by its reference lacks its checkout id: Tamara tells it only once.
func TestALinkWithoutCheckoutIDCannotBeVoided(t *testing.T) {
	t.Parallel()
	e, link := newExchange(t), ref(t, "250", paylinks.SAR)
	link.SessionID = ""
	_, err := e.Cancel(t.Context(), link, paylinks.CancelInput{})
	refused(t, err, paylinks.RefusedUnsupported, paylinks.NotApplied)
	assert.Zero(t, e.Mock.GetTotalCallCount())
}

// After a refund the order is read for the total. Where that fails or lags behind, the answer proves this refund and no more.
func TestRefund(t *testing.T) {
	t.Parallel()
	shows := func(refunds ...any) string {
		return order(t, map[string]any{
			"status": "partially_refunded", "captured_amount": sum("250"), "refunded_amount": sum("30"), "transactions": transactions([]any{capture("c1", "250")}, refunds),
		})
	}
	for name, tt := range map[string]struct {
		order    reply
		refunded string
	}{
		"shown by our reference":      {says(200, shows(refund("r1", "ref-0", "10"), refund("r2", "ref-1", "20"))), "30.00"},
		"shown by Tamara's id":        {says(200, shows(refund("r1", "ref-0", "10"), refund("r2", "", "20"))), "30.00"},
		"not shown yet":               {says(200, shows(refund("r1", "ref-0", "10"))), ""},
		"the order can't be read":     {says(500, ""), ""},
		"the order can't be believed": {says(200, `{"order_id":"`+checkoutID+`"}`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, sandbox+refundPath, 200,
				`{"order_id":"`+orderID+`","comment":"broken","refund_id":"r2","capture_id":"c1","status":"partially_refunded","refunded_amount":{"amount":30,"currency":"SAR"}}`)
			e.Answers(http.MethodGet, sandbox+orderPath, tt.order)
			got, err := e.Refund(t.Context(), ref(t, "250", paylinks.SAR), paylinks.RefundInput{Reference: "ref-1", Amount: money(t, "20", paylinks.SAR), Reason: "broken"})
			require.NoError(t, err, "it's refunded, whatever comes after")
			assert.Equal(t, paylinks.StatusPartiallyRefunded, got.Status)
			assert.Equal(t, "partially_refunded", got.ProviderStatus)
			ours := got.Refunds[len(got.Refunds)-1]
			assert.Equal(t, "ref-1", ours.Reference)
			assert.Equal(t, "r2", ours.ID)
			assert.Equal(t, "20.00", ours.Amount.String())
			if tt.refunded == "" {
				assert.False(t, got.Refunded.IsSet(), "no total is better than a wrong one")
				return
			}
			assert.Equal(t, tt.refunded, got.Refunded.String())
		})
	}
}

func TestARefundIsCalledOnce(t *testing.T) {
	t.Parallel()
	for _, failure := range []reply{says(500, ""), says(503, "busy"), says(429, ""), says(200, "<html>")} {
		e := newExchange(t, func(c *tamara.Config) { c.Retries = 5 })
		e.Answers(http.MethodPost, sandbox+refundPath, failure)
		_, err := e.Refund(t.Context(), ref(t, "250", paylinks.SAR), paylinks.RefundInput{Reference: "ref-1", Amount: money(t, "20", paylinks.SAR)})
		require.Error(t, err)
		assert.Equal(t, []string{"POST " + refundPath}, e.Paths(), "Tamara has no protection from duplicates")
	}
}

func TestFindByReference(t *testing.T) {
	t.Parallel()
	at := func(status, reference, amount string) string {
		return order(t, map[string]any{"status": status, "order_reference_id": reference, "total_amount": sum(amount)})
	}
	for name, tt := range map[string]struct {
		status  int
		body    string
		want    paylinks.Status
		refusal paylinks.Refusal
		outcome paylinks.Outcome
	}{
		"one":                        {200, at("new", "op-1", "250"), paylinks.StatusCreated, "", ""},
		"one, in a list":             {200, `[` + at("new", "op-1", "250") + `]`, paylinks.StatusCreated, "", ""},
		"several: the paid one":      {200, `[` + at("expired", "op-1", "250") + `,` + at("new", "op-1", "250") + `,` + at("fully_captured", "op-1", "250") + `]`, paylinks.StatusCaptured, "", ""},
		"several: the open one":      {200, `[` + at("declined", "op-1", "250") + `,` + at("new", "op-1", "250") + `]`, paylinks.StatusCreated, "", ""},
		"several: the right one":     {200, `[` + at("fully_captured", "op-2", "250") + `,` + at("new", "op-1", "250") + `,` + at("fully_captured", "op-1", "99") + `]`, paylinks.StatusCreated, "", ""},
		"one that can't be read too": {200, `[7,` + at("new", "op-1", "250") + `]`, paylinks.StatusCreated, "", ""},
		"another reference":          {200, at("new", "op-2", "250"), "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"another amount":             {200, at("new", "op-1", "99"), "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"another currency":           {200, `{"order_id":"` + orderID + `","order_reference_id":"op-1","status":"new","total_amount":{"amount":250,"currency":"AED"}}`, "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"unreadable":                 {200, `{"order_id":7}`, "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"no JSON":                    {200, `<html>`, "", paylinks.Unreachable, paylinks.OutcomeUnknown},
		"an empty list":              {200, `[]`, "", paylinks.RefusedNotFound, paylinks.NotApplied},
		"not found":                  {404, `{"message":"Order is not found"}`, "", paylinks.RefusedNotFound, paylinks.NotApplied},
		"not found, by its code":     {404, `{"errors":[{"error_code":"order_not_found"}]}`, "", paylinks.RefusedNotFound, paylinks.NotApplied},
		"no such call any more":      {404, `404 page not found`, "", paylinks.RefusedRequest, paylinks.NotApplied},
		"no such route any more":     {404, `{"message":"No route found for \"GET /merchants/orders/reference-id/op-1\""}`, "", paylinks.RefusedRequest, paylinks.NotApplied},
		"a stranger's 404":           {404, `{"error":"not here"}`, "", paylinks.RefusedRequest, paylinks.NotApplied},
		"a wrong token":              {401, `{"message":"no"}`, "", paylinks.RefusedCredentials, paylinks.NotApplied},
		"broken":                     {500, ``, "", paylinks.Unreachable, paylinks.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, online)
			e.Answer(http.MethodGet, sandbox+"/merchants/orders/reference-id/op-1", tt.status, tt.body)
			got, err := e.FindByReference(t.Context(), "op-1", money(t, "250", paylinks.SAR))
			if tt.refusal != "" {
				assert.Equal(t, tt.refusal, providerError(t, err).Refusal)
				assert.Equal(t, tt.outcome, providerError(t, err).Outcome)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, orderID, got.Ref.PaymentID)
			assert.Empty(t, got.Ref.SessionID, "an order doesn't tell its checkout id")
			assert.Empty(t, got.CheckoutURL, "nor its link")
			assert.Equal(t, string(tamara.FlowSMS), got.Ref.Flow, "it says that it's one of a shop")
		})
	}
	_, err := newExchange(t).FindByReference(t.Context(), "", money(t, "250", paylinks.SAR))
	assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
}

func TestAReferenceStaysInItsPlace(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		e.Sent = append(e.Sent, req)
		res := httpmock.NewStringResponse(404, `{"message":"Order is not found"}`)
		res.Request = req
		return res, nil
	})
	_, err := e.FindByReference(t.Context(), "../../webhooks?x=1#y", money(t, "250", paylinks.SAR))
	assert.Equal(t, paylinks.RefusedNotFound, providerError(t, err).Refusal)
	assert.Equal(t, "/merchants/orders/reference-id/..%2F..%2Fwebhooks%3Fx=1%23y", e.Sent[0].URL.EscapedPath())
}

func TestEligibility(t *testing.T) {
	t.Parallel()
	const path = "/pre-checkout/v1/eligibility"
	for name, tt := range map[string]struct {
		reply    reply
		eligible bool
	}{
		"yes":         {says(200, `{"is_eligible":true}`), true},
		"no":          {says(200, `{"is_eligible":false}`), false},
		"no word":     {says(200, `{}`), true},
		"no JSON":     {says(200, `<html>`), true},
		"refused":     {says(400, `{"message":"Invalid JSON"}`), true},
		"wrong token": {says(401, ``), true},
		"broken":      {says(500, ``), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tamara.Config) { c.EligibilityTimeout = time.Minute })
			e.Answers(http.MethodPost, sandbox+path, tt.reply)
			got, err := e.CheckEligibility(t.Context(), fullInput(t))
			require.NoError(t, err, "it fails open")
			assert.Equal(t, tt.eligible, got.Eligible)
			assert.Equal(t, !tt.eligible, got.Reason != "")
			assert.Len(t, e.Sent, 1)
		})
	}
	for currency, in := range map[string]paylinks.CreateInput{"sar": fullInput(t), "bhd": minimalInput(t, paylinks.BHD)} {
		e := newExchange(t)
		e.Answer(http.MethodPost, sandbox+path, 200, `{"is_eligible":true}`)
		_, err := e.CheckEligibility(t.Context(), in)
		require.NoError(t, err)
		goldentest.Body(t, "eligibility_"+currency+".json", e.Bodies[0])
	}
}

// An answer that doesn't come in time counts as a yes. The test waits for nothing: the far end holds until the provider gives up.
func TestEligibilityDoesNotWait(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *tamara.Config) { c.EligibilityTimeout = time.Millisecond })
	e.Mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	got, err := e.CheckEligibility(t.Context(), fullInput(t))
	require.NoError(t, err)
	assert.True(t, got.Eligible)
}

func TestPaymentTypes(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodGet, sandbox+"/checkout/payment-types", 200, `[{"name":"PAY_BY_INSTALMENTS","description":"Split it","description_ar":"قسّمها",
		"min_limit":{"amount":1,"currency":"SAR"},"max_limit":{"amount":"2500.00","currency":"SAR"},
		"supported_instalments":[{"instalments":3,"min_limit":{"amount":1,"currency":"SAR"},"max_limit":[]}]}]`)
	got, err := e.PaymentTypes(t.Context(), money(t, "250", paylinks.SAR))
	require.NoError(t, err)
	one := money(t, "1", paylinks.SAR)
	assert.Equal(t, []tamara.PaymentType{{
		Name: "PAY_BY_INSTALMENTS", Description: "Split it", DescriptionAR: "قسّمها", Min: one, Max: money(t, "2500.00", paylinks.SAR),
		Instalments: []tamara.Instalments{{Count: 3, Min: one}},
	}}, got)
	assert.Equal(t, url.Values{"country": {"SA"}, "currency": {"SAR"}, "order_value": {"250.00"}}, e.Sent[0].URL.Query())

	e.Answer(http.MethodGet, sandbox+"/checkout/payment-types", 200, `[]`)
	got, err = e.PaymentTypes(t.Context(), paylinks.Zero(paylinks.KWD))
	require.NoError(t, err)
	assert.Empty(t, got)
	assert.Equal(t, url.Values{"country": {"KW"}, "currency": {"KWD"}}, e.Sent[1].URL.Query())

	e.Answer(http.MethodGet, sandbox+"/checkout/payment-types", 401, ``)
	_, err = e.PaymentTypes(t.Context(), paylinks.Zero(paylinks.KWD))
	assert.Equal(t, paylinks.RefusedCredentials, providerError(t, err).Refusal)
	_, err = e.PaymentTypes(t.Context(), paylinks.Money{})
	assert.Equal(t, paylinks.NotApplied, providerError(t, err).Outcome)
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := e.Fetch(ctx, ref(t, "250", paylinks.SAR))
	assert.Equal(t, paylinks.Unreachable, providerError(t, err).Refusal)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
