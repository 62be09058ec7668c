package tabby_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

func entry(id, reference, amount string) map[string]any {
	return map[string]any{"id": id, "reference_id": reference, "amount": amount, "created_at": "2026-03-01T10:00:00Z", "items": nil}
}

func entries(amounts ...string) []any {
	list := make([]any, 0, len(amounts))
	for i, amount := range amounts {
		list = append(list, entry(string(rune('a'+i)), "r"+string(rune('a'+i)), amount))
	}
	return list
}

// fetch is the snapshot of a payment with some fields replaced.
func fetch(t *testing.T, replace map[string]any) (paylinks.Snapshot, error) {
	t.Helper()
	e := newExchange(t)
	e.Answer(http.MethodGet, saudi+"/api/v2/payments/"+paymentID, 200, payment(t, replace))
	return e.Fetch(t.Context(), ref(t, "250", paylinks.SAR))
}

// The normal form of Tabby's statuses for a payment of 250, cell by cell.
func TestStatusTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		word     string
		captures []any
		refunds  []any
		want     paylinks.Status
	}{
		{"CREATED", nil, nil, paylinks.StatusCreated},
		{"AUTHORIZED", nil, nil, paylinks.StatusAuthorized},
		{"AUTHORIZED", entries("0"), nil, paylinks.StatusAuthorized},
		{"AUTHORIZED", entries("100"), nil, paylinks.StatusPartiallyCaptured},
		{"AUTHORIZED", entries("100", "149.99"), nil, paylinks.StatusPartiallyCaptured},
		{"AUTHORIZED", entries("250"), nil, paylinks.StatusCaptured},
		{"CLOSED", nil, nil, paylinks.StatusCancelled},
		{"CLOSED", entries("0.00"), nil, paylinks.StatusCancelled},
		{"CLOSED", entries("250"), nil, paylinks.StatusCaptured},
		{"CLOSED", entries("100"), nil, paylinks.StatusCaptured},
		{"CLOSED", entries("100", "150"), nil, paylinks.StatusCaptured},
		{"CLOSED", entries("250"), entries("0.01"), paylinks.StatusPartiallyRefunded},
		{"CLOSED", entries("250"), entries("100", "149.99"), paylinks.StatusPartiallyRefunded},
		{"CLOSED", entries("250"), entries("250"), paylinks.StatusRefunded},
		{"CLOSED", entries("250"), entries("100", "150"), paylinks.StatusRefunded},
		{"CLOSED", entries("100"), entries("50"), paylinks.StatusPartiallyRefunded},
		{"CLOSED", entries("100"), entries("100"), paylinks.StatusRefunded},
		{"REJECTED", nil, nil, paylinks.StatusRejected},
		{"EXPIRED", nil, nil, paylinks.StatusExpired},
		{"created", nil, nil, paylinks.StatusCreated},
		{"authorized", entries("100"), nil, paylinks.StatusPartiallyCaptured},
		{"Closed", entries("250"), nil, paylinks.StatusCaptured},
		{"CAPTURED", entries("250"), nil, paylinks.StatusUnknown},
		{"NEW", nil, nil, paylinks.StatusUnknown},
		{"", nil, nil, paylinks.StatusUnknown},
	} {
		name, err := json.Marshal([]any{tt.word, len(tt.captures), len(tt.refunds), tt.want})
		require.NoError(t, err)
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			got, err := fetch(t, map[string]any{"status": tt.word, "captures": tt.captures, "refunds": tt.refunds})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, tt.word, got.ProviderStatus)
			assert.True(t, got.Captured.IsSet(), "totals are always told")
			assert.True(t, got.Refunded.IsSet(), "totals are always told")
		})
	}
}

func TestFetchReadsCapturesAndRefundsInAnyOrder(t *testing.T) {
	t.Parallel()
	got, err := fetch(t, map[string]any{
		"status": "CLOSED", "expires_at": "2027-03-01T09:00:00Z",
		"captures": []any{entry("c2", "", "149.5"), entry("c1", "cap-1", "100.50")},
		"refunds":  []any{map[string]any{"id": "r1", "amount": "20", "reference_id": nil, "reason": nil}},
	})
	require.NoError(t, err)
	assert.Equal(t, paylinks.Ref{Reference: "op-1", OrderID: "ORDER-7", PaymentID: paymentID}, got.Ref)
	assert.Equal(t, "250.00", got.Captured.String())
	assert.Equal(t, "20.00", got.Refunded.String())
	require.Len(t, got.Captures, 2)
	assert.Equal(t, "cap-1", got.Captures[1].Reference)
	assert.Equal(t, "c1", got.Captures[1].ID)
	assert.Equal(t, "100.50", got.Captures[1].Amount.String())
	assert.Equal(t, time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), got.Captures[1].At)
	require.Len(t, got.Refunds, 1)
	assert.Equal(t, "r1", got.Refunds[0].ID)
	assert.Zero(t, got.ExpiresAt, "once paid, expires_at is a year ahead and says nothing of the link")
}

