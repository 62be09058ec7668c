package tamara_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

// fetch is the snapshot of an order with some fields replaced.
func fetch(t *testing.T, replace map[string]any, change ...func(*tamara.Config)) (paylinks.Snapshot, error) {
	t.Helper()
	e := newExchange(t, change...)
	e.Answer(http.MethodGet, sandbox+"/orders/"+orderID, 200, order(t, replace))
	return e.Fetch(t.Context(), ref(t, "250", paylinks.SAR))
}

// The normal form of Tamara's statuses for an order of 250, cell by cell.
func TestStatusTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		word                         string
		captured, refunded, canceled string
		want                         paylinks.Status
	}{
		{"new", "0", "0", "0", paylinks.StatusCreated},
		{"on_hold", "0", "0", "0", paylinks.StatusCreated},
		{"approved", "0", "0", "0", paylinks.StatusAuthorized},
		{"authorised", "0", "0", "0", paylinks.StatusAuthorized},
		{"authorized", "0", "0", "0", paylinks.StatusAuthorized},
		{"updated", "0", "0", "50", paylinks.StatusAuthorized},
		{"partially_captured", "100", "0", "0", paylinks.StatusPartiallyCaptured},
		{"partially_captured", "100", "0", "149.99", paylinks.StatusPartiallyCaptured},
		{"partially_captured", "100", "0", "150", paylinks.StatusCaptured},
		{"fully_captured", "250", "0", "0", paylinks.StatusCaptured},
		{"partially_refunded", "250", "0.01", "0", paylinks.StatusPartiallyRefunded},
		{"fully_refunded", "250", "250", "0", paylinks.StatusRefunded},
		{"canceled", "0", "0", "250", paylinks.StatusCancelled},
		{"cancelled", "0", "0", "250", paylinks.StatusCancelled},
		{"expired", "0", "0", "0", paylinks.StatusExpired},
		{"declined", "0", "0", "0", paylinks.StatusRejected},
		{"NEW", "0", "0", "0", paylinks.StatusCreated},
		{"Fully_Captured", "250", "0", "0", paylinks.StatusCaptured},
		{"captured", "250", "0", "0", paylinks.StatusUnknown},
		{"disputed", "250", "0", "0", paylinks.StatusUnknown},
		{"", "0", "0", "0", paylinks.StatusUnknown},
	} {
		t.Run(tt.word+" "+tt.captured+" "+tt.canceled, func(t *testing.T) {
			t.Parallel()
			got, err := fetch(t, map[string]any{
				"status": tt.word, "captured_amount": sum(tt.captured), "refunded_amount": sum(tt.refunded), "canceled_amount": sum(tt.canceled),
			})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, tt.word, got.ProviderStatus)
			assert.Equal(t, money(t, tt.captured, paylinks.SAR).String(), got.Captured.String())
			assert.Equal(t, money(t, tt.refunded, paylinks.SAR).String(), got.Refunded.String())
			assert.Equal(t, "250.00", got.Amount.String())
			assert.Equal(t, tt.word == "declined", got.Reason == "declined")
		})
	}
}

// Tamara declares amounts in other forms than it writes: numbers and strings, single ones and lists of one, and nothing as [] or null.
func TestFormsOfAmounts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wire any
		want string
	}{
		"a number":         {sum("100.5"), "100.50"},
		"a whole number":   {sum("100"), "100.00"},
		"zeros":            {sum("100.5000"), "100.50"},
		"a string":         {map[string]any{"amount": "100.50", "currency": "SAR"}, "100.50"},
		"an odd string":    {map[string]any{"amount": "00.00", "currency": "SAR"}, "0.00"},
		"a list of one":    {[]any{sum("100.5")}, "100.50"},
		"an empty list":    {[]any{}, "0.00"},
		"null":             {json.RawMessage("null"), "0.00"},
		"nothing":          {nil, "0.00"},
		"no currency":      {map[string]any{"amount": 7}, "7.00"},
		"a small currency": {map[string]any{"amount": 7, "currency": "sar"}, "7.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := fetch(t, map[string]any{"status": "partially_captured", "captured_amount": tt.wire})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Captured.String())
		})
	}
}

