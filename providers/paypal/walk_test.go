package paypal_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/walktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

func TestTheRequestsOfAWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	f.whole(t)
	require.Len(t, f.All(), 2)
	var text strings.Builder
	for _, req := range f.All() {
		fmt.Fprintf(&text, "%s %s://%s%s\n", req.Method, req.URL.Scheme, req.URL.Host, req.URL.RequestURI())
		for _, name := range []string{"Authorization", "Accept", "Content-Type"} {
			if value := req.Header.Get(name); value != "" {
				fmt.Fprintf(&text, "%s: %s\n", name, value)
			}
		}
		fmt.Fprintln(&text, string(req.Sent))
	}
	goldentest.Text(t, "requests.txt", text.String())
}

func TestEnvironmentsAndTheirHosts(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*paypal.Config){
		"https://api-m.sandbox.paypal.com": func(c *paypal.Config) { c.Environment = paypal.Sandbox },
		"https://api-m.paypal.com":         func(c *paypal.Config) { c.Environment = paypal.Live },
		"http://127.0.0.1:9":               func(c *paypal.Config) { c.BaseURL = "http://127.0.0.1:9/" },
	} {
		f := newFar()
		f.lists()
		f.whole(t, change)
		for _, req := range f.All() {
			assert.Equal(t, want, req.URL.Scheme+"://"+req.URL.Host)
		}
	}
}

// windows are the searches' windows as day-of-year pairs would be hard to read: as times.
func windows(f far) [][2]string {
	var list [][2]string
	for _, query := range f.searches() {
		list = append(list, [2]string{query.Get("start_date"), query.Get("end_date")})
	}
	return list
}

func TestWindowsAreOf31DaysAtMostAndNewestFirst(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	w := walktest.Of(t, f.gateway(t), paylinks.PaymentsQuery{From: time.Date(2025, 12, 15, 0, 0, 0, 0, time.UTC), To: day(28)})
	require.NoError(t, w.Err)
	assert.Equal(t, [][2]string{
		{"2026-01-28T00:00:00Z", "2026-02-28T00:00:00Z"},
		{"2025-12-28T00:00:00Z", "2026-01-28T00:00:00Z"},
		{"2025-12-15T00:00:00Z", "2025-12-28T00:00:00Z"},
	}, windows(f))
}

func TestAWalkEndsThreeHoursAgo(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	gateway := f.gateway(t)
	require.NoError(t, walktest.Of(t, gateway, paylinks.PaymentsQuery{From: march().Add(-24 * time.Hour), To: march()}).Err)
	assert.Equal(t, [][2]string{{"2026-02-28T09:00:00Z", "2026-03-01T06:00:00Z"}}, windows(f))

	require.NoError(t, walktest.Of(t, gateway, paylinks.PaymentsQuery{From: march().Add(-2 * time.Hour), To: march()}).Err)
	assert.Len(t, f.searches(), 1, "there's nothing to ask for yet")
}

func TestAWalkGoesBackThreeYears(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	w := walktest.Of(t, f.gateway(t), paylinks.PaymentsQuery{From: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), To: day(28)})
	require.NoError(t, w.Err)
	all := windows(f)
	assert.Equal(t, "2023-03-01T09:00:00Z", all[len(all)-1][0])
}

func TestTimesAreRoundedToThePagesSeconds(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	query := paylinks.PaymentsQuery{From: day(1).Add(time.Millisecond), To: day(2).Add(time.Millisecond)}
	require.NoError(t, walktest.Of(t, f.gateway(t), query).Err)
	assert.Equal(t, [][2]string{{"2026-02-01T00:00:01Z", "2026-02-02T00:00:01Z"}}, windows(f))
}

