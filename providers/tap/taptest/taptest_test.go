package taptest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
	"github.com/paylinks/paylinks-go/providers/tap/taptest"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// call makes a request to a simulator with its key, and returns status and body.
func call(t *testing.T, sim *taptest.Server, method, path, body string, change ...func(*http.Request)) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+taptest.SecretKey)
	req.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(req)
	}
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, req)
	answer, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return w.Code, string(answer)
}

// list is the body of a list call over a span from start on.
func list(span time.Duration, limit, after string) string {
	return fmt.Sprintf(`{"period":{"date":{"from":"%d","to":"%d"},"type":"1"},"limit":%q,"order":"chronological","order_by":"date","starting_after":%q}`,
		start.UnixMilli(), start.Add(span).UnixMilli(), limit, after)
}

func TestItIsStrict(t *testing.T) {
	t.Parallel()
	day := list(24*time.Hour, "50", "")
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, tt := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status             int
		code               string
	}{
		"a list":                 {"POST", "/v2/charges/list", day, nil, 200, ""},
		"as GET":                 {"GET", "/v2/charges/list", "", nil, 404, "1144"},
		"no key":                 {"POST", "/v2/charges/list", day, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "7022"},
		"another key":            {"POST", "/v2/charges/list", day, header("Authorization", "Bearer sk_test_x"), 401, "2104"},
		"no content type":        {"POST", "/v2/charges/list", day, header("Content-Type", "text/plain"), 400, "1100"},
		"no JSON":                {"POST", "/v2/charges/list", "{", nil, 400, "2100"},
		"no period":              {"POST", "/v2/charges/list", `{"limit":"50","order":"chronological"}`, nil, 400, "1103"},
		"times as numbers":       {"POST", "/v2/charges/list", `{"period":{"date":{"from":1,"to":2},"type":"1"},"limit":"50","order":"chronological"}`, nil, 400, "1103"},
		"a limit as a number":    {"POST", "/v2/charges/list", strings.Replace(day, `"50"`, "50", 1), nil, 400, "1103"},
		"51 rows":                {"POST", "/v2/charges/list", list(24*time.Hour, "51", ""), nil, 400, "1162"},
		"no rows":                {"POST", "/v2/charges/list", list(24*time.Hour, "0", ""), nil, 400, "1103"},
		"30 days":                {"POST", "/v2/charges/list", list(30*24*time.Hour, "50", ""), nil, 200, ""},
		"more than 30 days":      {"POST", "/v2/charges/list", list(30*24*time.Hour+time.Millisecond, "50", ""), nil, 400, "1103"},
		"to before from":         {"POST", "/v2/charges/list", list(-time.Hour, "50", ""), nil, 400, "1103"},
		"after a charge unknown": {"POST", "/v2/charges/list", list(24*time.Hour, "50", "chg_x"), nil, 400, "1143"},
		"refunds":                {"POST", "/v2/refunds/list", day, nil, 200, ""},
		"after a refund unknown": {"POST", "/v2/refunds/list", list(24*time.Hour, "50", "re_x"), nil, 400, "1159"},
		"a charge":               {"GET", "/v2/charges/chg_TSH000000000", "", nil, 200, ""},
		"a charge unknown":       {"GET", "/v2/charges/chg_TSH000000100", "", nil, 404, "1144"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := taptest.New(taptest.Config{History: 100, Start: start})
			var change []func(*http.Request)
			if tt.change != nil {
				change = append(change, tt.change)
			}
			status, body := call(t, sim, tt.method, tt.path, tt.body, change...)
			assert.Equal(t, tt.status, status, body)
			if tt.code != "" {
				assert.Contains(t, body, `"code":"`+tt.code+`"`)
			}
		})
	}
}

func TestAnEmptyListIs400(t *testing.T) {
	t.Parallel()
	sim := taptest.New(taptest.Config{})
	for path, text := range map[string]string{"/v2/charges/list": "Charges not found", "/v2/refunds/list": "Refunds not found"} {
		status, body := call(t, sim, "POST", path, list(time.Hour, "50", ""))
		assert.Equal(t, 400, status)
		assert.Contains(t, body, text)
	}
}

type answered struct {
	Count   int                           `json:"count"`
	HasMore bool                          `json:"has_more"`
	Charges []struct{ ID, Status string } `json:"charges"`
	Refunds []struct{ ID string }         `json:"refunds"`
}

// walk reads a list page by page and returns the ids in their order.
func walk(t *testing.T, sim *taptest.Server, path, limit string) []string {
	t.Helper()
	var ids []string
	after := ""
	for {
		status, body := call(t, sim, "POST", path, list(24*time.Hour, limit, after))
		require.Equal(t, 200, status, body)
		var page answered
		require.NoError(t, json.Unmarshal([]byte(body), &page))
		for _, charge := range page.Charges {
			ids = append(ids, charge.ID)
		}
		for _, refund := range page.Refunds {
			ids = append(ids, refund.ID)
		}
		require.Equal(t, page.Count, len(page.Charges)+len(page.Refunds))
		if !page.HasMore {
			return ids
		}
		after = ids[len(ids)-1]
	}
}