func TestThreeDecimals(t *testing.T) {
	t.Parallel()
	for _, currency := range []paylinks.Currency{paylinks.BHD, paylinks.KWD, paylinks.OMR} {
		got, err := fetch(t, map[string]any{
			"status": "partially_captured", "total_amount": map[string]any{"amount": 12.505, "currency": currency},
			"captured_amount": map[string]any{"amount": "1.5", "currency": currency}, "refunded_amount": []any{}, "canceled_amount": []any{},
		})
		require.NoError(t, err)
		assert.Equal(t, "12.505", got.Amount.String())
		assert.Equal(t, "1.500", got.Captured.String())
	}
}

// An amount that can't be read must not be left out of a total.
func TestAnOrderWithUnreadableMoneyIsNoFact(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]map[string]any{
		"no amount":              {"total_amount": nil},
		"no object":              {"total_amount": []any{}},
		"a negative amount":      {"total_amount": sum("-250")},
		"an exponent":            {"total_amount": sum("2.5e2")},
		"too many decimals":      {"total_amount": sum("250.005")},
		"an amount of words":     {"total_amount": map[string]any{"amount": "lots", "currency": "SAR"}},
		"an unknown currency":    {"total_amount": map[string]any{"amount": 1, "currency": "EGP"}},
		"two amounts":            {"captured_amount": []any{sum("1"), sum("2")}},
		"another currency":       {"captured_amount": map[string]any{"amount": 1, "currency": "AED"}},
		"a bad total":            {"refunded_amount": map[string]any{"amount": "x", "currency": "SAR"}},
		"a bad capture":          {"transactions": map[string]any{"captures": []any{map[string]any{"capture_id": "c", "total_amount": sum("-1")}}}},
		"a bad refund":           {"transactions": map[string]any{"refunds": []any{map[string]any{"refund_id": "r", "total_amount": "1"}}}},
		"transactions of a list": {"transactions": []any{1}},
		"another order":          {"order_id": checkoutID},
		"no id":                  {"order_id": nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fetch(t, replace)
			refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
		})
	}
}

// PHP writes an empty object as []. What carries no money may be of any shape.
func TestOddFieldsWithoutMoneyDoNotMatter(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]map[string]any{
		"empty lists": {"transactions": []any{}, "additional_data": []any{}, "discount_amount": []any{}, "consumer": []any{}, "billing_address": []any{}},
		"nulls":       {"transactions": json.RawMessage("null"), "additional_data": json.RawMessage("null"), "created_at": json.RawMessage("null")},
		"other types": {"additional_data": "x", "created_at": 7, "order_number": 7, "order_reference_id": []any{}, "instalments": "3", "payment_type": 1},
		"missing":     {"transactions": nil, "additional_data": nil, "created_at": nil, "order_number": nil, "order_reference_id": nil},
		"a discount":  {"discount_amount": map[string]any{"name": "Eid", "amount": sum("10")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replace["status"] = "authorised"
			got, err := fetch(t, replace)
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusAuthorized, got.Status)
			assert.Equal(t, orderID, got.Ref.PaymentID)
		})
	}
}

func capture(id, amount string) map[string]any {
	return map[string]any{
		"capture_id": id, "total_amount": sum(amount), "created_at": "2026-03-01T10:00:00+00:00", "items": []any{},
		"shipping_info": map[string]any{"shipping_company": "N/A", "tracking_number": nil}, "discount_amount": sum("0"),
	}
}

func refund(id, reference, amount string) map[string]any {
	one := map[string]any{
		"refund_id": id, "capture_id": "c1", "total_amount": sum(amount), "created_at": "2026-03-01T11:00:00.500Z", "ext_data": []any{},
		"merchant_refund_id": nil, "refund_status": "success",
	}
	if reference != "" {
		one["merchant_refund_id"] = reference
	}
	return one
}

func transactions(captures, refunds []any) map[string]any {
	return map[string]any{"captures": captures, "refunds": refunds, "cancels": []any{}}
}

