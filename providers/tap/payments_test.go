package tap_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/walktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
)

// What the documented shapes of a charge become, refunds joined.
func TestChargesInNormalForm(t *testing.T) {
	t.Parallel()
	gateway, _ := newGateway(t, walktest.Answers{
		chargesPath: walktest.Says(200, walktest.File(t, "charges.json")), refundsPath: walktest.Says(200, walktest.File(t, "refunds.json")),
	})
	w := walktest.Of(t, gateway, query())
	require.NoError(t, w.Err)
	require.Empty(t, w.Bad)

	wants := []struct {
		id, reference, amount, currency, captured, refunded string
		status                                              paylinks.PaymentStatus
		word, brand                                         string
		method                                              paylinks.PaymentMethod
		created, updated                                    int64
		checkpoint                                          string
	}{
		{"chg_mada", "ORDER-1", "75.00", "SAR", "75.00", "0.00", "captured", "CAPTURED", "mada", "card", 1767258000123, 1767258042456, ""},
		{"chg_partly", "ORDER-2", "40.00", "AED", "40.00", "12.50", "partially_refunded", "CAPTURED", "visa", "card", 1767261600000, 1767300009000, ""},
		{"chg_open", "txn_3", "2.000", "KWD", "0.000", "0.000", "created", "INITIATED", "", "", 1767265200000, 1767265200000, ""},
		{"chg_benefit", "order_object_4", "3.250", "BHD", "0.000", "0.000", "cancelled", "CANCELLED", "benefit", "card", 1767268800777, 1767268800777, "0/chg_benefit"},
	}
	require.Len(t, w.Payments, len(wants))
	for i, want := range wants {
		got := w.Payments[i]
		assert.Equal(t, want.id, got.ID)
		assert.Equal(t, want.reference, got.Reference, want.id)
		assert.Equal(t, want.amount, got.Amount.String(), want.id)
		assert.Equal(t, want.captured, got.Captured.String(), want.id)
		assert.Equal(t, want.refunded, got.Refunded.String(), want.id)
		for _, money := range []paylinks.Money{got.Amount, got.Captured, got.Refunded} {
			assert.Equal(t, paylinks.Currency(want.currency), money.Currency(), want.id)
		}
		assert.False(t, got.Fee.IsSet(), "Tap gives no fee")
		assert.Equal(t, want.status, got.Status, want.id)
		assert.Equal(t, want.word, got.ProviderStatus, want.id)
		assert.Equal(t, want.method, got.Method, want.id)
		assert.Equal(t, want.brand, got.Brand, want.id)
		assert.Equal(t, time.UnixMilli(want.created).UTC(), got.CreatedAt, want.id)
		assert.Equal(t, time.UnixMilli(want.updated).UTC(), got.UpdatedAt, want.id)
		assert.Equal(t, want.checkpoint, got.Checkpoint, want.id)
		assert.True(t, json.Valid(got.Raw), want.id)
	}
	assert.Contains(t, string(w.Payments[0].Raw), `"order": "ORDER-1"`, "the row as received")
	assert.NotContains(t, string(w.Payments[2].Raw), "a-session-that-pays")
	assert.Contains(t, string(w.Payments[2].Raw), `"[redacted]"`)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	rows := make([]map[string]any, 50)
	for i := range rows {
		rows[i] = row(map[string]any{"id": fmt.Sprintf("chg_%02d", i)})
	}
	gateway, f := newGateway(t, walktest.Answers{
		chargesPath: walktest.InTurn(walktest.Answer{Status: 200, Body: page(t, "charges", true, rows...)}, walktest.Answer{Status: 400, Body: noCharges}),
	})
	w := walktest.Of(t, gateway, query())
	require.NoError(t, w.Err)
	assert.Len(t, w.Payments, 50)

	require.Len(t, f.Calls(refundsPath), 1)
	goldentest.Body(t, "list_refunds.json", f.Calls(refundsPath)[0].Sent)
	require.Len(t, f.Calls(chargesPath), 2)
	goldentest.Body(t, "list_first.json", f.Calls(chargesPath)[0].Sent)
	goldentest.Body(t, "list_next.json", f.Calls(chargesPath)[1].Sent)
	for _, req := range f.All() {
		assert.Equal(t, http.MethodPost, req.Method)
		assert.Equal(t, "https", req.URL.Scheme)
		assert.Equal(t, "api.tap.company", req.URL.Host)
		assert.Equal(t, "Bearer "+testKey, req.Header.Get("Authorization"))
		assert.Equal(t, "application/json", req.Header.Get("Content-Type"))
		assert.Equal(t, "application/json", req.Header.Get("Accept"))
	}
}

