package tap_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// refundRow is a refund as Tap answers it, of chg_1 by default.
func refundRow(id, amount string, replace map[string]any) map[string]any {
	return walktest.Replaced(map[string]any{
		"id": id, "object": "refund", "status": "REFUNDED", "amount": json.Number(amount), "currency": "SAR", "charge_id": "chg_1",
		"created": "1767264000000",
	}, replace)
}

func TestRefundsAreJoined(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	for name, tt := range map[string]struct {
		charge   m
		refunds  []m
		status   paylinks.PaymentStatus
		captured string
		refunded string
	}{
		"none": {nil, nil, "captured", "100.00", "0.00"},
		"a part": {
			nil,
			[]m{refundRow("re_1", "30.00", nil)},
			"partially_refunded", "100.00", "30.00",
		},
		"two parts": {
			nil,
			[]m{refundRow("re_1", "30.00", nil), refundRow("re_2", "0.01", nil)},
			"partially_refunded", "100.00", "30.01",
		},
		"all of it, in parts": {
			nil,
			[]m{refundRow("re_1", "99.99", nil), refundRow("re_2", "0.01", nil)},
			"refunded", "100.00", "100.00",
		},
		"more than all of it": {
			nil,
			[]m{refundRow("re_1", "100.00", nil), refundRow("re_2", "5.00", nil)},
			"refunded", "100.00", "100.00",
		},
		"one refund listed twice": {
			nil,
			[]m{refundRow("re_1", "30.00", nil), refundRow("re_1", "30.00", nil)},
			"partially_refunded", "100.00", "30.00",
		},
		"ones that aren't done": {
			nil,
			[]m{
				refundRow("re_1", "1.00", m{"status": "PENDING"}), refundRow("re_2", "2.00", m{"status": "ACCEPTED"}),
				refundRow("re_3", "3.00", m{"status": "IN_PROGRESS"}), refundRow("re_4", "4.00", m{"status": "DECLINED"}),
				refundRow("re_5", "5.00", m{"status": "FAILED"}), refundRow("re_6", "6.00", m{"status": "TIMED_OUT"}),
				refundRow("re_7", "7.00", m{"status": "CANCELLED"}), refundRow("re_8", "8.00", m{"status": nil}),
			},
			"captured", "100.00", "0.00",
		},
		"one that can't be read and isn't done": {
			nil,
			[]m{refundRow("re_1", "1.00", m{"status": "PENDING", "amount": "?", "charge_id": nil})},
			"captured", "100.00", "0.00",
		},
		"of another charge": {
			nil,
			[]m{refundRow("re_1", "30.00", m{"charge_id": "chg_1"}), refundRow("re_2", "30.00", m{"status": "DECLINED"})},
			"partially_refunded", "100.00", "30.00",
		},
		"reversed by Tap itself":       {m{"auto_reversed": true}, nil, "refunded", "100.00", "100.00"},
		"not reversed":                 {m{"auto_reversed": false}, nil, "captured", "100.00", "0.00"},
		"reversed, and never captured": {m{"status": "DECLINED", "auto_reversed": true}, nil, "failed", "0.00", "0.00"},
		"a charge whose word a refund has changed": {
			m{"status": "REFUNDED"},
			[]m{refundRow("re_1", "30.00", nil)},
			"partially_refunded", "100.00", "30.00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, _ := newGateway(t, walktest.Answers{
				chargesPath: walktest.Says(200, page(t, "charges", false, row(tt.charge))), refundsPath: walktest.Says(200, page(t, "refunds", false, tt.refunds...)),
			})
			w := walktest.Of(t, gateway, query())
			require.NoError(t, w.Err)
			require.Empty(t, w.Bad)
			require.Len(t, w.Payments, 1)
			assert.Equal(t, tt.status, w.Payments[0].Status)
			assert.Equal(t, tt.captured, w.Payments[0].Captured.String())
			assert.Equal(t, tt.refunded, w.Payments[0].Refunded.String())
		})
	}
}

