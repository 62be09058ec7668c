package tabby_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

const hook = "https://pay.example/api/v1/providers/webhooks/tabby/tabby-main"

// Every call with an effect: where it goes, and its body byte by byte, with two decimals and with three.
func TestCallsOnTheWire(t *testing.T) {
	t.Parallel()
	type call func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error
	capture := func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
		t.Helper()
		_, err := e.Capture(t.Context(), ref(t, amount, c), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, amount, c)})
		return err
	}
	refund := func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
		t.Helper()
		_, err := e.Refund(t.Context(), ref(t, amount, c), paylinks.RefundInput{Reference: "ref-1", Amount: money(t, amount, c), Reason: "broken"})
		return err
	}
	refundSilently := func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
		t.Helper()
		_, err := e.Refund(t.Context(), ref(t, amount, c), paylinks.RefundInput{Reference: "ref-2", Amount: money(t, amount, c)})
		return err
	}
	cancel := func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
		t.Helper()
		_, err := e.Cancel(t.Context(), ref(t, amount, c), paylinks.CancelInput{Reference: "can-1"})
		return err
	}
	void := func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
		t.Helper()
		_, err := e.Cancel(t.Context(), ref(t, amount, c), paylinks.CancelInput{Reference: "can-2", Void: true, Amount: money(t, amount, c)})
		return err
	}
	send := func(t *testing.T, e *exchange, amount string, c paylinks.Currency) error {
		t.Helper()
		return e.SendLink(t.Context(), ref(t, amount, c), paylinks.SendInput{Phone: "+966500000001"})
	}

	const onPayment, onSession = "/api/v2/payments/" + paymentID, "/api/v2/checkout/" + sessionID
	for _, tt := range []struct {
		name, path string
		call       call
		// golden is the start of the file's name, "" for no body.
		golden   string
		sendBody bool
	}{
		{"capture", onPayment + "/captures", capture, "capture", false},
		{"refund", onPayment + "/refunds", refund, "refund", false},
		{"refund without a reason", onPayment + "/refunds", refundSilently, "refund_silent", false},
		{"cancel", onSession + "/cancel", cancel, "", false},
		{"void", onPayment + "/close", void, "", false},
		{"send", onSession + "/send_hpp_link", send, "", false},
		{"send with a body", onSession + "/send_hpp_link", send, "send", true},
	} {
		for _, c := range []struct {
			currency     paylinks.Currency
			amount, host string
		}{
			{paylinks.SAR, "250", saudi},
			{paylinks.KWD, "12.5", other},
		} {
			t.Run(tt.name+" "+string(c.currency), func(t *testing.T) {
				t.Parallel()
				e := newExchange(t, func(config *tabby.Config) { config.SendLinkBody = tt.sendBody })
				body := payment(t, map[string]any{"currency": c.currency, "amount": c.amount, "status": "AUTHORIZED"})
				if strings.HasPrefix(tt.path, onSession) {
					body = session(t, map[string]any{"status": "expired"})
				}
				e.Answer(http.MethodPost, c.host+tt.path, 200, body)
				require.NoError(t, tt.call(t, e, c.amount, c.currency))
				require.Len(t, e.Sent, 1)
				assert.Equal(t, "Bearer "+testKey, e.Sent[0].Header.Get("Authorization"))
				assert.Empty(t, e.Sent[0].Header.Get("X-Merchant-Code"), "only the webhook calls have it")
				if tt.golden == "" {
					assert.Empty(t, e.Bodies[0])
					return
				}
				goldentest.Body(t, tt.golden+"_"+strings.ToLower(string(c.currency))+".json", e.Bodies[0])
			})
		}
	}
}

func TestCloseDeclaresJSONWithoutABody(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, saudi+"/api/v2/payments/"+paymentID+"/close", 200, payment(t, map[string]any{"status": "CLOSED"}))
	got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{Void: true})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCancelled, got.Status)
	assert.Equal(t, "CLOSED", got.ProviderStatus)
	assert.Equal(t, "application/json", e.Sent[0].Header.Get("Content-Type"))
}

func TestVoidOfTheRestLeavesWhatIsCaptured(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, saudi+"/api/v2/payments/"+paymentID+"/close", 200,
		payment(t, map[string]any{"status": "CLOSED", "captures": entries("100")}))
	got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{Void: true})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, got.Status)
	assert.Equal(t, "100.00", got.Captured.String())
}

func TestCaptureShowsItsOwnEntry(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, saudi+"/api/v2/payments/"+paymentID+"/captures", 200,
		payment(t, map[string]any{"status": "CLOSED", "captures": []any{entry("c9", "cap-1", "250")}}))
	got, err := e.Capture(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CaptureInput{Reference: "cap-1", Amount: money(t, "250", paylinks.SAR)})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, got.Status)
	assert.Equal(t, "CLOSED", got.ProviderStatus)
	require.Len(t, got.Captures, 1)
	assert.Equal(t, "cap-1", got.Captures[0].Reference)
}

// The body of a cancellation isn't documented: what integrators saw, nothing at all, and a payment made meanwhile.
func TestCancelOfAnUnpaidLink(t *testing.T) {
	t.Parallel()
	paid := session(t, map[string]any{"status": "created"})
	paid = strings.Replace(paid, `"CREATED"`, `"AUTHORIZED"`, 1)
	for name, tt := range map[string]struct {
		status int
		body   string
		want   paylinks.Status
		word   string
	}{
		"the session": {200, session(t, map[string]any{"status": "expired"}), paylinks.StatusCancelled, "expired"},
		"no payment":  {200, `{"id":"` + sessionID + `","status":"expired"}`, paylinks.StatusCancelled, "expired"},
		"nothing":     {204, ``, paylinks.StatusCancelled, ""},
		"paid":        {200, paid, paylinks.StatusAuthorized, "AUTHORIZED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout/"+sessionID+"/cancel", tt.status, tt.body)
			got, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, tt.word, got.ProviderStatus)
		})
	}

	t.Run("another session", func(t *testing.T) {
		t.Parallel()
		e := newExchange(t)
		e.Answer(http.MethodPost, saudi+"/api/v2/checkout/"+sessionID+"/cancel", 200, session(t, map[string]any{"id": paymentID}))
		_, err := e.Cancel(t.Context(), ref(t, "250", paylinks.SAR), paylinks.CancelInput{})
		assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
	})
}

func TestSendTakesAnySuccess(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{}`, `null`, `{"status":"ok"}`, `"sent"`} {
		e := newExchange(t)
		e.Answer(http.MethodPost, saudi+"/api/v2/checkout/"+sessionID+"/send_hpp_link", 202, body)
		require.NoError(t, e.SendLink(t.Context(), ref(t, "250", paylinks.SAR), paylinks.SendInput{}), "body %q", body)
	}
	e := newExchange(t)
	e.Answer(http.MethodPost, saudi+"/api/v2/checkout/"+sessionID+"/send_hpp_link", 200, `<html>Log in</html>`)
	err := e.SendLink(t.Context(), ref(t, "250", paylinks.SAR), paylinks.SendInput{})
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
}
