package acmepay_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"

	"example.com/acmepay"
)

// TestWhatAnAnswerAmountsTo has a row for each kind of answer: which refusal it is, and whether it proves that nothing happened.
func TestWhatAnAnswerAmountsTo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		outcome paylinks.Outcome
	}{
		"a wrong request":       {400, `{"error":{"code":"invalid_request"}}`, paylinks.RefusedRequest, paylinks.NotApplied},
		"a wrong key":           {401, `{"error":{"code":"invalid_key"}}`, paylinks.RefusedCredentials, paylinks.NotApplied},
		"an unknown link":       {404, `{"error":{"code":"not_found"}}`, paylinks.RefusedNotFound, paylinks.NotApplied},
		"a wrong state":         {409, `{"error":{"code":"wrong_state"}}`, paylinks.RefusedState, paylinks.NotApplied},
		"a dispute":             {409, `{"error":{"code":"disputed"}}`, paylinks.RefusedDisputed, paylinks.NotApplied},
		"an amount not lent":    {422, `{"error":{"code":"amount_not_offered"}}`, paylinks.RefusedBuyer, paylinks.NotApplied},
		"an unknown refusal":    {422, `{"error":{"code":"brand_new"}}`, paylinks.RefusedRequest, paylinks.NotApplied},
		"too many":              {429, `slow down`, paylinks.RefusedRate, paylinks.NotApplied},
		"a failure":             {500, `{"error":{"code":"invalid_request"}}`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"a proxy's page":        {403, `<html>Forbidden</html>`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"a redirect":            {307, ``, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"a success, not JSON":   {200, `<html>`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"a link without an id":  {200, `{"amount":1,"currency":"SAR"}`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"an unknown currency":   {200, `{"id":"` + linkID + `","amount":1,"currency":"XYZ"}`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"a negative amount":     {200, `{"id":"` + linkID + `","amount":-1,"currency":"SAR"}`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"an amount in decimals": {200, `{"id":"` + linkID + `","amount":1.5,"currency":"SAR"}`, paylinks.Unreachable, paylinks.OutcomeUnknown},
		"a body without an end": {200, strings.Repeat(" ", 2<<20), paylinks.Unreachable, paylinks.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7")
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(server.Close)
			amount := money(t, "150.35", paylinks.SAR)
			_, err := provider(t, server).Capture(t.Context(), paylinks.Ref{PaymentID: linkID, Amount: amount}, paylinks.CaptureInput{Reference: "op", Amount: amount})
			var failure *paylinks.ProviderError
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, c.refusal, failure.Refusal)
			assert.Equal(t, c.outcome, failure.Outcome)
			assert.NotContains(t, failure.Error(), "html", "no body in a message")
		})
	}
}

// Where Acme Pay tells by an error that it won't lend, the link is rejected all the same.
func TestAnAmountThatIsNotLentIsRejected(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"error":{"code":"amount_not_offered"}}`)
	}))
	t.Cleanup(server.Close)
	snapshot, err := provider(t, server).Create(t.Context(), paylinks.CreateInput{Reference: "op", OrderID: "1", Amount: money(t, "150.35", paylinks.SAR)})
	require.NoError(t, err)
	assert.Equal(t, paylinks.Snapshot{Status: paylinks.StatusRejected, ProviderStatus: "amount_not_offered", Reason: "amount_not_offered"}, snapshot)
}

func TestAConfigurationSaysAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := acmepay.New(acmepay.Config{APIKey: "hush", BaseURL: "https://api.example/v1"})
	require.ErrorContains(t, err, "APIKey")
	require.ErrorContains(t, err, "BaseURL")
	assert.NotContains(t, err.Error(), "hush")

	given := map[string]string{"ACMEPAY_API_KEY": " acme_0123456789abcdef\n"}
	p, err := acmepay.FromCredentials(func(name string) string { return given[name] }, acmepay.Config{})
	require.NoError(t, err)
	assert.Equal(t, "acmepay", p.Info().ID)
}

// A word that Acme Pay adds one day moves no link.
func TestAnUnknownStatusIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":"`+linkID+`","amount":15035,"currency":"SAR","status":"on_hold","new_field":{}}`)
	}))
	t.Cleanup(server.Close)
	snapshot, err := provider(t, server).Fetch(t.Context(), paylinks.Ref{PaymentID: linkID})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusUnknown, snapshot.Status)
	assert.Equal(t, "on_hold", snapshot.ProviderStatus)
	assert.Equal(t, "150.35", snapshot.Amount.String())
}
