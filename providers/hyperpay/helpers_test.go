package hyperpay_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
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
type far struct{ *walktest.Far }

func newFar() far {
	f := far{&walktest.Far{Rest: walktest.Answer{Status: 404, Body: nothing}}}
	f.Set(today())
	return f
}

// lists answers every query by date with these records.
func (f far) lists(records ...string) { f.On("/v3/query", 200, list(records...)) }

// has answers a query by id with these records.
func (f far) has(id string, records ...string) { f.On("/v3/query/"+id, 200, list(records...)) }

func list(records ...string) string {
	return `{"result":{"code":"000.000.100"},"records":[` + strings.Join(records, ",") + `],"pages":1}`
}

const nothing = `{"result":{"code":"700.400.580","description":"cannot find transaction"}}`

func (f far) gateway(tb testing.TB, change ...func(*hyperpay.Config)) *hyperpay.Gateway {
	tb.Helper()
	config := hyperpay.Config{
		AccessToken: token, EntityIDs: []string{entity}, Environment: hyperpay.Test, HTTPClient: f.Client(),
		QueryInterval: -1, Now: f.Now, Wait: f.Wait,
	}
	for _, c := range change {
		c(&config)
	}
	gateway, err := hyperpay.New(config)
	require.NoError(tb, err)
	return gateway
}

// simulated is a gateway on a simulator whose clock the waits move.
func simulated(tb testing.TB, sim hyperpaytest.Config, change ...func(*hyperpay.Config)) (*hyperpaytest.Server, *hyperpay.Gateway, far) {
	tb.Helper()
	f := newFar()
	sim.Now = f.Now
	simulator := hyperpaytest.New(sim)
	server := walktest.Serve(tb, simulator)
	return simulator, f.gateway(tb, append([]func(*hyperpay.Config){func(c *hyperpay.Config) {
		c.AccessToken, c.EntityIDs = hyperpaytest.AccessToken, []string{hyperpaytest.EntityID, hyperpaytest.MadaEntityID}
		c.BaseURL, c.HTTPClient = server.URL, server.Client()
	}}, change...)...), f
}

func (f far) whole(t *testing.T, change ...func(*hyperpay.Config)) []paylinks.Payment {
	t.Helper()
	return walktest.Of(t, f.gateway(t, change...), tenth()).Whole(t)
}

func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	return walktest.Failure(t, err, token)
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
	return walktest.Object(tb, all, replace)
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