// An empty list is a 400 at Tap. The text decides, since the code isn't known.
func TestAnEmptyListIsNoError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		noCharges, noRefunds,
		`{"errors":[{"code":"9999","description":"charges not found"}]}`,
		`{"errors":[{"code":1144,"description":"No charge: Not Found."}]}`,
	} {
		gateway, _ := newGateway(t, walktest.Answers{chargesPath: walktest.Says(400, body)})
		w := walktest.Of(t, gateway, query())
		require.NoError(t, w.Err, body)
		assert.Empty(t, w.Payments)
		assert.Empty(t, w.Bad)
	}
}

func TestPagesGoOnAsTapSays(t *testing.T) {
	t.Parallel()
	some := func(n int) []map[string]any {
		rows := make([]map[string]any, n)
		for i := range rows {
			rows[i] = row(map[string]any{"id": fmt.Sprintf("chg_%03d", i)})
		}
		return rows
	}
	last := walktest.Answer{Status: 200, Body: page(t, "charges", false, row(map[string]any{"id": "chg_last"}))}
	for name, tt := range map[string]struct {
		more  any
		rows  int
		calls int
	}{
		"true":                  {true, 3, 2},
		"false":                 {false, 50, 1},
		"one":                   {1, 3, 2},
		"zero":                  {0, 50, 1},
		"true as text":          {"true", 3, 2},
		"absent, a full page":   {nil, 50, 2},
		"absent, not full":      {nil, 49, 1},
		"odd, not full":         {[]int{1}, 3, 1},
		"true, and exactly one": {true, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, f := newGateway(t, walktest.Answers{
				chargesPath: walktest.InTurn(walktest.Answer{Status: 200, Body: page(t, "charges", tt.more, some(tt.rows)...)}, last),
			})
			w := walktest.Of(t, gateway, query())
			require.NoError(t, w.Err)
			assert.Len(t, f.Calls(chargesPath), tt.calls)
			assert.Len(t, w.Payments, tt.rows+tt.calls-1)
		})
	}
}

func TestAListThatGoesNowhereEndsTheWalk(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][]map[string]any{
		"the same last id again and again": {row(nil)},
		"no ids at all":                    {row(map[string]any{"id": nil})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(200, page(t, "charges", true, rows...))})
			w := walktest.Of(t, gateway, query())
			assert.Equal(t, paylinks.Unreachable, providerError(t, w.Err).Refusal)
			assert.LessOrEqual(t, len(f.Calls(chargesPath)), 2)
		})
	}
}

// Tap's periods are at most 30 days. Windows overlap by a second, as Tap doesn't say whether a period's ends are inclusive.
func TestALongTimeIsCutIntoPeriods(t *testing.T) {
	t.Parallel()
	gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(400, noCharges)})
	q := query()
	q.From = q.To.Add(-100 * 24 * time.Hour)
	w := walktest.Of(t, gateway, q)
	require.NoError(t, w.Err)

	var previous time.Time
	calls := f.Calls(chargesPath)
	require.Len(t, calls, 4)
	for i, call := range calls {
		list := listed(t, call)
		from, to := millis(t, list.Period.Date.From), millis(t, list.Period.Date.To)
		assert.LessOrEqual(t, to.Sub(from), 30*24*time.Hour)
		if i == 0 {
			assert.Equal(t, q.From.Add(-time.Second), from, "the first second counts, even if a period's start isn't within it")
		} else {
			assert.Equal(t, time.Second, previous.Sub(from))
		}
		previous = to
	}
	assert.Equal(t, q.To, previous)
}

