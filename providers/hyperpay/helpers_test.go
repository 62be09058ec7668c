package hyperpay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

const (
	token  = "access-token"
	entity = "8ac7a4c90000000000000000000000aa"
	rootID = "8ac7a4a2000000000000000000000001"
)

// at is an hour of the tenth of February 2026; the tests' clock shows the 20th.
func at(hour int) time.Time { return time.Date(2026, 2, 10, hour, 0, 0, 0, time.UTC) }

func today() time.Time { return time.Date(2026, 2, 20, 9, 0, 0, 0, time.UTC) }

// tenth is a walk over one window.
func tenth() paylinks.PaymentsQuery { return paylinks.PaymentsQuery{From: at(0), To: at(24)} }

// far is the far end of calls: it answers each by its path.
type far struct {
	mu     sync.Mutex
	answer map[string]func(url.Values) (int, string)
	calls  []*http.Request
	waits  []time.Duration
	now    time.Time
}

func newFar() *far { return &far{answer: map[string]func(url.Values) (int, string){}, now: today()} }

func (f *far) on(path string, status int, body string) {
	f.answer[path] = func(url.Values) (int, string) { return status, body }
}

// lists answers every query by date with these records.
func (f *far) lists(records ...string) { f.on("/v3/query", 200, list(records...)) }

// has answers a query by id with these records.
func (f *far) has(id string, records ...string) { f.on("/v3/query/"+id, 200, list(records...)) }

func list(records ...string) string {
	return `{"result":{"code":"000.000.100"},"records":[` + strings.Join(records, ",") + `],"pages":1}`
}

const nothing = `{"result":{"code":"700.400.580","description":"cannot find transaction"}}`

func (f *far) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, req)
	answer, ok := f.answer[req.URL.Path]
	if !ok {
		answer = func(url.Values) (int, string) { return 404, nothing }
	}
	status, text := answer(req.URL.Query())
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

// asked are the paths and queries of the calls, in order.
func (f *far) asked(path string) []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	var queries []url.Values
	for _, req := range f.calls {
		if req.URL.Path == path {
			queries = append(queries, req.URL.Query())
		}
	}
	return queries
}

func (f *far) gateway(tb testing.TB, change ...func(*hyperpay.Config)) *hyperpay.Gateway {
	tb.Helper()
	config := hyperpay.Config{
		AccessToken: token, EntityIDs: []string{entity}, Environment: hyperpay.Test, HTTPClient: &http.Client{Transport: f},
		QueryInterval: -1, Now: f.clock, Wait: f.wait,
	}
	for _, c := range change {
		c(&config)
	}
	gateway, err := hyperpay.New(config)
	require.NoError(tb, err)
	return gateway
}

// simulated is a gateway on a simulator whose clock the waits move.
func simulated(tb testing.TB, sim hyperpaytest.Config, change ...func(*hyperpay.Config)) (*hyperpaytest.Server, *hyperpay.Gateway, *far) {
	tb.Helper()
	f := newFar()
	sim.Now = f.clock
	simulator := hyperpaytest.New(sim)
	server := httptest.NewServer(simulator)
	tb.Cleanup(server.Close)
	return simulator, f.gateway(tb, append([]func(*hyperpay.Config){func(c *hyperpay.Config) {
		c.AccessToken, c.EntityIDs = hyperpaytest.AccessToken, []string{hyperpaytest.EntityID, hyperpaytest.MadaEntityID}
		c.BaseURL, c.HTTPClient = server.URL, server.Client()
	}}, change...)...), f
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

func (f *far) whole(t *testing.T, change ...func(*hyperpay.Config)) []paylinks.Payment {
	t.Helper()
	w := walkOf(t.Context(), f.gateway(t, change...), tenth())
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
	assert.NotContains(t, err.Error(), token)
	return e
}

// fields of a record; nil leaves one out.
type fields map[string]any

// record is a debit of 100.00 SAR at one o'clock, with some fields replaced.
func record(tb testing.TB, replace fields) string {
	tb.Helper()
	all := fields{
		"id": rootID, "paymentType": "DB", "paymentBrand": "VISA", "amount": "100.00", "currency": "SAR", "merchantTransactionId": "cart-1",
		"result": code("000.000.000"), "timestamp": "2026-02-10 01:00:00.000+0000",
	}
	for name, value := range replace {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	encoded, err := json.Marshal(all)
	require.NoError(tb, err)
	return string(encoded)
}

func code(c string) map[string]string { return map[string]string{"code": c} }

// on is an operation on another one, with the n-th id and at n o'clock.
func on(tb testing.TB, n int, referenced, kind, amount, result string) string {
	tb.Helper()
	return record(tb, fields{
		"id": id(n), "referencedId": referenced, "paymentType": kind, "amount": amount, "result": code(result),
		"timestamp": fmt.Sprintf("2026-02-10 %02d:00:00.000+0000", n),
	})
}

func id(n int) string { return fmt.Sprintf("8ac7a4a2%024x", n) }

func money(tb testing.TB, s string, c paylinks.Currency) paylinks.Money {
	tb.Helper()
	m, err := paylinks.ParseMoney(s, c)
	require.NoError(tb, err)
	return m
}

func file(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return string(text)
}