func TestFetchListsCapturesAndRefunds(t *testing.T) {
	t.Parallel()
	got, err := fetch(t, map[string]any{
		"status": "partially_refunded", "captured_amount": sum("250"), "refunded_amount": sum("30"),
		"transactions": transactions([]any{capture("c1", "100.5"), capture("c2", "149.5")}, []any{refund("r1", "ref-1", "10"), refund("r2", "", "20")}),
	})
	require.NoError(t, err)
	assert.Equal(t, paylinks.Ref{Reference: "op-1", OrderID: "ORDER-7", PaymentID: orderID, Flow: string(tamara.FlowSMS)}, got.Ref)
	assert.Equal(t, []paylinks.Transaction{
		{ID: "c1", Amount: money(t, "100.5", paylinks.SAR), At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
		{ID: "c2", Amount: money(t, "149.5", paylinks.SAR), At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
	}, inUTC(got.Captures))
	require.Len(t, got.Refunds, 2)
	assert.Equal(t, "ref-1", got.Refunds[0].Reference, "merchant_refund_id is our reference")
	assert.Equal(t, "r1", got.Refunds[0].ID)
	assert.Empty(t, got.Refunds[1].Reference, "a refund that was made in the portal has none")
}

func inUTC(list []paylinks.Transaction) []paylinks.Transaction {
	for i := range list {
		list[i].At = list[i].At.UTC()
	}
	return list
}

func TestTotals(t *testing.T) {
	t.Parallel()
	declined := refund("r2", "ref-2", "50")
	declined["refund_status"] = "failed"
	pending := refund("r3", "ref-3", "50")
	pending["refund_status"] = "pending"
	for name, tt := range map[string]struct {
		replace            map[string]any
		captured, refunded string
		refunds            int
	}{
		"Tamara's own": {
			map[string]any{
				"status": "partially_refunded", "captured_amount": sum("250"), "refunded_amount": sum("10"),
				"transactions": transactions([]any{capture("c1", "250")}, []any{refund("r1", "", "10")}),
			}, "250.00", "10.00", 1,
		},
		"none given: what the transactions come to": {
			map[string]any{
				"status": "partially_refunded", "captured_amount": nil, "refunded_amount": []any{},
				"transactions": transactions([]any{capture("c1", "100"), capture("c2", "150")}, []any{refund("r1", "", "10"), refund("r2", "", "5")}),
			}, "250.00", "15.00", 2,
		},
		"one lags behind: the larger": {
			map[string]any{
				"status": "partially_refunded", "captured_amount": sum("100"), "refunded_amount": sum("20"),
				"transactions": transactions([]any{capture("c1", "100"), capture("c2", "150")}, []any{refund("r1", "", "10")}),
			}, "250.00", "20.00", 1,
		},
		"a failed refund is none": {
			map[string]any{
				"status": "partially_refunded", "captured_amount": sum("250"), "refunded_amount": sum("10"),
				"transactions": transactions([]any{capture("c1", "250")}, []any{refund("r1", "", "10"), declined}),
			}, "250.00", "10.00", 1,
		},
		"one with a word that isn't documented counts": {
			map[string]any{
				"status": "partially_refunded", "captured_amount": sum("250"), "refunded_amount": nil,
				"transactions": transactions([]any{capture("c1", "250")}, []any{pending}),
			}, "250.00", "50.00", 1,
		},
		"captured, by its status alone":        {map[string]any{"status": "fully_captured"}, "250.00", "0.00", 0},
		"what was cancelled can't be captured": {map[string]any{"status": "fully_captured", "canceled_amount": sum("50")}, "200.00", "0.00", 0},
		"refunded, by its status alone":        {map[string]any{"status": "fully_refunded", "captured_amount": sum("250")}, "250.00", "250.00", 0},
		"what is refunded was captured":        {map[string]any{"status": "fully_refunded", "refunded_amount": sum("250")}, "250.00", "250.00", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := fetch(t, tt.replace)
			require.NoError(t, err)
			assert.Equal(t, tt.captured, got.Captured.String())
			assert.Equal(t, tt.refunded, got.Refunded.String())
			assert.Len(t, got.Refunds, tt.refunds)
		})
	}
}

// Tamara tells no deadline: it counts from the order's creation, and depends on the flow that the link was made in.
func TestExpiryOfAnUnpaidLink(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		flow    tamara.Flow
		minutes int
		replace map[string]any
		want    time.Time
	}{
		"in a shop":               {tamara.FlowSMS, 0, nil, created.Add(15 * time.Minute)},
		"by QR":                   {tamara.FlowQR, 0, nil, created.Add(15 * time.Minute)},
		"online":                  {tamara.FlowOnline, 0, nil, created.Add(30 * time.Minute)},
		"as support enabled":      {tamara.FlowSMS, 60, nil, created.Add(time.Hour)},
		"the other form of times": {tamara.FlowSMS, 0, map[string]any{"created_at": "2026-03-01T12:00:00+03:00"}, created.Add(15 * time.Minute)},
		"no time":                 {tamara.FlowSMS, 0, map[string]any{"created_at": nil}, time.Time{}},
		"paid":                    {tamara.FlowSMS, 0, map[string]any{"status": "fully_captured"}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tamara.Config) { c.ExpiryMinutes = tt.minutes })
			e.Answer(http.MethodGet, sandbox+"/orders/"+orderID, 200, order(t, tt.replace))
			got, err := e.Fetch(t.Context(), ref(t, "250", paylinks.SAR, tt.flow))
			require.NoError(t, err)
			assert.True(t, tt.want.Equal(got.ExpiresAt), "got %s", got.ExpiresAt)
		})
	}
}

