package hyperpay_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/walktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

func TestTheRequestsOfAWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(record(t, fields{"result": code("000.200.000")}))
	f.has(rootID, record(t, nil))
	f.whole(t)
	var text strings.Builder
	for _, req := range f.All() {
		fmt.Fprintf(&text, "%s %s://%s%s\n", req.Method, req.URL.Scheme, req.URL.Host, req.URL.RequestURI())
		for _, name := range []string{"Authorization", "Accept"} {
			fmt.Fprintf(&text, "%s: %s\n", name, req.Header.Get(name))
		}
	}
	goldentest.Text(t, "requests.txt", text.String())
}

func TestEnvironmentsAndTheirHosts(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*hyperpay.Config){
		"https://eu-test.oppwa.com": func(c *hyperpay.Config) { c.Environment = hyperpay.Test },
		"https://eu-prod.oppwa.com": func(c *hyperpay.Config) { c.Environment = hyperpay.Live },
		"https://test.oppwa.com":    func(c *hyperpay.Config) { c.BaseURL = "https://test.oppwa.com/" },
	} {
		f := newFar()
		f.whole(t, change)
		require.NotEmpty(t, f.All())
		for _, req := range f.All() {
			assert.Equal(t, want, req.URL.Scheme+"://"+req.URL.Host)
		}
	}
}

// windows are the queries' entities and windows.
func windows(queries []url.Values) []string {
	var list []string
	for _, q := range queries {
		list = append(list, q.Get("entityId")[28:]+" "+q.Get("date.from")+" – "+q.Get("date.to"))
	}
	return list
}

func TestEachEntityIsWalkedADayAtATimeNewestFirst(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists()
	second := "8ac7a4c90000000000000000000000bb"
	gateway := f.gateway(t, func(c *hyperpay.Config) { c.EntityIDs = []string{entity, " " + second} })
	require.NoError(t, walktest.Of(t, gateway, paylinks.PaymentsQuery{From: at(6), To: at(48)}).Err)
	assert.Equal(t, []string{
		"00aa 2026-02-11 00:00:00 – 2026-02-12 00:00:00",
		"00aa 2026-02-10 06:00:00 – 2026-02-11 00:00:00",
		"00bb 2026-02-11 00:00:00 – 2026-02-12 00:00:00",
		"00bb 2026-02-10 06:00:00 – 2026-02-11 00:00:00",
	}, windows(f.Queries("/v3/query")))
}

func TestThePauseBetweenQueriesByDate(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(on(t, 2, id(7), "RF", "5.00", "000.000.000"))
	f.has(id(7), record(t, fields{"id": id(7), "timestamp": "2026-01-10 00:00:00.000+0000"}), on(t, 2, id(7), "RF", "5.00", "000.000.000"))
	gateway := f.gateway(t, func(c *hyperpay.Config) { c.QueryInterval, c.Window = 0, 8*time.Hour })
	require.NoError(t, walktest.Of(t, gateway, tenth()).Err)
	assert.Len(t, f.Queries("/v3/query"), 3)
	assert.NotEmpty(t, f.Queries("/v3/query/"+id(7)))
	assert.Equal(t, []time.Duration{30 * time.Second, 30 * time.Second}, f.Waits(), "queries by id don't wait")
}

// A simulator that allows two a minute, by a clock that the waits move.
func TestAWalkKeepsToTwoQueriesAMinute(t *testing.T) {
	t.Parallel()
	simulator, gateway, _ := simulated(t, hyperpaytest.Config{QueriesPerMinute: 2}, func(c *hyperpay.Config) { c.QueryInterval = 0 })
	simulator.Pay(hyperpaytest.Payment{At: at(1), Amount: walktest.Amount(t, "5.00", paylinks.SAR)})
	w := walktest.Of(t, gateway, paylinks.PaymentsQuery{From: at(0).AddDate(0, 0, -9), To: at(24)})
	require.NoError(t, w.Err)
	assert.Len(t, w.Payments, 1)
	for _, call := range simulator.Calls.Calls(hyperpaytest.OpByDate) {
		assert.NotEqual(t, 429, call.Status)
	}
}

func TestAThrottledWalkWaitsAndGoesOn(t *testing.T) {
	t.Parallel()
	simulator, gateway, f := simulated(t, hyperpaytest.Config{QueriesPerMinute: 1})
	simulator.Pay(hyperpaytest.Payment{At: at(1), Amount: walktest.Amount(t, "5.00", paylinks.SAR)})
	w := walktest.Of(t, gateway, tenth())
	require.NoError(t, w.Err)
	assert.Len(t, w.Payments, 1)
	assert.Equal(t, []time.Duration{30 * time.Second, time.Minute}, f.Waits(), "half a minute, then twice that")
}

