package paypaltest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

func now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

type caller struct {
	*paypaltest.Server
	t     *testing.T
	token string
}

func newCaller(t *testing.T, config paypaltest.Config) *caller {
	t.Helper()
	config.Now = now
	c := &caller{Server: paypaltest.New(config), t: t}
	_, body := c.login(paypaltest.ClientID, paypaltest.ClientSecret, "grant_type=client_credentials")
	c.token, _ = body["access_token"].(string)
	require.NotEmpty(t, c.token)
	return c
}

func (c *caller) login(id, secret, form string) (int, map[string]any) {
	req := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/v1/oauth2/token", strings.NewReader(form))
	req.SetBasicAuth(id, secret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req)
}

func (c *caller) do(req *http.Request) (int, map[string]any) {
	c.t.Helper()
	recorder := httptest.NewRecorder()
	c.ServeHTTP(recorder, req)
	text, err := io.ReadAll(recorder.Result().Body)
	require.NoError(c.t, err)
	var body map[string]any
	require.NoError(c.t, json.Unmarshal(text, &body), "%s", text)
	return recorder.Code, body
}

func (c *caller) get(path string) (int, map[string]any) {
	c.t.Helper()
	req := httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, path, nil)
	req.Header.Set("Authorization", "Bearer "+c.token)
	return c.do(req)
}

func (c *caller) search(query map[string]string) (int, map[string]any) {
	c.t.Helper()
	values := url.Values{"start_date": {"2026-02-01T00:00:00Z"}, "end_date": {"2026-03-01T00:00:00Z"}}
	for name, value := range query {
		values.Set(name, value)
	}
	return c.get("/v1/reporting/transactions?" + values.Encode())
}

func TestCredentialsAndTokensAreChecked(t *testing.T) {
	t.Parallel()
	c := newCaller(t, paypaltest.Config{})
	for name, login := range map[string][3]string{
		"another id":     {"x", paypaltest.ClientSecret, "grant_type=client_credentials"},
		"another secret": {paypaltest.ClientID, "x", "grant_type=client_credentials"},
	} {
		status, body := c.login(login[0], login[1], login[2])
		assert.Equal(t, 401, status, name)
		assert.Equal(t, "invalid_client", body["error"], name)
	}
	status, body := c.login(paypaltest.ClientID, paypaltest.ClientSecret, "")
	assert.Equal(t, 400, status)
	assert.Equal(t, "unsupported_grant_type", body["error"])

	status, _ = c.search(nil)
	assert.Equal(t, 200, status)
	c.Clock.Advance(9 * time.Hour)
	status, body = c.search(nil)
	assert.Equal(t, 401, status, "a token ends")
	assert.Equal(t, "AUTHENTICATION_FAILURE", body["name"])
}

func TestSearchesAreStrict(t *testing.T) {
	t.Parallel()
	c := newCaller(t, paypaltest.Config{})
	for name, query := range map[string]map[string]string{
		"no start":             {"start_date": ""},
		"no seconds":           {"start_date": "2026-02-01T00:00Z"},
		"no zone":              {"end_date": "2026-02-20T00:00:00"},
		"more than 31 days":    {"start_date": "2026-01-28T00:00:00Z"},
		"an end before":        {"end_date": "2026-01-01T00:00:00Z"},
		"page 0":               {"page": "0"},
		"no page":              {"page": "x"},
		"pages that are large": {"page_size": "501"},
		"a short id":           {"transaction_id": "1"},
	} {
		status, body := c.search(query)
		assert.Equal(t, 400, status, name)
		assert.Equal(t, "INVALID_REQUEST", body["name"], name)
	}
	for name, query := range map[string]map[string]string{
		"too recent": {"start_date": "2026-03-01T06:00:01Z", "end_date": "2026-03-01T07:00:00Z"},
		"too old":    {"start_date": "2023-02-20T00:00:00Z", "end_date": "2023-02-21T00:00:00Z"},
	} {
		status, body := c.search(query)
		assert.Equal(t, 400, status, name)
		assert.Contains(t, body["message"], "not available", name)
	}
}

