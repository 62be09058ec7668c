package tabby_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

const (
	testKey   = "sk_test_0f9c1d2e-3b4a-4c5d-8e6f-708192a3b4c5"
	liveKey   = "sk_0f9c1d2e-3b4a-4c5d-8e6f-708192a3b4c5"
	secret    = "a-long-and-random-webhook-secret"
	sessionID = "3b1f8a52-6c7d-4e8f-9a0b-1c2d3e4f5a6b"
	paymentID = "9e8d7c6b-5a49-4838-a726-15a4b3c2d1e0"

	saudi = "https://api.tabby.sa"
	other = "https://api.tabby.ai"
)

// exchange is a provider and the far end of its calls.
type exchange struct {
	*tabby.Provider
	mock *httpmock.MockTransport
	// sent are the requests made, and bodies their bodies.
	sent   []*http.Request
	bodies [][]byte
}

func newExchange(t *testing.T, change ...func(*tabby.Config)) *exchange {
	t.Helper()
	e := &exchange{mock: httpmock.NewMockTransport()}
	config := tabby.Config{
		SecretKey: testKey, MerchantCode: "SA", WebhookSecret: secret,
		HTTPClient: &http.Client{Transport: e.mock}, Retries: -1,
	}
	for _, f := range change {
		f(&config)
	}
	provider, err := tabby.New(config)
	require.NoError(t, err)
	e.Provider = provider
	return e
}

// answer makes the far end answer a call. Any other call fails the test with "no responder found".
func (e *exchange) answer(method, url string, status int, body string) {
	e.mock.RegisterResponder(method, url, func(req *http.Request) (*http.Response, error) {
		var sent []byte
		if req.Body != nil {
			var err error
			if sent, err = io.ReadAll(req.Body); err != nil {
				return nil, err
			}
		}
		e.sent, e.bodies = append(e.sent, req), append(e.bodies, sent)
		res := httpmock.NewStringResponse(status, body)
		res.Request = req
		return res, nil
	})
}

func money(t *testing.T, s string, c paylinks.Currency) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(s, c)
	require.NoError(t, err)
	return m
}

func ref(t *testing.T, amount string, c paylinks.Currency) paylinks.Ref {
	t.Helper()
	return paylinks.Ref{
		Reference: "op-1", OrderID: "ORDER-7", SessionID: sessionID, PaymentID: paymentID, Amount: money(t, amount, c),
	}
}

// payment is a payment as Tabby answers it, with some fields replaced. A field replaced by nil is left out.
func payment(t *testing.T, replace map[string]any) string {
	t.Helper()
	fields := map[string]any{
		"id": paymentID, "status": "CREATED", "is_test": true, "amount": "250", "currency": "SAR",
		"created_at": "2026-03-01T09:00:00Z", "expires_at": "2026-03-01T09:20:00Z",
		"order":    map[string]any{"reference_id": "ORDER-7"},
		"captures": []any{}, "refunds": []any{},
		"meta": map[string]any{"paylink_id": "link-1", "reference": "op-1"},
	}
	return object(t, fields, replace)
}

// session is a checkout session as Tabby answers it, likewise.
func session(t *testing.T, replace map[string]any) string {
	t.Helper()
	fields := map[string]any{
		"id": sessionID, "status": "created", "lang": "ara", "token": nil,
		"payment": json.RawMessage(payment(t, nil)),
		"configuration": map[string]any{
			"expires_at": "2026-03-01T09:20:30Z",
			"available_products": map[string]any{"installments": []any{map[string]any{
				"web_url": "https://checkout.tabby.sa/?sessionId=" + sessionID + "&lang=ara",
				"qr_code": "https://api.tabby.sa/api/v2/checkout/" + sessionID + "/hpp_link_qr",
				"id":      4711, "installments_count": 3,
			}}},
			"products": map[string]any{"installments": map[string]any{"is_available": true, "rejection_reason": nil}},
		},
	}
	return object(t, fields, replace)
}

func object(t *testing.T, fields, replace map[string]any) string {
	t.Helper()
	for name, value := range replace {
		fields[name] = value
		if value == nil {
			delete(fields, name)
		}
	}
	encoded, err := json.Marshal(fields)
	require.NoError(t, err)
	return string(encoded)
}

// providerError is err as what it must be.
func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	return e
}
