package stripetest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

// get calls the simulator and reads its answer.
func get(t *testing.T, server http.Handler, target string, header http.Header) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.Header = http.Header{"Authorization": {"Bearer " + stripetest.SecretKey}, "Stripe-Version": {"2026-03-25.dahlia"}}
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var body map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	return w.Code, body
}

func TestTheSimulatorIsStrict(t *testing.T) {
	t.Parallel()
	server := stripetest.New(stripetest.Config{History: 5})
	for name, c := range map[string]struct {
		target string
		header http.Header
		status int
	}{
		"right":                 {"/v1/payment_intents?limit=100&expand[]=data.latest_charge", nil, 200},
		"numbered":              {"/v1/payment_intents?expand[0]=data.latest_charge", nil, 200},
		"basic":                 {"/v1/payment_intents", http.Header{"Authorization": {"Basic c2tfdGVzdF9zaW11bGF0ZWRTdHJpcGUwMDAwMDAwMDAxOg=="}}, 200},
		"no key":                {"/v1/payment_intents", http.Header{"Authorization": nil}, 401},
		"a wrong key":           {"/v1/payment_intents", http.Header{"Authorization": {"Bearer sk_test_x"}}, 401},
		"no version":            {"/v1/payment_intents", http.Header{"Stripe-Version": nil}, 400},
		"another account":       {"/v1/payment_intents", http.Header{"Stripe-Account": {"acct_1"}}, 403},
		"too many a page":       {"/v1/payment_intents?limit=101", nil, 400},
		"none a page":           {"/v1/payment_intents?limit=0", nil, 400},
		"an unknown parameter":  {"/v1/payment_intents?status=succeeded", nil, 400},
		"a bad time":            {"/v1/payment_intents?created[gte]=2026-01-01", nil, 400},
		"an unknown expansion":  {"/v1/payment_intents?expand[]=latest_charge", nil, 400},
		"an unknown start":      {"/v1/payment_intents?starting_after=pi_x", nil, 400},
		"an unknown payment":    {"/v1/payment_intents/pi_x", nil, 404},
		"a made up one":         {"/v1/payment_intents/pi_history000000004", nil, 200},
		"one past the last":     {"/v1/payment_intents/pi_history000000005", nil, 404},
		"no such call":          {"/v1/payments", nil, 404},
		"refunds of a payment":  {"/v1/refunds?payment_intent=pi_1", nil, 200},
		"payments of a payment": {"/v1/payment_intents?payment_intent=pi_1", nil, 400},
	} {
		status, body := get(t, server, c.target, c.header)
		assert.Equal(t, c.status, status, name)
		_, failed := body["error"]
		assert.Equal(t, status != 200, failed, name)
	}
}

// What is made up is paged as what is added: every window and page size gives each payment once, newest first.
func TestTheHistoryIsAList(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	server := stripetest.New(stripetest.Config{History: 50, HistoryEnd: end, HistoryStep: 7 * time.Second})
	newest, err := server.Add(stripetest.Payment{Created: end.Add(time.Second)})
	require.NoError(t, err)
	_, err = server.Add(stripetest.Payment{Created: end})
	require.Error(t, err, "the history is older than all that is added")

	for _, window := range [][2]int64{{-1000, 1000}, {-343, 1}, {-342, 0}, {-100, -7}, {-99, -8}, {-7, -1}, {2, 9}, {-2000, -344}} {
		var want []string
		if window[1] >= 1 && window[0] <= 1 {
			want = append(want, newest.ID)
		}
		for i := range int64(50) {
			if at := -7 * i; at >= window[0] && at <= window[1] {
				want = append(want, fmt.Sprintf("pi_history%09d", i))
			}
		}
		for _, limit := range []int{1, 7, 100} {
			var got []string
			query := url.Values{
				"limit":        {strconv.Itoa(limit)},
				"created[gte]": {strconv.FormatInt(end.Unix()+window[0], 10)}, "created[lte]": {strconv.FormatInt(end.Unix()+window[1], 10)},
			}
			for more := true; more; {
				status, body := get(t, server, "/v1/payment_intents?"+query.Encode(), nil)
				require.Equal(t, http.StatusOK, status)
				for _, row := range body["data"].([]any) {
					got = append(got, row.(map[string]any)["id"].(string))
				}
				if more = body["has_more"].(bool); more {
					query.Set("starting_after", got[len(got)-1])
				}
			}
			assert.Equal(t, want, got, "window %v, %d a page", window, limit)
		}
	}
}
