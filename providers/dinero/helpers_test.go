package dinero_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
)

const (
	merchantKey = "5f3f6c1e-8a43-4c5b-9e0a-3a1c6f6f2b10"
	password    = "vector-Password-7"
	paymentID   = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	otherID     = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
	statusPath  = "/api/v1/payment/status"
)

// asked is the id that a call asks for.
func asked(call walktest.Call) string {
	var body struct {
		PaymentID string `json:"payment_id"`
		OrderID   string `json:"order_id"`
	}
	if err := json.Unmarshal(call.Sent, &body); err != nil {
		return err.Error()
	}
	return body.PaymentID + body.OrderID
}

// newGateway is a gateway whose far end answers by the id that is asked for.
func newGateway(t require.TestingT, answers walktest.Answers, ids []string, change ...func(*dinero.Config)) (*dinero.Gateway, *walktest.Far) {
	f := &walktest.Far{Name: asked, Answers: answers}
	config := dinero.Config{MerchantKey: merchantKey, Password: password, PaymentIDs: ids, HTTPClient: f.Client(), Wait: f.Wait}
	for _, c := range change {
		c(&config)
	}
	gateway, err := dinero.New(config)
	require.NoError(t, err)
	return gateway, f
}

// query is a walk from a checkpoint on.
func query(resume string) paylinks.PaymentsQuery {
	to := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	return paylinks.PaymentsQuery{From: to.Add(-time.Hour), To: to, Resume: resume}
}

// one is the payment that an answer gives.
func one(t *testing.T, body string, change ...func(*dinero.Config)) paylinks.Payment {
	t.Helper()
	gateway, _ := newGateway(t, walktest.Answers{paymentID: walktest.Says(200, body)}, []string{paymentID}, change...)
	return walktest.One(t, walktest.Of(t, gateway, query("")).Whole(t))
}

// status is an answer of Dinero Pay, with some fields replaced. A field replaced by nil is left out.
func status(t require.TestingT, replace map[string]any) string {
	fields := map[string]any{
		"payment_id": paymentID, "date": "2026-01-31 21:15:09", "status": "settled",
		"order":    map[string]any{"number": "shop-81", "amount": "64.50", "currency": "SAR", "description": "Lamp"},
		"customer": map[string]any{"name": "Noura", "email": "noura@example.com"},
	}
	return walktest.Object(t, fields, replace)
}

func order(amount any, currency string) map[string]any {
	return map[string]any{"order": map[string]any{"number": "shop-81", "amount": amount, "currency": currency}}
}

// providerError is err as what it must be.
func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	return walktest.Failure(t, err, password)
}