// A month of too many rows is cut until each part can be listed: by PayPal's error, and by its count.
func TestALargeWindowIsCut(t *testing.T) {
	t.Parallel()
	const payments = 300
	for name, c := range map[string]struct{ theirs, ours int }{"PayPal refuses": {40, 0}, "too many to hold": {0, 40}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simulator := paypaltest.New(paypaltest.Config{
				Now: march, MaxRows: c.theirs, History: payments, HistoryFrom: day(1), HistoryTo: day(28),
			})
			server := httptest.NewServer(simulator)
			t.Cleanup(server.Close)
			f := newFar()
			gateway := f.gateway(t, func(config *paypal.Config) {
				config.ClientID, config.ClientSecret, config.BaseURL, config.HTTPClient = paypaltest.ClientID, paypaltest.ClientSecret, server.URL, server.Client()
				config.MaxRows = c.ours
			})
			w := walktest.Of(t, gateway, february())
			require.NoError(t, w.Err)
			ids := map[string]bool{}
			for _, p := range w.Payments {
				ids[p.ID] = true
			}
			assert.Len(t, ids, payments)
			assert.Len(t, w.Payments, payments, "each comes once")
			assert.Less(t, simulator.Calls.Count(paypaltest.OpTransactions), 40, "what was learnt of the size holds for the windows that follow")
		})
	}
}

func TestAMinuteThatIsTooLargeEndsTheWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("GET /v1/reporting/transactions", 400, `{"name":"RESULTSET_TOO_LARGE","message":"Result set size is greater than the maximum limit."}`)
	w := walktest.Of(t, f.gateway(t), february())
	failure := providerError(t, w.Err)
	assert.Equal(t, paylinks.RefusedRequest, failure.Refusal)
	assert.Equal(t, "RESULTSET_TOO_LARGE", failure.Code)
	all := windows(f)
	first, err := time.Parse(time.RFC3339, all[len(all)-1][0])
	require.NoError(t, err)
	assert.Equal(t, day(28).Add(-time.Minute), first)
}

const notAvailable = `{"name":"INVALID_REQUEST","message":"Data for the given start date is not available.","debug_id":"d-1","details":[]}`

func TestDataThatIsNotThereYetIsNoError(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("GET /v1/reporting/transactions", 400, notAvailable)
	gateway := f.gateway(t)
	w := walktest.Of(t, gateway, paylinks.PaymentsQuery{From: march().Add(-6 * time.Hour), To: march()})
	require.NoError(t, w.Err)
	assert.Empty(t, w.Payments)

	w = walktest.Of(t, gateway, february())
	failure := providerError(t, w.Err)
	assert.Equal(t, paylinks.RefusedRequest, failure.Refusal, "a month ago it should be there")
}

func TestPagesAreReadFromOneToTheLast(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.Do("GET /v1/reporting/transactions", func(req walktest.Call) walktest.Answer {
		number := req.URL.Query().Get("page")
		return walktest.Answer{Status: 200, Body: fmt.Sprintf(`{"transaction_details":[%s],"total_items":3,"total_pages":3}`, row(t, fields{"transaction_id": "8RW0000000000000" + number}))}
	})
	payments := f.whole(t, func(c *paypal.Config) { c.PageSize = 1 })
	require.Len(t, payments, 3)
	for i, query := range f.searches() {
		assert.Equal(t, strconv.Itoa(i+1), query.Get("page"))
		assert.Equal(t, "1", query.Get("page_size"))
		assert.Equal(t, fmt.Sprintf("8RW0000000000000%d", i+1), payments[i].ID)
	}
	assert.Equal(t, "2026-02-01T00:00:00Z/2026-02-28T00:00:00Z", payments[2].Checkpoint, "the window is told")
}

// A refund months after its payment lies in another window of the same walk.
func TestARefundMonthsLaterIsInItsPayment(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t)
	from := time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)
	early := simulator.Pay(paypaltest.Payment{At: from.Add(time.Hour), Amount: usd(t, "50.00"), Invoice: "INV-1"})
	simulator.Refund(early, usd(t, "20.00"), day(10))
	simulator.Refund(early, usd(t, "5.00"), day(20))
	late := simulator.Pay(paypaltest.Payment{At: day(12), Amount: usd(t, "7.00"), Invoice: "INV-2"})

	w := walktest.Of(t, gateway, paylinks.PaymentsQuery{From: from, To: day(28)})
	require.NoError(t, w.Err)
	require.Len(t, w.Payments, 2, "each once")
	assert.Equal(t, late, w.Payments[0].ID, "newest window first")
	assert.Equal(t, early, w.Payments[1].ID)
	assert.Equal(t, "25.00", w.Payments[1].Refunded.String())
	assert.Equal(t, day(20), w.Payments[1].UpdatedAt)
	assert.Zero(t, simulator.Calls.Count(paypaltest.OpCapture), "its rows tell all")

	query := paylinks.PaymentsQuery{From: from, To: day(28), Resume: w.Payments[0].Checkpoint}
	again := walktest.Of(t, gateway, query)
	require.NoError(t, again.Err)
	assert.Equal(t, w.Payments[1:], again.Payments, "a resumed walk knows of the refunds in what was told")
}