// A refund that can't be counted spoils its charge's totals: the charge is reported rather than shown with a wrong amount.
func TestRefundsThatCannotBeCounted(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	for name, tt := range map[string]struct {
		refunds []m
		id      string
		reason  string
		shown   int
	}{
		"no amount":              {[]m{refundRow("re_1", "1", m{"amount": nil})}, "chg_1", `refund "re_1"`, 0},
		"too many decimals":      {[]m{refundRow("re_1", "1.001", nil)}, "chg_1", "3 decimals", 0},
		"in another currency":    {[]m{refundRow("re_1", "1.00", m{"currency": "USD"})}, "chg_1", "another currency", 0},
		"in several currencies":  {[]m{refundRow("re_1", "1.00", nil), refundRow("re_2", "1.00", m{"currency": "USD"})}, "chg_1", "several currencies", 0},
		"good and bad":           {[]m{refundRow("re_1", "1.00", nil), refundRow("re_2", "1", m{"amount": "x"})}, "chg_1", `refund "re_2"`, 0},
		"of nobody":              {[]m{refundRow("re_1", "1.00", m{"charge_id": nil})}, "re_1", "names no charge", 1},
		"of nobody, without ids": {[]m{refundRow("re_1", "1.00", m{"charge_id": nil, "id": nil})}, "", "names no charge", 1},
		"of a charge Tap forgot": {[]m{refundRow("re_1", "1.00", m{"charge_id": "chg_gone"})}, "chg_gone", "doesn't know", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, _ := newGateway(t, walktest.Answers{
				chargesPath: walktest.Says(200, page(t, "charges", false, row(nil))), refundsPath: walktest.Says(200, page(t, "refunds", false, tt.refunds...)),
				"/v2/charges/chg_gone": walktest.Says(404, `{"errors":[{"code":"1144","description":"Charge id not found"}]}`),
			})
			w := walktest.Of(t, gateway, query())
			require.NoError(t, w.Err)
			assert.Len(t, w.Payments, tt.shown)
			require.Len(t, w.Bad, 1)
			assert.Equal(t, tt.id, w.Bad[0].ID)
			assert.Contains(t, w.Bad[0].Reason, tt.reason)
		})
	}
}

// history is a far end with an old charge, refunded once before the window and once within it, and a new one.
func history(t *testing.T) (answers walktest.Answers, asked *[]string) {
	t.Helper()
	at := func(when time.Time) string { return strconv.FormatInt(when.UnixMilli(), 10) }
	from := query().From
	made := func(id string, when time.Time) map[string]any {
		return row(map[string]any{"id": id, "transaction": map[string]any{"created": at(when)}})
	}
	charges := map[string]map[string]any{
		"chg_old": made("chg_old", from.Add(-50*24*time.Hour)),
		"chg_new": made("chg_new", from.Add(time.Hour)),
	}
	refunds := []struct {
		when time.Time
		row  map[string]any
	}{
		{from.Add(-45 * 24 * time.Hour), refundRow("re_a", "10.00", map[string]any{"charge_id": "chg_old", "created": at(from.Add(-45 * 24 * time.Hour))})},
		{from.Add(-44 * 24 * time.Hour), refundRow("re_b", "10.00", map[string]any{"charge_id": "chg_else", "created": at(from.Add(-44 * 24 * time.Hour))})},
		{from.Add(2 * time.Hour), refundRow("re_c", "20.00", map[string]any{"charge_id": "chg_old", "created": at(from.Add(2 * time.Hour))})},
		{from.Add(3 * time.Hour), refundRow("re_d", "1.00", map[string]any{"charge_id": "chg_new", "created": at(from.Add(3 * time.Hour))})},
	}
	var singles []string
	answers = walktest.Answers{
		chargesPath: walktest.Says(200, page(t, "charges", false, charges["chg_new"])),
		refundsPath: func(call walktest.Call) walktest.Answer {
			var rows []map[string]any
			list := listed(t, call)
			start, end := millis(t, list.Period.Date.From), millis(t, list.Period.Date.To)
			for _, refund := range refunds {
				if !refund.when.Before(start) && !refund.when.After(end) {
					rows = append(rows, refund.row)
				}
			}
			if rows == nil {
				return walktest.Answer{Status: 400, Body: noRefunds}
			}
			return walktest.Answer{Status: 200, Body: page(t, "refunds", false, rows...)}
		},
	}
	for id, charge := range charges {
		answers["/v2/charges/"+id] = func(walktest.Call) walktest.Answer {
			singles = append(singles, id)
			encoded, err := json.Marshal(charge)
			require.NoError(t, err)
			return walktest.Answer{Status: 200, Body: string(encoded)}
		}
	}
	return answers, &singles
}

// Refunds are listed by their own dates: an old charge that is refunded now comes too, with all that was ever refunded of it.
func TestAnOldChargeThatIsRefundedNow(t *testing.T) {
	t.Parallel()
	answers, singles := history(t)
	gateway, _ := newGateway(t, answers)
	w := walktest.Of(t, gateway, query())
	require.NoError(t, w.Err)
	require.Empty(t, w.Bad)
	require.Len(t, w.Payments, 2)
	assert.Equal(t, "chg_new", w.Payments[0].ID)
	assert.Equal(t, "1.00", w.Payments[0].Refunded.String())
	assert.Equal(t, "chg_old", w.Payments[1].ID)
	assert.Equal(t, "30.00", w.Payments[1].Refunded.String(), "10.00 of it long ago")
	assert.Equal(t, paylinks.PaymentPartiallyRefunded, w.Payments[1].Status)
	assert.Equal(t, "late/chg_old", w.Payments[1].Checkpoint)
	assert.Equal(t, []string{"chg_old"}, *singles, "only charges that weren't listed are asked for")
}