// Online, an approved order waits for us. In a shop it's only passing through, unless it stays long after its link's end.
func TestWhenAnOrderIsToBeConfirmed(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	manual := func(c *tamara.Config) { c.ManualAuthorise = true }
	for name, tt := range map[string]struct {
		flow   tamara.Flow
		status string
		age    time.Duration
		change []func(*tamara.Config)
		want   bool
	}{
		"online, at once":             {tamara.FlowOnline, "approved", 0, nil, true},
		"online, in capitals":         {tamara.FlowOnline, "APPROVED", 0, nil, true},
		"online, authorised":          {tamara.FlowOnline, "authorised", 0, nil, false},
		"online, new":                 {tamara.FlowOnline, "new", 0, nil, false},
		"online, by hand":             {tamara.FlowOnline, "approved", 0, []func(*tamara.Config){manual}, false},
		"in a shop, in passing":       {tamara.FlowSMS, "approved", 15 * time.Minute, nil, false},
		"in a shop, at the last":      {tamara.FlowSMS, "approved", 20 * time.Minute, nil, false},
		"in a shop, since long":       {tamara.FlowSMS, "approved", 21 * time.Minute, nil, true},
		"by QR, since long":           {tamara.FlowQR, "approved", 21 * time.Minute, nil, true},
		"in a shop, long and by hand": {tamara.FlowSMS, "approved", time.Hour, []func(*tamara.Config){manual}, false},
		"in a shop, long captured":    {tamara.FlowSMS, "fully_captured", time.Hour, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, append(tt.change, func(c *tamara.Config) { c.Now = func() time.Time { return created.Add(tt.age) } })...)
			e.Answer(http.MethodGet, sandbox+"/orders/"+orderID, 200, order(t, map[string]any{"status": tt.status}))
			got, err := e.Fetch(t.Context(), ref(t, "250", paylinks.SAR, tt.flow))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.ConfirmNeeded)
		})
	}
}

// Ids that came from elsewhere can't lead a call astray.
func TestOnlyUUIDsBecomePartOfAPath(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "1", "null", "../webhooks", orderID + "/cancel", orderID + "?x", "{" + orderID + "}"} {
		e := newExchange(t)
		amount := money(t, "1", paylinks.SAR)
		bad := paylinks.Ref{PaymentID: id, SessionID: id, Amount: amount}
		calls := map[string]func() error{
			"fetch":   func() error { _, err := e.Fetch(t.Context(), bad); return err },
			"confirm": func() error { _, err := e.Confirm(t.Context(), bad); return err },
			"capture": func() error { _, err := e.Capture(t.Context(), bad, paylinks.CaptureInput{Amount: amount}); return err },
			"refund":  func() error { _, err := e.Refund(t.Context(), bad, paylinks.RefundInput{Amount: amount}); return err },
			"cancel":  func() error { _, err := e.Cancel(t.Context(), bad, paylinks.CancelInput{}); return err },
			"void":    func() error { _, err := e.Cancel(t.Context(), bad, paylinks.CancelInput{Void: true}); return err },
		}
		for name, call := range calls {
			got := providerError(t, call())
			assert.Equal(t, paylinks.RefusedRequest, got.Refusal, "%s of %q", name, id)
			assert.Equal(t, paylinks.NotApplied, got.Outcome, "%s of %q", name, id)
		}
		assert.Zero(t, e.Mock.GetTotalCallCount())
	}
}