func TestPagesAreReadFromOneToTheLast(t *testing.T) {
	t.Parallel()
	for name, pages := range map[string]string{"told": `,"pages":3`, "not told": ""} {
		f := newFar()
		f.Do("/v3/query", func(c walktest.Call) walktest.Answer {
			q := c.URL.Query()
			var number int
			_, err := fmt.Sscan(q.Get("pageNo"), &number)
			require.NoError(t, err)
			if number > 3 {
				return walktest.Answer{Status: 404, Body: nothing}
			}
			return walktest.Answer{Status: 200, Body: `{"result":{"code":"000.000.100"},"records":[` + record(t, fields{"id": id(number)}) + `]` + pages + `}`}
		})
		payments := f.whole(t, func(c *hyperpay.Config) { c.PageSize = 1 })
		require.Len(t, payments, 3, name)
		for i, p := range payments {
			assert.Equal(t, id(i+1), p.ID)
		}
	}
}

// A payment that is settled while its window is read can come on two pages.
func TestTheLaterReadOfARecordReplacesTheEarlier(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.Do("/v3/query", func(c walktest.Call) walktest.Answer {
		q := c.URL.Query()
		result := map[string]string{"1": "800.400.500", "2": "000.000.000"}[q.Get("pageNo")]
		return walktest.Answer{Status: 200, Body: `{"result":{"code":"000.000.100"},"records":[` + record(t, fields{"result": code(result)}) + `],"pages":2}`}
	})
	assert.Equal(t, paylinks.PaymentCaptured, walktest.One(t, f.whole(t)).Status)
}

// A refund weeks after its payment lies in another window of the same walk.
func TestALateRefundIsInItsPayment(t *testing.T) {
	t.Parallel()
	simulator, gateway, _ := simulated(t, hyperpaytest.Config{})
	sar := func(s string) paylinks.Money { return walktest.Amount(t, s, paylinks.SAR) }
	query := paylinks.PaymentsQuery{From: at(0).AddDate(0, 0, -30), To: at(24)}
	early := simulator.Pay(hyperpaytest.Payment{Type: "PA", At: query.From.Add(time.Hour), Amount: sar("50.00"), Reference: "cart-1"})
	capture := simulator.Follow(early, "CP", sar("50.00"), query.From.Add(25*time.Hour), "")
	simulator.Follow(capture, "RF", sar("20.00"), at(1), "")
	between := simulator.Pay(hyperpaytest.Payment{At: at(1).AddDate(0, 0, -3), Amount: sar("7.00")})
	late := simulator.Pay(hyperpaytest.Payment{At: at(2), Amount: sar("8.00")})

	w := walktest.Of(t, gateway, query)
	require.NoError(t, w.Err)
	require.Len(t, w.Payments, 3, "each once")
	assert.Equal(t, []string{late, between, early}, []string{w.Payments[0].ID, w.Payments[1].ID, w.Payments[2].ID}, "newest window first")
	assert.Equal(t, paylinks.PaymentPartiallyRefunded, w.Payments[2].Status)
	assert.Equal(t, "20.00", w.Payments[2].Refunded.String())
	assert.Equal(t, at(1), w.Payments[2].UpdatedAt)
	asked := simulator.Calls.Count(hyperpaytest.OpByID)
	assert.Equal(t, 1, asked)

	for i := range 2 {
		before := simulator.Calls.Count(hyperpaytest.OpByDate)
		resumed := query
		resumed.Resume = w.Payments[i].Checkpoint
		again := walktest.Of(t, gateway, resumed)
		require.NoError(t, again.Err)
		assert.Equal(t, ids(w.Payments[i+1:]), ids(again.Payments), "a resumed walk knows of the refund behind it")
		assert.Equal(t, w.Payments[2].Refunded, again.Payments[len(again.Payments)-1].Refunded)
		assert.Less(t, simulator.Calls.Count(hyperpaytest.OpByDate)-before, 62, "and asks for nothing twice")
	}
}

func ids(payments []paylinks.Payment) []string {
	list := make([]string, 0, len(payments))
	for _, p := range payments {
		list = append(list, p.ID)
	}
	return list
}

func TestAnOperationOnAnOlderPaymentUpdatesIt(t *testing.T) {
	t.Parallel()
	simulator, gateway, _ := simulated(t, hyperpaytest.Config{})
	sar := func(s string) paylinks.Money { return walktest.Amount(t, s, paylinks.SAR) }
	older := at(0).AddDate(0, -2, 0)
	id := simulator.Pay(hyperpaytest.Payment{Entity: hyperpaytest.MadaEntityID, Type: "PA", At: older, Amount: sar("90.00"), Reference: "cart-9", Brand: "MADA"})
	capture := simulator.Follow(id, "CP", sar("90.00"), older.Add(time.Hour), "")
	simulator.Follow(capture, "RF", sar("10.00"), older.Add(2*time.Hour), "")
	simulator.Follow(capture, "RF", sar("15.00"), at(3), "")
	simulator.Follow(id, "RF", sar("1.00"), at(4), "")

	w := walktest.Of(t, gateway, tenth())
	require.NoError(t, w.Err)
	p := walktest.One(t, w.Payments)
	assert.Equal(t, id, p.ID)
	assert.Equal(t, "26.00", p.Refunded.String(), "with what was refunded before the walk")
	assert.Equal(t, "90.00", p.Captured.String())
	assert.Equal(t, "cart-9", p.Reference)
	assert.Equal(t, older, p.CreatedAt)
	assert.Equal(t, at(4), p.UpdatedAt)
}