// Rows that were added stand among those that are made up, by time, whatever the page size.
func TestListsAreInOrder(t *testing.T) {
	t.Parallel()
	sim := taptest.New(taptest.Config{History: 47, Start: start, Step: time.Minute})
	amount, err := paylinks.ParseMoney("5.00", paylinks.SAR)
	require.NoError(t, err)
	for _, minutes := range []int{100, 3, 20} {
		sim.Add(taptest.Charge{
			ID: fmt.Sprintf("chg_added_%03d", minutes), Amount: amount, CreatedAt: start.Add(time.Duration(minutes)*time.Minute + time.Second),
			Refunds: []taptest.Refund{{ID: fmt.Sprintf("re_added_%03d", minutes), Amount: amount, CreatedAt: start.Add(time.Duration(minutes)*time.Minute + time.Second)}},
		})
	}
	var want []string
	for n := range 47 {
		want = append(want, fmt.Sprintf("chg_TSH%09d", n))
		if n == 3 || n == 20 {
			want = append(want, fmt.Sprintf("chg_added_%03d", n))
		}
	}
	want = append(want, "chg_added_100")
	refunds := []string{"re_added_003", "re_TSH000000000", "re_TSH000000001", "re_added_020", "re_TSH000000002", "re_TSH000000003", "re_added_100"}
	for _, limit := range []string{"1", "7", "50"} {
		assert.Equal(t, want, walk(t, sim, "/v2/charges/list", limit), limit)
		assert.Equal(t, refunds, walk(t, sim, "/v2/refunds/list", limit), limit)
	}
}

func TestWebhooksProveThemselves(t *testing.T) {
	t.Parallel()
	sim := taptest.New(taptest.Config{WebhookURL: "https://shop.example/hook"})
	gateway, err := tap.New(tap.Config{SecretKey: taptest.SecretKey})
	require.NoError(t, err)
	amount, err := paylinks.ParseMoney("1.500", paylinks.KWD)
	require.NoError(t, err)
	id := sim.Add(taptest.Charge{Amount: amount, Status: "INITIATED"})
	assert.Empty(t, sim.Webhooks.Pending(), "Tap tells nobody of a charge that was begun")
	require.NoError(t, sim.SetStatus(id, "CAPTURED"))
	pending := sim.Webhooks.Pending()
	require.Len(t, pending, 1)

	got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: pending[0].Header, Body: pending[0].Body})
	require.NoError(t, err)
	assert.Equal(t, id, got.Ref.PaymentID)
	assert.Equal(t, "charge.captured", got.Type)

	header, body, err := sim.Webhook(id)
	require.NoError(t, err)
	assert.Equal(t, pending[0].Header, header)
	assert.Equal(t, pending[0].Body, body)
	_, _, err = sim.Webhook("chg_x")
	assert.Error(t, err)
}

func TestControlsKnowTheirCharges(t *testing.T) {
	t.Parallel()
	sim := taptest.New(taptest.Config{})
	amount, err := paylinks.ParseMoney("10.00", paylinks.SAR)
	require.NoError(t, err)
	id := sim.Add(taptest.Charge{Amount: amount, Reference: "order-1"})
	require.NoError(t, sim.AddRefund(id, taptest.Refund{Amount: amount}))
	require.NoError(t, sim.AddRefund(id, taptest.Refund{Amount: amount, Status: "DECLINED"}))
	charges := sim.Charges()
	require.Len(t, charges, 1)
	assert.Equal(t, "10.00", charges[0].Refunded().String(), "a declined refund is none")
	for _, err := range []error{
		sim.AddRefund("chg_x", taptest.Refund{Amount: amount}), sim.SetStatus("chg_x", "VOID"), sim.Touch("chg_x"), sim.Spoil("chg_x", true),
	} {
		assert.Error(t, err)
	}
}

// A long history takes no memory: it's made up where it's asked for.
func TestALongHistory(t *testing.T) {
	t.Parallel()
	const charges = 500_000_000
	sim := taptest.New(taptest.Config{History: charges, Start: start.Add(-(charges - 3) * time.Second), Step: time.Second})
	for path, want := range map[string][]string{
		"/v2/charges/list": {"chg_TSH499999997", "chg_TSH499999998", "chg_TSH499999999"},
		"/v2/refunds/list": {"re_TSH049999996", "re_TSH049999997", "re_TSH049999998", "re_TSH049999999"},
	} {
		assert.Equal(t, want, walk(t, sim, path, "50"), path)
	}
}