// As time goes on between a walk and its continuation, the end of both stays where it was.
func TestAResumedWalkKeepsItsEnd(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	gateway := f.gateway(t)
	query := paylinks.PaymentsQuery{From: day(1), To: march(), Resume: "2026-02-20T00:00:00Z/2026-02-25T00:00:00Z"}
	require.NoError(t, walktest.Of(t, gateway, query).Err)
	assert.Equal(t, [][2]string{{"2026-02-20T00:00:00Z", "2026-02-25T00:00:00Z"}, {"2026-02-01T00:00:00Z", "2026-02-20T00:00:00Z"}}, windows(f))
}

func TestForeignCheckpointsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFar()
	for _, resume := range []string{"x", "2026-02-20T00:00:00Z", "2026-02-20T00:00:00Z/", "2026-02-20T00:00:00Z/2026-02-19T00:00:00Z", "ch_1"} {
		query := february()
		query.Resume = resume
		w := walktest.Of(t, f.gateway(t), query)
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, w.Err).Refusal, resume)
	}
	assert.Empty(t, f.All())
}

func TestCallsKeepTheirDistance(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	query := paylinks.PaymentsQuery{From: time.Date(2025, 12, 15, 0, 0, 0, 0, time.UTC), To: day(28)}
	require.NoError(t, walktest.Of(t, f.gateway(t, func(c *paypal.Config) { c.Interval = 0 }), query).Err)
	assert.Equal(t, []time.Duration{1500 * time.Millisecond, 1500 * time.Millisecond}, f.Waits(), "40 a minute, three calls")
}

func TestALoopThatBreaksEndsTheWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(row(t, nil), row(t, fields{"transaction_id": "8RW00000000000002"}))
	for _, err := range f.gateway(t).Payments(t.Context(), paylinks.PaymentsQuery{From: day(1).AddDate(-1, 0, 0), To: day(28)}) {
		require.NoError(t, err)
		break
	}
	assert.Len(t, f.searches(), 1)
}

func TestAnEndedContextMakesNoCall(t *testing.T) {
	t.Parallel()
	f := newFar()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := walktest.Under(ctx, t, f.gateway(t), february())
	require.ErrorIs(t, w.Err, context.Canceled)
	assert.Empty(t, f.All())
}

// simulated is a gateway on a simulator whose clock shows the first of March.
func simulated(t *testing.T, change ...func(*paypal.Config)) (*paypaltest.Server, *paypal.Gateway) {
	t.Helper()
	simulator := paypaltest.New(paypaltest.Config{Now: march})
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	f := newFar()
	return simulator, f.gateway(t, append([]func(*paypal.Config){func(config *paypal.Config) {
		config.ClientID, config.ClientSecret, config.BaseURL, config.HTTPClient = paypaltest.ClientID, paypaltest.ClientSecret, server.URL, server.Client()
	}}, change...)...)
}

func usd(t *testing.T, s string) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(s, paylinks.USD)
	require.NoError(t, err)
	return m
}

// A row may have a note of 4,000 characters.
func TestTheLargestPageIsReadWhole(t *testing.T) {
	t.Parallel()
	const largestPage = 500
	var rows []string
	for i := range largestPage {
		rows = append(rows, row(t, fields{"transaction_id": fmt.Sprintf("8RW%014d", i), "transaction_note": strings.Repeat("x", 4_000)}))
	}
	f := newFar()
	f.lists(rows...)
	assert.Len(t, f.whole(t), largestPage)
	assert.Len(t, f.searches(), 1)
}