// A walk may begin between two milliseconds: rounding outwards makes no period longer than Tap takes.
func TestPeriodsBetweenMilliseconds(t *testing.T) {
	t.Parallel()
	gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(400, noCharges)})
	q := query()
	q.To = q.To.Add(456 * time.Microsecond)
	q.From = q.To.Add(-100 * 24 * time.Hour)
	w := walktest.Of(t, gateway, q)
	require.NoError(t, w.Err)
	for _, call := range f.Calls(chargesPath) {
		list := listed(t, call)
		assert.LessOrEqual(t, millis(t, list.Period.Date.To).Sub(millis(t, list.Period.Date.From)), 30*24*time.Hour)
	}
}

func millis(t *testing.T, text string) time.Time {
	t.Helper()
	ms, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return time.UnixMilli(ms).UTC()
}

// A charge at the seam of two periods is in both answers, and comes once. What is made after the window or before it doesn't come.
func TestSeamsAndEdges(t *testing.T) {
	t.Parallel()
	q := query()
	q.To = q.From.Add(45 * 24 * time.Hour)
	seam := q.From.Add(30*24*time.Hour - time.Second)
	made := map[string]time.Time{
		"before": q.From.Add(-time.Millisecond), "first": q.From, "seam-1": seam.Add(-time.Second), "seam-1ms": seam.Add(-time.Millisecond), "seam": seam,
		"seam+1": seam.Add(time.Second), "last": q.To.Add(-time.Millisecond), "after": q.To,
	}
	gateway, _ := newGateway(t, walktest.Answers{chargesPath: func(call walktest.Call) walktest.Answer {
		var rows []map[string]any
		list := listed(t, call)
		from, to := millis(t, list.Period.Date.From), millis(t, list.Period.Date.To)
		for id, at := range made {
			if !at.Before(from) && !at.After(to) {
				created := map[string]any{"created": strconv.FormatInt(at.UnixMilli(), 10)}
				rows = append(rows, row(map[string]any{"id": id, "transaction": created}))
			}
		}
		return walktest.Answer{Status: 200, Body: page(t, "charges", false, rows...)}
	}})
	w := walktest.Of(t, gateway, q)
	require.NoError(t, w.Err)
	var ids []string
	for _, payment := range w.Payments {
		ids = append(ids, payment.ID)
	}
	assert.ElementsMatch(t, []string{"first", "seam-1", "seam-1ms", "seam", "seam+1", "last"}, ids)
}

func TestRowsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		row    any
		id     string
		reason string
	}{
		"no object":             {[]int{1}, "", "JSON object"},
		"null":                  {nil, "", "no id"},
		"no id":                 {row(map[string]any{"id": nil}), "", "no id"},
		"no amount":             {row(map[string]any{"amount": nil}), "chg_1", "amount"},
		"an amount of words":    {row(map[string]any{"amount": "ten"}), "chg_1", "amount"},
		"a negative amount":     {row(map[string]any{"amount": json.Number("-1.00")}), "chg_1", "amount"},
		"an exponent":           {row(map[string]any{"amount": json.Number("1e2")}), "chg_1", "amount"},
		"too many decimals":     {row(map[string]any{"amount": json.Number("1.005")}), "chg_1", "3 decimals"},
		"no currency":           {row(map[string]any{"currency": nil}), "chg_1", "currency"},
		"a currency of its own": {row(map[string]any{"currency": "TAP"}), "chg_1", "currency"},
		"no time":               {row(map[string]any{"transaction": nil}), "chg_1", "creation"},
		"a time of words":       {row(map[string]any{"transaction": map[string]any{"created": "today"}}), "chg_1", "creation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			encoded, err := json.Marshal(map[string]any{"has_more": false, "charges": []any{tt.row, row(map[string]any{"id": "chg_good"}), tt.row}})
			require.NoError(t, err)
			gateway, _ := newGateway(t, walktest.Answers{chargesPath: walktest.Says(200, string(encoded))})
			w := walktest.Of(t, gateway, query())
			require.NoError(t, w.Err)
			require.Len(t, w.Payments, 1)
			assert.Equal(t, "0/chg_good", w.Payments[0].Checkpoint, "the last row that can be read has the checkpoint")
			require.Len(t, w.Bad, 2)
			assert.Equal(t, tt.id, w.Bad[0].ID)
			assert.Contains(t, w.Bad[0].Reason, tt.reason)
		})
	}
}

