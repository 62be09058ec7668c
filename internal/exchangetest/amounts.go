package exchangetest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Money is an amount.
func Money(tb testing.TB, text string, currency paylinks.Currency) paylinks.Money {
	tb.Helper()
	amount, err := paylinks.ParseMoney(text, currency)
	require.NoError(tb, err)
	return amount
}

// ProviderError is err as what an error of a provider must be.
func ProviderError(tb testing.TB, err error) *paylinks.ProviderError {
	tb.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(tb, err, &e)
	return e
}

// Refused is what a call was refused with: in this way, and with a message.
func Refused(tb testing.TB, err error, refusal paylinks.Refusal, outcome paylinks.Outcome) paylinks.ProviderError {
	tb.Helper()
	e := ProviderError(tb, err)
	assert.Equal(tb, refusal, e.Refusal)
	assert.Equal(tb, outcome, e.Outcome)
	assert.NotEmpty(tb, e.Message)
	return *e
}

// WrongFields are the fields that a configuration error names, with their codes.
func WrongFields(tb testing.TB, err error) map[string]string {
	tb.Helper()
	fields := map[string]string{}
	if err == nil {
		return fields
	}
	joined, ok := errors.Unwrap(err).(interface{ Unwrap() []error })
	require.True(tb, ok, "the error joins one for each field")
	for _, one := range joined.Unwrap() {
		var field *paylinks.FieldError
		require.ErrorAs(tb, one, &field)
		fields[field.Field] = field.Code
	}
	return fields
}

// Hidden checks that no way of printing v shows one of the words, nor one of printing its causes where it's an error.
func Hidden(tb testing.TB, v any, words ...string) {
	tb.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		text := fmt.Sprintf(verb, v)
		for _, word := range words {
			assert.NotContains(tb, text, word, verb)
		}
	}
	if err, ok := v.(error); ok && errors.Unwrap(err) != nil {
		Hidden(tb, errors.Unwrap(err), words...)
	}
}

// LoseCalls has call lose a call to url in two ways: a connection that breaks after the request was sent proves nothing; one that was never made does.
func LoseCalls(tb testing.TB, call func(url string) error) {
	tb.Helper()
	cut := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}))
	tb.Cleanup(cut.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	Refused(tb, call(cut.URL), paylinks.Unreachable, paylinks.OutcomeUnknown)
	Refused(tb, call(gone.URL), paylinks.Unreachable, paylinks.NotApplied)
}