func TestAmountsLoseTheirZeros(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		wire     any
		currency paylinks.Currency
		want     string
	}{
		{"250", paylinks.SAR, "250.00"},
		{"250.5", paylinks.SAR, "250.50"},
		{"250.50", paylinks.SAR, "250.50"},
		{"0.01", paylinks.AED, "0.01"},
		{"12.5", paylinks.KWD, "12.500"},
		{"12.505", paylinks.KWD, "12.505"},
		{"12.5050", paylinks.KWD, "12.505"},
		{json.Number("250.10"), paylinks.SAR, "250.10"},
	} {
		t.Run(string(tt.currency)+" "+tt.want, func(t *testing.T) {
			t.Parallel()
			got, err := fetch(t, map[string]any{"amount": tt.wire, "currency": tt.currency})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Amount.String())
			assert.Equal(t, tt.currency, got.Amount.Currency())
		})
	}
}

// An amount that can't be read must not be left out of a total.
func TestAPaymentWithUnreadableMoneyIsNoFact(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]map[string]any{
		"no amount":             {"amount": nil},
		"a negative amount":     {"amount": "-250"},
		"an exponent":           {"amount": "2.5e2"},
		"too many decimals":     {"amount": "250.005"},
		"an amount of words":    {"amount": "lots"},
		"an amount of an array": {"amount": []any{}},
		"no currency":           {"currency": nil},
		"an unknown currency":   {"currency": "ZZZ"},
		"a bad capture":         {"captures": entries("100", "x")},
		"a bad refund":          {"refunds": entries("100", "")},
		"captures of no list":   {"captures": map[string]any{"a": 1}},
		"another payment":       {"id": "00000000-0000-4000-8000-000000000000"},
		"no id":                 {"id": nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fetch(t, replace)
			refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
		})
	}
}

func TestOddFieldsWithoutMoneyDoNotMatter(t *testing.T) {
	t.Parallel()
	got, err := fetch(t, map[string]any{
		"status": "AUTHORIZED", "captures": nil, "order": []any{}, "meta": []any{}, "created_at": 7, "expires_at": "never", "is_test": nil, "product": 1,
	})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusAuthorized, got.Status)
	assert.Equal(t, paylinks.Ref{PaymentID: paymentID}, got.Ref)
}

func TestAPaymentOfTheOtherEnvironmentIsAnError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key    paylinks.Secret
		isTest bool
		wrong  string
	}{
		{testKey, true, ""},
		{liveKey, false, ""},
		{testKey, false, "Tabby answers with a live payment, but our key is a test key"},
		{liveKey, true, "Tabby answers with a test payment, but our key is a live key"},
	} {
		e := newExchange(t, func(c *tabby.Config) { c.SecretKey = tt.key })
		e.Answer(http.MethodGet, saudi+"/api/v2/payments/"+paymentID, 200, payment(t, map[string]any{"is_test": tt.isTest}))
		e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, map[string]any{
			"status": "rejected", "payment": map[string]any{"is_test": tt.isTest},
		}))
		_, fetchErr := e.Fetch(t.Context(), ref(t, "250", paylinks.SAR))
		_, createErr := e.Create(t.Context(), fullInput(t))
		for _, err := range []error{fetchErr, createErr} {
			if tt.wrong == "" {
				require.NoError(t, err)
				continue
			}
			got := providerError(t, err)
			assert.Equal(t, paylinks.RefusedCredentials, got.Refusal)
			assert.Equal(t, tt.wrong, got.Message)
		}
	}
}

// Ids that came from elsewhere can't lead a call astray.
func TestOnlyUUIDsBecomePartOfAPath(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "1", "../webhooks", paymentID + "/close", paymentID + "?x", "pay_9e8d7c6b", "{" + paymentID + "}"} {
		e := newExchange(t)
		bad := paylinks.Ref{PaymentID: id, SessionID: id, Amount: money(t, "250", paylinks.SAR)}
		amount := money(t, "1", paylinks.SAR)
		calls := map[string]func() error{
			"fetch":   func() error { _, err := e.Fetch(t.Context(), bad); return err },
			"capture": func() error { _, err := e.Capture(t.Context(), bad, paylinks.CaptureInput{Amount: amount}); return err },
			"refund":  func() error { _, err := e.Refund(t.Context(), bad, paylinks.RefundInput{Amount: amount}); return err },
			"cancel":  func() error { _, err := e.Cancel(t.Context(), bad, paylinks.CancelInput{}); return err },
			"void":    func() error { _, err := e.Cancel(t.Context(), bad, paylinks.CancelInput{Void: true}); return err },
			"send":    func() error { return e.SendLink(t.Context(), bad, paylinks.SendInput{}) },
		}
		for name, call := range calls {
			got := providerError(t, call())
			assert.Equal(t, paylinks.RefusedRequest, got.Refusal, "%s of %q", name, id)
			assert.Equal(t, paylinks.NotApplied, got.Outcome, "%s of %q", name, id)
		}
		assert.Zero(t, e.Mock.GetTotalCallCount())
	}
}
