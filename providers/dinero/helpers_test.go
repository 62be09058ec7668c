package dinero_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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

// answer is what the far end says to a call.
type answer struct {
	status int
	body   string
	header http.Header
}

// far is the far end of a gateway's calls: an http.RoundTripper that answers by the id that is asked for.
type far struct {
	answers  map[string]func() answer
	requests []*http.Request
	bodies   [][]byte
	waits    []time.Duration
}

func (f *far) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	f.requests, f.bodies = append(f.requests, req), append(f.bodies, body)
	var asked struct {
		PaymentID string `json:"payment_id"`
		OrderID   string `json:"order_id"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, err
	}
	respond := f.answers[asked.PaymentID+asked.OrderID]
	if respond == nil {
		return nil, errors.New("nobody answers")
	}
	said := respond()
	if said.status == 0 {
		return nil, errors.New("the connection broke")
	}
	if said.header == nil {
		said.header = http.Header{}
	}
	return &http.Response{StatusCode: said.status, Header: said.header, Body: io.NopCloser(strings.NewReader(said.body)), Request: req}, nil
}

func always(status int, body string) func() answer {
	return func() answer { return answer{status: status, body: body} }
}

// inTurn gives its answers one after the other, and the last one again.
func inTurn(answers ...answer) func() answer {
	n := 0
	return func() answer {
		said := answers[min(n, len(answers)-1)]
		n++
		return said
	}
}

func newGateway(t require.TestingT, answers map[string]func() answer, ids []string, change ...func(*dinero.Config)) (*dinero.Gateway, *far) {
	f := &far{answers: answers}
	config := dinero.Config{
		MerchantKey: merchantKey, Password: password, PaymentIDs: ids, HTTPClient: &http.Client{Transport: f},
		Wait: func(ctx context.Context, d time.Duration) error {
			f.waits = append(f.waits, d)
			return ctx.Err()
		},
	}
	for _, c := range change {
		c(&config)
	}
	gateway, err := dinero.New(config)
	require.NoError(t, err)
	return gateway, f
}

// walk goes from a checkpoint on to the end.
func walk(t require.TestingT, ctx context.Context, g *dinero.Gateway, resume string) (payments []paylinks.Payment, bad []*paylinks.BadRow, end error) {
	to := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	query := paylinks.PaymentsQuery{From: to.Add(-time.Hour), To: to, Resume: resume}
	for payment, err := range g.Payments(ctx, query) {
		require.NoError(t, end, "nothing comes after the error that ends a walk")
		var row *paylinks.BadRow
		switch {
		case errors.As(err, &row):
			bad = append(bad, row)
		case err != nil:
			end = err
		default:
			payments = append(payments, payment)
		}
	}
	return payments, bad, end
}

// one is the payment that an answer gives.
func one(t *testing.T, body string, change ...func(*dinero.Config)) paylinks.Payment {
	t.Helper()
	gateway, _ := newGateway(t, map[string]func() answer{paymentID: always(200, body)}, []string{paymentID}, change...)
	payments, bad, err := walk(t, t.Context(), gateway, "")
	require.NoError(t, err)
	require.Empty(t, bad)
	require.Len(t, payments, 1)
	return payments[0]
}

// status is an answer of Dinero Pay, with some fields replaced. A field replaced by nil is left out.
func status(t require.TestingT, replace map[string]any) string {
	fields := map[string]any{
		"payment_id": paymentID, "date": "2026-01-31 21:15:09", "status": "settled",
		"order":    map[string]any{"number": "shop-81", "amount": "64.50", "currency": "SAR", "description": "Lamp"},
		"customer": map[string]any{"name": "Noura", "email": "noura@example.com"},
	}
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

func order(amount any, currency string) map[string]any {
	return map[string]any{"order": map[string]any{"number": "shop-81", "amount": amount, "currency": currency}}
}

// providerError is err as what it must be.
func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	return e
}