// Amounts never pass through a float: 0.1 + 0.2 and seventeen digits are what they are.
func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ amount, currency, want string }{
		{"1", "SAR", "1.00"},
		{"1.0", "KWD", "1.000"},
		{"1.000", "SAR", "1.00"},
		{"0.3", "SAR", "0.30"},
		{"999999999999999.99", "SAR", "999999999999999.99"},
		{"999999999999999.999", "KWD", "999999999999999.999"},
		{"0", "SAR", "0.00"},
		{"500", "JPY", "500"},
		{"500.00", "JPY", "500"},
	} {
		got := one(t, row(map[string]any{"amount": json.Number(tt.amount), "currency": tt.currency}))
		assert.Equal(t, tt.want, got.Amount.String(), "%s %s", tt.amount, tt.currency)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	for want, replace := range map[string]map[string]any{
		"order":       {"reference": map[string]any{"order": "order", "transaction": "transaction"}, "order": map[string]any{"id": "object"}},
		"transaction": {"reference": map[string]any{"order": "", "transaction": "transaction"}, "order": map[string]any{"id": "object"}},
		"object":      {"reference": map[string]any{"order": nil}, "order": map[string]any{"id": "object"}},
		"77":          {"reference": map[string]any{"order": 77}},
		"":            {"reference": "odd", "order": []int{}},
	} {
		assert.Equal(t, want, one(t, row(replace)).Reference)
	}
}

func TestResumeWantsACheckpoint(t *testing.T) {
	t.Parallel()
	for _, resume := range []string{"x", "chg_1", "/", "0/", "-1/chg_1", "99999999/chg_1", "late/", "9223372036854775808/chg_1"} {
		gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(400, noCharges)})
		q := query()
		q.Resume = resume
		w := walktest.Of(t, gateway, q)
		got := providerError(t, w.Err)
		assert.Equal(t, paylinks.RefusedRequest, got.Refusal, resume)
		assert.Equal(t, paylinks.NotApplied, got.Outcome, resume)
		assert.Empty(t, f.All(), resume)
	}
}

func TestResumeInALaterPeriod(t *testing.T) {
	t.Parallel()
	gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(400, noCharges)})
	q := query()
	q.From, q.Resume = q.To.Add(-100*24*time.Hour), "2/chg_7"
	w := walktest.Of(t, gateway, q)
	require.NoError(t, w.Err)
	calls := f.Calls(chargesPath)
	require.Len(t, calls, 2, "the periods before are done")
	assert.Contains(t, string(calls[0].Sent), `"starting_after":"chg_7"`)
	assert.NotContains(t, string(calls[1].Sent), "starting_after")
}

func TestTheLookBackIsAsConfigured(t *testing.T) {
	t.Parallel()
	for configured, want := range map[time.Duration]time.Duration{
		0: tap.DefaultLookBack, time.Hour: time.Hour, -1: 0,
	} {
		gateway, _ := newGateway(t, walktest.Answers{}, func(c *tap.Config) { c.LookBack = configured })
		assert.Equal(t, want, gateway.Info().LookBack)
	}
}