func TestAWalkIsResumedAmongTheOldCharges(t *testing.T) {
	t.Parallel()
	for resume, want := range map[string][]string{
		"0/chg_new":     {"chg_old"},
		"late/chg_a":    {"chg_old"},
		"late/chg_old":  nil,
		"late/chg_zero": nil,
	} {
		t.Run(resume, func(t *testing.T) {
			t.Parallel()
			answers, _ := history(t)
			answers[chargesPath] = walktest.Says(400, noCharges) // what follows the checkpoint
			gateway, _ := newGateway(t, answers)
			q := query()
			q.Resume = resume
			w := walktest.Of(t, gateway, q)
			require.NoError(t, w.Err)
			require.Empty(t, w.Bad)
			var ids []string
			for _, payment := range w.Payments {
				ids = append(ids, payment.ID)
			}
			assert.Equal(t, want, ids, "a charge of the window came before the checkpoint")
		})
	}
}

// A refund of today counts for a charge of a window that is long past.
func TestRefundsAreReadUpToNow(t *testing.T) {
	t.Parallel()
	gateway, f := newGateway(t, walktest.Answers{chargesPath: walktest.Says(400, noCharges)})
	q := query()
	q.From, q.To = q.From.Add(-70*24*time.Hour), q.To.Add(-70*24*time.Hour)
	w := walktest.Of(t, gateway, q)
	require.NoError(t, w.Err)
	calls := f.Calls(refundsPath)
	require.Len(t, calls, 3)
	assert.Equal(t, strconv.FormatInt(now.UnixMilli(), 10), listed(t, calls[2]).Period.Date.To)
	assert.Len(t, f.Calls(chargesPath), 1)
}

// Periods overlap, so that a charge just before the window is in the first answer. It doesn't count as met.
func TestAChargeJustBeforeTheWindow(t *testing.T) {
	t.Parallel()
	q := query()
	made := row(map[string]any{"transaction": map[string]any{"created": strconv.FormatInt(q.From.Add(-time.Second/2).UnixMilli(), 10)}})
	refund := refundRow("re_1", "1.00", map[string]any{"created": strconv.FormatInt(q.From.Add(time.Hour).UnixMilli(), 10)})
	single, err := json.Marshal(made)
	require.NoError(t, err)
	gateway, _ := newGateway(t, walktest.Answers{
		chargesPath: walktest.Says(200, page(t, "charges", false, made)), refundsPath: walktest.Says(200, page(t, "refunds", false, refund)),
		"/v2/charges/chg_1": walktest.Says(200, string(single)),
	})
	w := walktest.Of(t, gateway, q)
	require.NoError(t, w.Err)
	require.Empty(t, w.Bad)
	require.Len(t, w.Payments, 1)
	assert.Equal(t, paylinks.PaymentPartiallyRefunded, w.Payments[0].Status)
	assert.Equal(t, "late/chg_1", w.Payments[0].Checkpoint)
}

func TestOldChargesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer  walktest.Answer
		refusal paylinks.Refusal
		reason  string
	}{
		"no object":   {walktest.Answer{Status: 200, Body: `[]`}, paylinks.Unreachable, ""},
		"a failure":   {walktest.Answer{Status: 502}, paylinks.Unreachable, ""},
		"a wrong key": {walktest.Answer{Status: 401}, paylinks.RefusedCredentials, ""},
		"no amount":   {walktest.Answer{Status: 200, Body: `{"id":"chg_old","currency":"SAR"}`}, "", "amount"},
		"not there":   {walktest.Answer{Status: 404, Body: apiError("1144", "Charge id not found")}, "", "doesn't know"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers, _ := history(t)
			answers["/v2/charges/chg_old"] = func(walktest.Call) walktest.Answer { return tt.answer }
			gateway, _ := newGateway(t, answers)
			w := walktest.Of(t, gateway, query())
			require.Len(t, w.Payments, 1, "what came before stands")
			if tt.refusal != "" {
				assert.Equal(t, tt.refusal, providerError(t, w.Err).Refusal)
				assert.Empty(t, w.Bad)
				return
			}
			require.NoError(t, w.Err)
			require.Len(t, w.Bad, 1)
			assert.Equal(t, "chg_old", w.Bad[0].ID)
			assert.Contains(t, w.Bad[0].Reason, tt.reason)
		})
	}
}

// Whoever breaks a walk off, wherever it is, hears nothing more and causes no further call.
func TestAWalkIsBrokenOff(t *testing.T) {
	t.Parallel()
	for stop := 1; stop <= 3; stop++ {
		answers, _ := history(t)
		list := answers[refundsPath]
		nobody := refundRow("re_x", "1.00", map[string]any{"charge_id": nil})
		answers[refundsPath] = func(call walktest.Call) walktest.Answer {
			said := list(call)
			if said.Status == 200 {
				said.Body = strings.Replace(said.Body, `"refunds":[`, `"refunds":[`+mustJSON(t, nobody)+`,`, 1)
			}
			return said
		}
		gateway, f := newGateway(t, answers)
		rows, calls := 0, 0
		for _, err := range gateway.Payments(t.Context(), query()) {
			if err != nil {
				var bad *paylinks.BadRow
				require.ErrorAs(t, err, &bad)
			}
			rows++
			calls = len(f.All())
			if rows == stop {
				break
			}
		}
		assert.Equal(t, stop, rows)
		assert.Len(t, f.All(), calls)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	return string(encoded)
}