// The flag for relatives isn't proven to give the payment itself: then its reference is followed.
func TestAReferenceIsFollowedToItsPayment(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(on(t, 3, id(2), "RF", "5.00", "000.000.000"))
	f.has(id(2), on(t, 2, rootID, "CP", "100.00", "000.000.000"), on(t, 3, id(2), "RF", "5.00", "000.000.000"))
	f.has(rootID, record(t, fields{"paymentType": "PA"}))
	p := walktest.One(t, f.whole(t))
	assert.Equal(t, rootID, p.ID)
	assert.Equal(t, paylinks.PaymentPartiallyRefunded, p.Status)
}

func TestAPaymentThatCannotBeFoundIsReported(t *testing.T) {
	t.Parallel()
	refund := on(t, 3, id(2), "RF", "5.00", "000.000.000")
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"nothing":           {404, nothing},
		"not its id":        {400, `{"result":{"code":"200.300.404"}}`},
		"another":           {200, list(record(t, nil))},
		"the refund alone":  {200, list(refund)},
		"a circle":          {200, list(on(t, 2, id(3), "CP", "1.00", "000.000.000"), refund)},
		"a rebill":          {200, list(record(t, fields{"id": id(2), "paymentType": "RB"}))},
		"an unreadable one": {200, list(record(t, fields{"id": id(2), "amount": "?"}))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.lists(refund)
			f.On("/v3/query/"+id(2), answer.status, answer.body)
			w := walktest.Of(t, f.gateway(t), tenth())
			require.NoError(t, w.Err, "that's its own trouble, and not the walk's")
			assert.Empty(t, w.Payments)
			require.Len(t, w.Bad, 1)
			assert.Equal(t, id(2), w.Bad[0].ID)
			assert.LessOrEqual(t, len(f.Queries("/v3/query/"+id(2))), 8)
		})
	}
}

func TestAFailingUpdateEndsTheWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(on(t, 3, id(2), "RF", "5.00", "000.000.000"))
	f.On("/v3/query/"+id(2), 503, `{}`)
	assert.Equal(t, paylinks.Unreachable, providerError(t, walktest.Of(t, f.gateway(t), tenth()).Err).Refusal)
}

// What should have been settled within minutes is asked for again after half an hour.
func TestPaymentsOfDoubtAreAskedForAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code   string
		now    time.Time
		again  string
		status paylinks.PaymentStatus
		asked  int
	}{
		"young":                   {"000.200.000", at(1).Add(30 * time.Minute), "", paylinks.PaymentPending, 0},
		"old, paid":               {"000.200.000", at(2), "000.000.000", paylinks.PaymentCaptured, 1},
		"old, failed":             {"000.200.000", at(2), "800.100.151", paylinks.PaymentFailed, 1},
		"old, still pending":      {"000.200.000", at(2), "000.200.000", paylinks.PaymentExpired, 1},
		"old, gone":               {"000.200.000", at(2), "", paylinks.PaymentExpired, 1},
		"a checkout, young":       {"000.200.100", at(1), "", paylinks.PaymentCreated, 0},
		"a checkout, old":         {"000.200.100", at(2), "000.200.100", paylinks.PaymentExpired, 1},
		"a session gone":          {"200.300.404", at(1), "", paylinks.PaymentExpired, 1},
		"a session gone, paid":    {"200.300.404", at(1), "000.000.000", paylinks.PaymentCaptured, 1},
		"probably cancelled":      {"100.396.104", at(1), "100.396.104", paylinks.PaymentCancelled, 1},
		"not cancelled after all": {"100.396.104", at(1), "000.000.000", paylinks.PaymentCaptured, 1},
		"cancelled":               {"100.396.101", at(2), "000.000.000", paylinks.PaymentCancelled, 0},
		"pending for days":        {"800.400.500", at(24), "000.000.000", paylinks.PaymentPending, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.Set(c.now)
			f.lists(record(t, fields{"result": code(c.code)}))
			if c.again != "" {
				f.has(rootID, record(t, fields{"result": code(c.again)}))
			}
			assert.Equal(t, c.status, walktest.One(t, f.whole(t)).Status)
			assert.Len(t, f.Queries("/v3/query/"+rootID), c.asked)
		})
	}
}

func TestForeignCheckpointsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFar()
	for _, resume := range []string{
		"x", "{}", `{"entity":"8ac7a4c90000000000000000000000cc","end":"2026-02-10T00:00:00Z"}`, `{"entity":"` + entity + `"}`, `{"entity":"` + entity + `","end":7}`,
	} {
		query := tenth()
		query.Resume = resume
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, walktest.Of(t, f.gateway(t), query).Err).Refusal, resume)
	}
	assert.Empty(t, f.All())
}

// A record at the seam of two windows is in both; a walk that resumes there knows.
func TestRecordsAtTheSeamComeOnce(t *testing.T) {
	t.Parallel()
	simulator, gateway, _ := simulated(t, hyperpaytest.Config{}, func(c *hyperpay.Config) { c.Window = 12 * time.Hour })
	seam := simulator.Pay(hyperpaytest.Payment{At: at(12), Amount: walktest.Amount(t, "5.00", paylinks.SAR)})
	w := walktest.Of(t, gateway, tenth())
	require.NoError(t, w.Err)
	p := walktest.One(t, w.Payments)
	assert.Equal(t, seam, p.ID)
	query := tenth()
	query.Resume = p.Checkpoint
	w = walktest.Of(t, gateway, query)
	require.NoError(t, w.Err)
	assert.Empty(t, w.Payments)
}

func TestALoopThatBreaksEndsTheWalk(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(record(t, nil), record(t, fields{"id": id(2)}))
	for _, err := range f.gateway(t).Payments(t.Context(), paylinks.PaymentsQuery{From: at(0).AddDate(0, 0, -9), To: at(24)}) {
		require.NoError(t, err)
		break
	}
	assert.Len(t, f.Queries("/v3/query"), 1)
}

func TestAnEndedContextMakesNoCall(t *testing.T) {
	t.Parallel()
	f := newFar()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, walktest.Under(ctx, t, f.gateway(t), tenth()).Err, context.Canceled)
	assert.Empty(t, f.All())
}

// Half a year with refunds 40 days late: whatever the windows and wherever the walk is broken off, the payments and their totals are the same.
func TestAHistoryIsTheSameHoweverItIsWalked(t *testing.T) {
	t.Parallel()
	const payments = 2_000
	query := paylinks.PaymentsQuery{From: at(0).AddDate(0, -6, 0), To: at(24)}
	_, gateway, _ := simulated(t, hyperpaytest.Config{History: payments, HistoryFrom: query.From, HistoryTo: query.To})
	want := walktest.Of(t, gateway, query)
	require.NoError(t, want.Err)
	require.Empty(t, want.Bad)
	older, statuses := 0, map[paylinks.PaymentStatus]int{}
	for _, p := range want.Payments {
		statuses[p.Status]++
		if p.CreatedAt.Before(query.From) {
			older++
			assert.Equal(t, "3.00", p.Refunded.String())
		}
	}
	assert.Len(t, want.Payments, payments+older)
	assert.Positive(t, older, "refunds of payments from before the walk")
	for _, status := range []paylinks.PaymentStatus{
		paylinks.PaymentCaptured, paylinks.PaymentPartiallyRefunded, paylinks.PaymentPending, paylinks.PaymentFailed, paylinks.PaymentDisputed,
	} {
		assert.Positive(t, statuses[status], status)
	}

	for name, change := range map[string]func(*hyperpay.Config){
		"a month":   func(c *hyperpay.Config) { c.Window = 30 * 24 * time.Hour },
		"at once":   func(c *hyperpay.Config) { c.Window = 365 * 24 * time.Hour },
		"odd pages": func(c *hyperpay.Config) { c.PageSize = 7 },
	} {
		_, other, _ := simulated(t, hyperpaytest.Config{History: payments, HistoryFrom: query.From, HistoryTo: query.To}, change)
		got := walktest.Of(t, other, query)
		require.NoError(t, got.Err, name)
		assert.Equal(t, sorted(walktest.Plain(want.Payments)), sorted(walktest.Plain(got.Payments)), name)
	}

	pieces := walktest.InPieces(t, func() paylinks.Gateway { return gateway }, query)
	assert.Equal(t, walktest.Plain(want.Payments), walktest.Plain(pieces))
}

// A record may say much of its buyer.
func TestTheLargestPageIsReadWhole(t *testing.T) {
	t.Parallel()
	const largestPage = 500
	var records []string
	for i := range largestPage {
		records = append(records, record(t, fields{"id": id(i + 1), "billing": map[string]string{"street1": strings.Repeat("x", 4_000)}}))
	}
	f := newFar()
	f.lists(records...)
	assert.Len(t, f.whole(t), largestPage)
	assert.Len(t, f.Queries("/v3/query"), 1)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
