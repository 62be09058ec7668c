package paypal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
)

const (
	clientID = "client-id"
	secret   = "client-secret"
	tokenOK  = `{"scope":"https://uri.paypal.com/services/reporting/search/read","access_token":"token-1","token_type":"Bearer","expires_in":32400}`
)

// day is the n-th of February 2026; the tests' clock shows the first of March.
func day(n int) time.Time { return time.Date(2026, 2, n, 0, 0, 0, 0, time.UTC) }

func march() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// february is a walk over one window.
func february() paylinks.PaymentsQuery { return paylinks.PaymentsQuery{From: day(1), To: day(28)} }

// far is the far end of calls: it answers each by its method and path.
type far struct {
	mu     sync.Mutex
	answer map[string]func(*http.Request, string) (int, string)
	calls  []*http.Request
	bodies []string
	waits  []time.Duration
	now    time.Time
}

func newFar() *far {
	f := &far{answer: map[string]func(*http.Request, string) (int, string){}, now: march()}
	f.on("POST /v1/oauth2/token", 200, tokenOK)
	return f
}

// on answers a call, each time the same.
func (f *far) on(call string, status int, body string) {
	f.answer[call] = func(*http.Request, string) (int, string) { return status, body }
}

// lists answers every search with these rows.
func (f *far) lists(rows ...string) {
	f.on("GET /v1/reporting/transactions", 200, page(rows...))
}

func page(rows ...string) string {
	return fmt.Sprintf(`{"transaction_details":[%s],"page":1,"total_items":%d,"total_pages":1}`, strings.Join(rows, ","), len(rows))
}

func (f *far) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.bodies = append(f.calls, req), append(f.bodies, string(body))
	answer, ok := f.answer[req.Method+" "+req.URL.Path]
	if !ok {
		answer = func(*http.Request, string) (int, string) {
			return 404, `{"name":"RESOURCE_NOT_FOUND","message":"The specified resource does not exist."}`
		}
	}
	status, text := answer(req, string(body))
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(text)), Request: req,
	}, nil
}

func (f *far) wait(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits = append(f.waits, d)
	f.now = f.now.Add(d)
	return ctx.Err()
}

func (f *far) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// searches are the windows that were asked for, in order.
func (f *far) searches() []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []url.Values
	for _, req := range f.calls {
		if req.URL.Path == "/v1/reporting/transactions" {
			list = append(list, req.URL.Query())
		}
	}
	return list
}

// count is how often a call was made.
func (f *far) count(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, req := range f.calls {
		if req.Method+" "+req.URL.Path == call {
			n++
		}
	}
	return n
}

func (f *far) gateway(tb testing.TB, change ...func(*paypal.Config)) *paypal.Gateway {
	tb.Helper()
	config := paypal.Config{
		ClientID: clientID, ClientSecret: secret, Environment: paypal.Sandbox, HTTPClient: &http.Client{Transport: f},
		Interval: -1, Now: f.clock, Wait: f.wait,
	}
	for _, c := range change {
		c(&config)
	}
	gateway, err := paypal.New(config)
	require.NoError(tb, err)
	return gateway
}

// walk is what a walk yields.
type walk struct {
	payments []paylinks.Payment
	bad      []*paylinks.BadRow
	err      error
}

func walkOf(ctx context.Context, gateway paylinks.Gateway, query paylinks.PaymentsQuery) walk {
	var w walk
	for payment, err := range gateway.Payments(ctx, query) {
		var bad *paylinks.BadRow
		switch {
		case errors.As(err, &bad):
			w.bad = append(w.bad, bad)
		case err != nil:
			w.err = err
		default:
			w.payments = append(w.payments, payment)
		}
	}
	return w
}

// whole walks February and expects no trouble.
func (f *far) whole(t *testing.T, change ...func(*paypal.Config)) []paylinks.Payment {
	t.Helper()
	w := walkOf(t.Context(), f.gateway(t, change...), february())
	require.NoError(t, w.err)
	require.Empty(t, w.bad)
	return w.payments
}

func one(t *testing.T, payments []paylinks.Payment) paylinks.Payment {
	t.Helper()
	require.Len(t, payments, 1)
	return payments[0]
}

func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	assert.NotContains(t, err.Error(), secret)
	return e
}

// fields of a row; nil leaves one out.
type fields map[string]any

// row is a payment of 100.00 USD on the fifth, with some fields replaced.
func row(tb testing.TB, replace fields) string {
	tb.Helper()
	all := fields{
		"transaction_id": "8RW00000000000001", "transaction_event_code": "T0006",
		"transaction_initiation_date": "2026-02-05T10:00:00+0000", "transaction_updated_date": "2026-02-05T10:00:00+0000",
		"transaction_amount": amount("100.00"), "transaction_status": "S", "invoice_id": "INV-1",
	}
	for name, value := range replace {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	encoded, err := json.Marshal(map[string]any{"transaction_info": all})
	require.NoError(tb, err)
	return string(encoded)
}

// about is a row that refers to that payment, on a day of February.
func about(tb testing.TB, id, code string, on int, value string) string {
	tb.Helper()
	at := day(on).Format("2006-01-02T15:04:05+0000")
	return row(tb, fields{
		"transaction_id": id, "transaction_event_code": code, "paypal_reference_id": "8RW00000000000001", "paypal_reference_id_type": "TXN",
		"transaction_amount": amount(value), "transaction_initiation_date": at, "transaction_updated_date": at, "invoice_id": nil,
	})
}

func amount(value string) map[string]string {
	return map[string]string{"currency_code": "USD", "value": value}
}
