package moyasartest_test

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

	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

type answer struct {
	Type     string
	Payments []struct{ ID string }
	Meta     struct {
		NextPage   *int `json:"next_page"`
		TotalCount int  `json:"total_count"`
	}
}

// get calls the simulator with a key and reads its answer.
func get(t *testing.T, server http.Handler, target, key, password string) (int, answer) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.SetBasicAuth(key, password)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var body answer
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	return w.Code, body
}

func TestTheSimulatorIsStrict(t *testing.T) {
	t.Parallel()
	server := moyasartest.New(moyasartest.Config{History: 5})
	for name, c := range map[string]struct {
		target, key, password string
		status                int
	}{
		"right":              {"/v1/payments?page=1", moyasartest.SecretKey, "", 200},
		"a wrong key":        {"/v1/payments", "sk_test_x", "", 401},
		"a password":         {"/v1/payments", moyasartest.SecretKey, "x", 401},
		"a page size":        {"/v1/payments?limit=100", moyasartest.SecretKey, "", 400},
		"page 0":             {"/v1/payments?page=0", moyasartest.SecretKey, "", 400},
		"a bad time":         {"/v1/payments?updated[gt]=yesterday", moyasartest.SecretKey, "", 400},
		"an unknown payment": {"/v1/payments/x", moyasartest.SecretKey, "", 404},
		"no such call":       {"/v2/payments", moyasartest.SecretKey, "", 404},
	} {
		status, body := get(t, server, c.target, c.key, c.password)
		assert.Equal(t, c.status, status, name)
		assert.Equal(t, status != 200, body.Type != "", name)
	}
}

// What is made up is paged as what is added: every window gives each payment once, newest first.
func TestTheHistoryIsAList(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	server := moyasartest.New(moyasartest.Config{History: 100, HistoryEnd: end, HistoryStep: 7 * time.Millisecond})
	newest, err := server.Add(moyasartest.Payment{Created: end.Add(time.Millisecond)})
	require.NoError(t, err)
	_, err = server.Add(moyasartest.Payment{Created: end})
	require.Error(t, err, "the history is older than all that is added")

	for _, window := range [][2]int{{-1000, 1000}, {-693, 1}, {-692, 0}, {-100, -7}, {-99, -8}, {-6, -1}, {2, 9}, {-2000, -694}} {
		want := []string{}
		if window[1] >= 1 && window[0] <= 1 {
			want = append(want, newest.ID)
		}
		for i := range 100 {
			if at := -7 * i; at >= window[0] && at <= window[1] {
				want = append(want, fmt.Sprintf("0e100000-0000-4000-8000-%012x", i))
			}
		}
		for _, filter := range []string{"created", "updated"} {
			got, page := []string{}, 1
			for page != 0 {
				bound := func(ms int) string {
					return end.Add(time.Duration(ms) * time.Millisecond).Format("2006-01-02T15:04:05.000Z")
				}
				query := url.Values{"page": {strconv.Itoa(page)}, filter + "[gt]": {bound(window[0])}, filter + "[lt]": {bound(window[1])}}
				status, body := get(t, server, "/v1/payments?"+query.Encode(), moyasartest.SecretKey, "")
				require.Equal(t, http.StatusOK, status)
				assert.Equal(t, len(want), body.Meta.TotalCount)
				for _, row := range body.Payments {
					got = append(got, row.ID)
				}
				page = 0
				if body.Meta.NextPage != nil {
					page = *body.Meta.NextPage
				}
			}
			assert.Equal(t, want, got, "window %v", window)
		}
	}
}
