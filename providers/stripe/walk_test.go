package stripe_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/walktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

// Every request of a walk, as it's pinned: two pages, then what was refunded and disputed.
func TestTheRequestsOfAWalk(t *testing.T) {
	t.Parallel()
	type sent struct {
		Method, Path string
		Query        map[string][]string
		Header       http.Header
	}
	var requests []sent
	simulator := stripetest.New(stripetest.Config{Now: gatewaytest.Now, AccountID: "acct_7"})
	gateway := connect(t, walktest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Clone()
		header.Set("Authorization", strings.Replace(header.Get("Authorization"), stripetest.SecretKey, "KEY", 1))
		header.Del("Accept-Encoding")
		requests = append(requests, sent{r.Method, r.URL.Path, r.URL.Query(), header})
		simulator.ServeHTTP(w, r)
	})), func(c *stripe.Config) { c.AccountID, c.PageSize = "acct_7", 2 })
	for range 3 {
		_, err := simulator.Add(stripetest.Payment{Created: gatewaytest.Query().From, Amount: 100, Received: 100})
		require.NoError(t, err)
	}
	require.Len(t, all(t, gateway), 3)
	goldentest.JSON(t, "walk_requests.json", requests)
}

func TestWhatWasRefundedOrDisputedInTheWindowIsSeenHoweverOld(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t, func(c *stripe.Config) { c.PageSize = 2 })
	query := gatewaytest.Query()
	at := func(when time.Time, status string) string {
		p, err := simulator.Add(stripetest.Payment{Created: when, Amount: 5000, Received: 5000, Status: status})
		require.NoError(t, err)
		return p.ID
	}
	long := query.From.Add(-100 * 24 * time.Hour)
	refunded, disputed, both, untouched, inside, early, afterwards := at(long, ""), at(long, ""), at(long, ""), at(long, ""), at(query.From, ""), at(long, ""), at(long, "")

	refund := func(when time.Time, id string) {
		simulator.Clock.Set(when)
		require.NoError(t, simulator.Refund(id, 1000))
	}
	refund(query.From.Add(-time.Hour), early)
	for _, id := range []string{refunded, both, inside, both, refunded} {
		refund(query.From.Add(time.Hour), id)
	}
	require.NoError(t, simulator.Dispute(disputed, "needs_response"))
	require.NoError(t, simulator.Dispute(both, "lost"))
	refund(query.To, afterwards)
	simulator.Clock.Set(gatewaytest.Now())

	status := map[string]paylinks.PaymentStatus{}
	for _, p := range all(t, gateway) {
		require.NotContains(t, status, p.ID, "each comes once")
		status[p.ID] = p.Status
	}
	assert.Equal(t, map[string]paylinks.PaymentStatus{
		inside: paylinks.PaymentPartiallyRefunded, refunded: paylinks.PaymentPartiallyRefunded,
		both: paylinks.PaymentDisputed, disputed: paylinks.PaymentDisputed,
	}, status)
	assert.NotContains(t, status, untouched)

	only, _ := simulated(t, alone)
	assert.Empty(t, all(t, only))
}

func TestADisputeThatWasWonIsOver(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	disputed := func(statuses ...string) string {
		p, err := simulator.Add(stripetest.Payment{Created: gatewaytest.Query().From, Amount: 5000, Received: 5000})
		require.NoError(t, err)
		for _, status := range statuses {
			require.NoError(t, simulator.Dispute(p.ID, status))
		}
		return p.ID
	}
	want := map[string]paylinks.PaymentStatus{
		disputed("won"): paylinks.PaymentCaptured, disputed("warning_closed"): paylinks.PaymentCaptured, disputed("prevented"): paylinks.PaymentCaptured,
		disputed("lost"): paylinks.PaymentDisputed, disputed("under_review"): paylinks.PaymentDisputed, disputed("won", "needs_response"): paylinks.PaymentDisputed,
	}
	for _, p := range all(t, gateway) {
		assert.Equal(t, want[p.ID], p.Status)
	}
}

// A payment may have 25,000 characters of metadata, twice: a page of them is larger than other providers' answers may be.
func TestAPageOfMuchMetadataIsReadWhole(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	metadata := map[string]string{}
	for _, letter := range "abcdefghijklmnopqrstuvwxyz" {
		metadata[string(letter)] = strings.Repeat(string(letter), 500)
	}
	const many = 120
	for range many {
		_, err := simulator.Add(stripetest.Payment{Created: gatewaytest.Query().From, Amount: 5000, Received: 5000, Metadata: metadata})
		require.NoError(t, err)
	}
	ids := map[string]bool{}
	for _, p := range all(t, gateway) {
		ids[p.ID] = true
	}
	assert.Len(t, ids, many)
	assert.Equal(t, 2, simulator.Calls.Count(stripetest.OpPaymentIntents))
}

func TestAListThatWouldNeverEndIsAnError(t *testing.T) {
	t.Parallel()
	row := intent(t, nil)
	for name, body := range map[string]string{
		"more, and no row":            `{"object":"list","has_more":true,"data":[]}`,
		"more, and no id":             `{"object":"list","has_more":true,"data":[{"object":"payment_intent"}]}`,
		"more, and the same last row": `{"object":"list","has_more":true,"data":[` + row + `]}`,
	} {
		e := failure(t, answering(t, 200, body, alone))
		assert.Equal(t, paylinks.Unreachable, e.Refusal, name)
	}
}

func TestACheckpointOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	query := gatewaytest.Query()
	for _, resume := range []string{"a b", "../x", "pi_1&limit=1", strings.Repeat("x", 300)} {
		query.Resume = resume
		for _, err := range gateway.Payments(t.Context(), query) {
			var e *paylinks.ProviderError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, paylinks.RefusedRequest, e.Refusal)
		}
	}
	assert.Empty(t, simulator.Calls.Calls(), "nothing is asked")
}

func TestAWindowIsOfWholeSeconds(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	query := gatewaytest.Query()
	for i := range 4 {
		_, err := simulator.Add(stripetest.Payment{ID: "pi_" + "abcd"[i:i+1], Created: query.From.Add(time.Duration(i) * time.Second), Amount: 100, Received: 100})
		require.NoError(t, err)
	}
	ids := func(from, to time.Duration) (list []string) {
		for payment, err := range gateway.Payments(t.Context(), paylinks.PaymentsQuery{From: query.From.Add(from), To: query.From.Add(to)}) {
			require.NoError(t, err)
			list = append(list, payment.ID)
		}
		return list
	}
	assert.Equal(t, []string{"pi_c", "pi_b"}, ids(time.Millisecond, 2*time.Second+time.Millisecond))
	assert.Equal(t, []string{"pi_b", "pi_a"}, ids(0, 2*time.Second))
}

func TestALongWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	walktest.LongWait(t, gatewaytest.Query(), func(client *http.Client) (paylinks.Gateway, error) {
		return stripe.New(stripe.Config{SecretKey: stripetest.SecretKey, HTTPClient: client})
	})
}

func TestAWaitThatIsTooLongIsLeftToTheNextSync(t *testing.T) {
	t.Parallel()
	gateway := connect(t, walktest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})))
	e := failure(t, gateway)
	assert.Equal(t, paylinks.RefusedRate, e.Refusal)
	assert.Equal(t, time.Hour, e.RetryAfter)
}
