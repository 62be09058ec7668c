package hyperpaytest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

func now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

type caller struct {
	*hyperpaytest.Server
	t     *testing.T
	token string
}

func newCaller(t *testing.T, config hyperpaytest.Config) *caller {
	t.Helper()
	config.Now = now
	return &caller{Server: hyperpaytest.New(config), t: t, token: hyperpaytest.AccessToken}
}

// answer is an answer in any form.
type answer struct {
	Result   struct{ Code string }
	Records  []map[string]any
	Payments []map[string]any
	Pages    int
	ID       string
}

func (c *caller) get(path string, query map[string]string) (int, answer) {
	c.t.Helper()
	values := url.Values{"entityId": {hyperpaytest.EntityID}}
	for name, value := range query {
		values.Set(name, value)
	}
	req := httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, path+"?"+values.Encode(), nil)
	req.Header.Set("Authorization", "Bearer "+c.token)
	recorder := httptest.NewRecorder()
	c.ServeHTTP(recorder, req)
	var body answer
	require.NoError(c.t, json.Unmarshal(recorder.Body.Bytes(), &body), "%s", recorder.Body)
	return recorder.Code, body
}

func (c *caller) byDate(query map[string]string) (int, answer) {
	c.t.Helper()
	all := map[string]string{"date.from": "2026-02-01 00:00:00", "date.to": "2026-03-01 00:00:00"}
	for name, value := range query {
		all[name] = value
	}
	return c.get("/v3/query", all)
}

func sar(t *testing.T, s string) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(s, paylinks.SAR)
	require.NoError(t, err)
	return m
}

func TestTokensAndEntitiesAreChecked(t *testing.T) {
	t.Parallel()
	c := newCaller(t, hyperpaytest.Config{})
	for _, query := range []map[string]string{{"entityId": "8ac7a4c90000000000000000000000ff"}, {"entityId": ""}} {
		status, body := c.byDate(query)
		assert.Equal(t, 401, status)
		assert.Equal(t, "800.900.300", body.Result.Code)
	}
	c.token = "x"
	status, _ := c.byDate(nil)
	assert.Equal(t, 401, status)
}

func TestQueriesByDateAreStrict(t *testing.T) {
	t.Parallel()
	c := newCaller(t, hyperpaytest.Config{})
	for name, query := range map[string]map[string]string{
		"no from": {"date.from": ""}, "another form": {"date.to": "2026-03-01T00:00:00Z"}, "backwards": {"date.to": "2026-01-01 00:00:00"},
		"page 0": {"pageNo": "0"}, "no page": {"pageNo": "x"}, "no limit": {"limit": "0"}, "a large limit": {"limit": "501"},
	} {
		status, body := c.byDate(query)
		assert.Equal(t, 400, status, name)
		assert.Equal(t, "200.300.404", body.Result.Code, name)
	}
	status, body := c.byDate(nil)
	assert.Equal(t, 404, status)
	assert.Equal(t, "700.400.580", body.Result.Code)
}

func TestAnEntitySeesItsOwnOperations(t *testing.T) {
	t.Parallel()
	c := newCaller(t, hyperpaytest.Config{})
	at := now().AddDate(0, 0, -2)
	paid := c.Pay(hyperpaytest.Payment{Entity: hyperpaytest.MadaEntityID, At: at, Amount: sar(t, "5.00"), Reference: "cart-1"})
	refund := c.Follow(paid, "RF", sar(t, "1.00"), at.Add(time.Hour), "")
	_, body := c.byDate(map[string]string{"entityId": hyperpaytest.MadaEntityID})
	require.Len(t, body.Records, 2)
	assert.Equal(t, paid, body.Records[0]["id"])
	assert.Equal(t, paid, body.Records[1]["referencedId"])
	status, _ := c.byDate(nil)
	assert.Equal(t, 404, status)

	mada := map[string]string{"entityId": hyperpaytest.MadaEntityID}
	_, body = c.get("/v3/query/"+paid, mada)
	assert.Len(t, body.Records, 1, "relatives only where they're asked for")
	mada["includeLinkedTransactions"] = "true"
	for _, id := range []string{paid, refund} {
		_, body = c.get("/v3/query/"+id, mada)
		assert.Len(t, body.Records, 2)
	}
	_, body = c.get("/v1/query/"+paid, mada)
	assert.Equal(t, paid, body.ID, "the former version is one flat object")
	mada["merchantTransactionId"] = "cart-1"
	_, body = c.get("/v1/query", mada)
	assert.Len(t, body.Payments, 2)
	_, body = c.get("/v3/query", mada)
	assert.Len(t, body.Records, 2)
}

func TestTheThrottleFollowsTheClock(t *testing.T) {
	t.Parallel()
	c := newCaller(t, hyperpaytest.Config{QueriesPerMinute: 2, NotFound: 200})
	for _, step := range []struct {
		later  time.Duration
		status int
	}{{0, 200}, {0, 200}, {0, 429}, {59 * time.Second, 429}, {time.Second, 200}} {
		c.Clock.Advance(step.later)
		status, body := c.byDate(nil)
		assert.Equal(t, step.status, status)
		assert.Equal(t, step.status == 429, body.Result.Code == "800.120.100")
	}
}

// The made-up history is the same whichever way it's asked for.
func TestAHistoryIsMadeUpAsItIsAskedFor(t *testing.T) {
	t.Parallel()
	const payments = 200_000
	c := newCaller(t, hyperpaytest.Config{History: payments})
	_, first := c.byDate(map[string]string{"limit": "500", "date.from": "2025-12-01 00:00:00", "date.to": "2026-03-01 09:00:00"})
	total, followers := 0, 0
	for _, page := range []string{"1", "2", "300"} {
		_, body := c.byDate(map[string]string{"limit": "500", "date.from": "2025-12-01 00:00:00", "date.to": "2026-03-01 09:00:00", "pageNo": page})
		for _, row := range body.Records {
			total++
			if referenced, ok := row["referencedId"].(string); ok {
				followers++
				_, family := c.get("/v3/query/"+referenced, map[string]string{"includeLinkedTransactions": "true"})
				require.GreaterOrEqual(t, len(family.Records), 2)
				assert.Contains(t, family.Records, row, "a payment's family has the operation that refers to it")
			}
		}
	}
	assert.Equal(t, 1_500, total)
	assert.Equal(t, total/20, followers)
	assert.Equal(t, (payments+(payments-1)/19+499)/500, first.Pages)
}
