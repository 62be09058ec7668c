package tabby_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/internal/jsontest"
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

// The words that all providers' tests share.
var (
	money         = exchangetest.Money
	providerError = exchangetest.ProviderError
	refused       = exchangetest.Refused
)

// exchange is a provider and the far end of its calls.
type exchange struct {
	*tabby.Provider
	*exchangetest.FarEnd
}

func newExchange(t *testing.T, change ...func(*tabby.Config)) *exchange {
	t.Helper()
	e := &exchange{FarEnd: exchangetest.New("")}
	config := tabby.Config{
		SecretKey: testKey, MerchantCode: "SA", WebhookSecret: secret,
		HTTPClient: e.Client(), Retries: -1,
	}
	for _, f := range change {
		f(&config)
	}
	provider, err := tabby.New(config)
	require.NoError(t, err)
	e.Provider = provider
	return e
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
	return jsontest.Replaced(t, fields, replace)
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
	return jsontest.Replaced(t, fields, replace)
}
