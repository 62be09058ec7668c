package moyasar_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/walktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

// Every request of a walk, as it's pinned: the second page goes by the time of creation of the last payment of the first one.
func TestTheRequestsOfAWalk(t *testing.T) {
	t.Parallel()
	type sent struct {
		Method, Path string
		Query        map[string][]string
		Header       http.Header
	}
	var requests []sent
	simulator := moyasartest.New(moyasartest.Config{Now: gatewaytest.Now})
	gateway := connect(t, walktest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Clone()
		header.Del("Accept-Encoding")
		requests = append(requests, sent{r.Method, r.URL.Path, r.URL.Query(), header})
		simulator.ServeHTTP(w, r)
	})))
	for i := range moyasartest.PageSize + 1 {
		_, err := simulator.Add(moyasartest.Payment{Created: gatewaytest.Query().From.Add(time.Duration(i) * 1234 * time.Millisecond), Amount: 100})
		require.NoError(t, err)
	}
	require.Len(t, all(t, gateway), moyasartest.PageSize+1)
	goldentest.JSON(t, "walk_requests.json", requests)
}

// A hundred payments of one millisecond are more than a page: no time of creation leads on from there.
func TestPaymentsOfOneMomentAreAllSeen(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	from := gatewaytest.Query().From
	for i := range 140 {
		at := from.Add(time.Hour)
		if i%7 == 0 {
			at = from.Add(time.Duration(i) * time.Minute)
		}
		_, err := simulator.Add(moyasartest.Payment{Created: at, Amount: 100})
		require.NoError(t, err)
	}
	seen := map[string]int{}
	var points []string
	for _, p := range all(t, gateway) {
		seen[p.ID]++
		if p.Checkpoint != "" {
			points = append(points, p.Checkpoint)
		}
	}
	require.Len(t, seen, 140)
	for id, n := range seen {
		assert.Equal(t, 1, n, id)
	}
	for _, point := range points {
		query := gatewaytest.Query()
		query.Resume = point
		rest := map[string]bool{}
		for p, err := range gateway.Payments(t.Context(), query) {
			require.NoError(t, err)
			require.False(t, rest[p.ID])
			rest[p.ID] = true
		}
		assert.Less(t, len(rest), 140)
	}
}

func TestAWindowIsOfTheTimeOfChange(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	query := gatewaytest.Query()
	add := func(created, updated time.Time) string {
		p, err := simulator.Add(moyasartest.Payment{Created: created, Updated: updated, Amount: 100})
		require.NoError(t, err)
		return p.ID
	}
	long := query.From.Add(-200 * 24 * time.Hour)
	inside := []string{add(long, query.From), add(long, query.To.Add(-time.Millisecond)), add(query.From, query.From.Add(time.Hour))}
	add(long, query.From.Add(-time.Millisecond))
	add(long, query.To)
	add(query.From, query.To.Add(time.Hour))

	var got []string
	for _, p := range all(t, gateway) {
		got = append(got, p.ID)
	}
	assert.ElementsMatch(t, inside, got)
}

func TestAListThatWouldNeverEndIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"more, and no row":   `{"payments":[],"meta":{"current_page":1,"next_page":2}}`,
		"more, and the same": `{"payments":[` + row(t, nil) + `],"meta":{"current_page":1,"next_page":1}}`,
	} {
		assert.Equal(t, paylinks.Unreachable, failure(t, answering(t, 200, body)).Refusal, name)
	}
}

func TestACheckpointOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	query := gatewaytest.Query()
	for _, resume := range []string{"x", "1.2", "a.1.", "1.0.", "-1.1.", "1.x.", "1.1.a.b"} {
		query.Resume = resume
		for _, err := range gateway.Payments(t.Context(), query) {
			var e *paylinks.ProviderError
			require.ErrorAs(t, err, &e, resume)
			assert.Equal(t, paylinks.RefusedRequest, e.Refusal)
		}
	}
	assert.Empty(t, simulator.Calls.Calls(), "nothing is asked")
}

func TestALongWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	walktest.LongWait(t, gatewaytest.Query(), func(client *http.Client) (paylinks.Gateway, error) {
		return moyasar.New(moyasar.Config{SecretKey: moyasartest.SecretKey, HTTPClient: client})
	})
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		code    string
		message string
	}{
		"a wrong key":        {401, `{"type":"authentication_error","message":"Invalid","errors":null}`, paylinks.RefusedCredentials, "authentication_error", "MOYASAR_SECRET_KEY"},
		"a key that may not": {403, `{"type":"authentication_error","message":"Invalid"}`, paylinks.RefusedCredentials, "authentication_error", "may not list"},
		"not activated":      {405, `{"type":"account_inactive_error"}`, paylinks.RefusedCredentials, "account_inactive_error", "activated"},
		"a parameter":        {400, `{"type":"invalid_request_error","message":"Validation Failed","errors":{"updated[gt]":["boom"]}}`, paylinks.RefusedRequest, "invalid_request_error", "updated[gt]"},
		"another refusal":    {422, `{"type":"invalid_request_error","errors":["boom"]}`, paylinks.RefusedRequest, "invalid_request_error", "refuses"},
		"not there":          {404, `{"type":"api_error","message":"Object not found"}`, paylinks.RefusedNotFound, "api_error", "doesn't know"},
		"too many":           {429, `{"type":"rate_limit_error"}`, paylinks.RefusedRate, "rate_limit_error", "too many"},
		"failed":             {500, `{"type":"api_error","message":"boom"}`, paylinks.Unreachable, "api_error", "failed"},
		"a gateway's page":   {503, `<html>boom`, paylinks.Unreachable, "", "failed"},
		"a firewall's page":  {400, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"a redirect":         {302, ``, paylinks.Unreachable, "", "BaseURL"},
		"a page with 200":    {200, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"no list":            {200, `{"id":"x"}`, paylinks.Unreachable, "", "not the JSON"},
		"no meta":            {200, `{"payments":[]}`, paylinks.Unreachable, "", "not the JSON"},
		"an empty answer":    {200, ``, paylinks.Unreachable, "", "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := failure(t, answering(t, c.status, c.body))
			assert.Equal(t, c.refusal, e.Refusal)
			assert.Equal(t, c.status, e.Status)
			assert.Equal(t, c.code, e.Code)
			assert.Contains(t, e.Message, c.message)
			assert.Equal(t, paylinks.NotApplied, e.Outcome, "reading changes nothing")
			assert.NotContains(t, e.Error()+e.Err.Error(), "boom", "a provider's text can have anything in it")
		})
	}
}