func TestRowsShowThreeHoursLate(t *testing.T) {
	t.Parallel()
	c := newCaller(t, paypaltest.Config{})
	amount, err := paylinks.ParseMoney("5.00", paylinks.USD)
	require.NoError(t, err)
	id := c.Pay(paypaltest.Payment{Amount: amount})
	query := map[string]string{"start_date": "2026-03-01T05:00:00Z", "end_date": "2026-03-01T20:00:00Z"}
	_, body := c.search(query)
	assert.EqualValues(t, 0, body["total_items"])
	status, object := c.get("/v2/payments/captures/" + id)
	assert.Equal(t, 200, status, "the Payments API has it at once")
	assert.Equal(t, "COMPLETED", object["status"])
	c.Clock.Advance(3 * time.Hour)
	_, body = c.search(query)
	assert.EqualValues(t, 1, body["total_items"])
}

func TestObjectsFollowTheirRefunds(t *testing.T) {
	t.Parallel()
	c := newCaller(t, paypaltest.Config{})
	money := func(s string) paylinks.Money {
		m, err := paylinks.ParseMoney(s, paylinks.USD)
		require.NoError(t, err)
		return m
	}
	id := c.Pay(paypaltest.Payment{Amount: money("5.00")})
	for _, step := range []struct{ refund, total, status string }{{"2.00", "2.00", "PARTIALLY_REFUNDED"}, {"3.00", "5.00", "REFUNDED"}} {
		refund := c.Refund(id, money(step.refund), now())
		_, object := c.get("/v2/payments/captures/" + id)
		assert.Equal(t, step.status, object["status"])
		_, object = c.get("/v2/payments/refunds/" + refund)
		breakdown, ok := object["seller_payable_breakdown"].(map[string]any)
		require.True(t, ok)
		assert.Equal(t, map[string]any{"currency_code": "USD", "value": step.total}, breakdown["total_refunded_amount"])
	}
	for _, path := range []string{"captures/SIM00000000000099", "refunds/" + id, "authorizations/" + id} {
		status, body := c.get("/v2/payments/" + path)
		assert.Equal(t, 404, status, path)
		assert.Equal(t, "RESOURCE_NOT_FOUND", body["name"], path)
	}
}

// The made-up history is the same whichever way it's asked for.
func TestAHistoryIsMadeUpAsItIsAskedFor(t *testing.T) {
	t.Parallel()
	const payments = 200_000
	c := newCaller(t, paypaltest.Config{
		History: payments, MaxRows: 300_000, HistoryFrom: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), HistoryTo: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	})
	_, first := c.search(map[string]string{"page_size": "500"})
	total, ok := first["total_items"].(float64)
	require.True(t, ok)
	assert.Equal(t, payments+(payments-1)/19, int(total))
	_, last := c.search(map[string]string{"page_size": "500", "page": fmt.Sprint(first["total_pages"])})
	rows, ok := last["transaction_details"].([]any)
	require.True(t, ok)
	assert.Len(t, rows, int(total)%500)

	row, ok := rows[0].(map[string]any)["transaction_info"].(map[string]any)
	require.True(t, ok)
	_, alone := c.search(map[string]string{"transaction_id": row["transaction_id"].(string)})
	assert.Equal(t, []any{rows[0]}, alone["transaction_details"])
	status, _ := c.get("/v2/payments/captures/PAY00000000000000")
	assert.Equal(t, 200, status)
}

func TestTooManyRowsAreRefused(t *testing.T) {
	t.Parallel()
	c := newCaller(t, paypaltest.Config{
		History: 20_000, HistoryFrom: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), HistoryTo: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	})
	status, body := c.search(nil)
	assert.Equal(t, 400, status)
	assert.Equal(t, "RESULTSET_TOO_LARGE", body["name"])
}
