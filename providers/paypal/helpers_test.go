package paypal_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
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
type far struct{ *walktest.Far }

func newFar() far {
	f := far{&walktest.Far{
		Name: func(c walktest.Call) string { return c.Method + " " + c.URL.Path },
		Rest: walktest.Answer{Status: 404, Body: `{"name":"RESOURCE_NOT_FOUND","message":"The specified resource does not exist."}`},
	}}
	f.Set(march())
	f.On("POST /v1/oauth2/token", 200, tokenOK)
	return f
}

// lists answers every search with these rows.
func (f far) lists(rows ...string) {
	f.On("GET /v1/reporting/transactions", 200, page(rows...))
}

func page(rows ...string) string {
	return fmt.Sprintf(`{"transaction_details":[%s],"page":1,"total_items":%d,"total_pages":1}`, strings.Join(rows, ","), len(rows))
}

// searches are the windows that were asked for, in order.
func (f far) searches() []url.Values { return f.Queries("GET /v1/reporting/transactions") }

func (f far) gateway(tb testing.TB, change ...func(*paypal.Config)) *paypal.Gateway {
	tb.Helper()
	config := paypal.Config{
		ClientID: clientID, ClientSecret: secret, Environment: paypal.Sandbox, HTTPClient: f.Client(),
		Interval: -1, Now: f.Now, Wait: f.Wait,
	}
	for _, c := range change {
		c(&config)
	}
	gateway, err := paypal.New(config)
	require.NoError(tb, err)
	return gateway
}

// whole walks February and expects no trouble.
func (f far) whole(t *testing.T, change ...func(*paypal.Config)) []paylinks.Payment {
	t.Helper()
	return walktest.Of(t, f.gateway(t, change...), february()).Whole(t)
}

func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	return walktest.Failure(t, err, secret)
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
	return `{"transaction_info":` + walktest.Object(tb, all, replace) + `}`
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
