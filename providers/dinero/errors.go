package dinero

import (
	"errors"
	"net/http"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero/internal/api"
)

const checkKey = "check that merchant key and password are right and belong together, test or live as meant"

// known are Dinero Pay's own error codes, where they say more than the HTTP status. They are documented for another protocol of its platform.
var known = map[string]struct {
	refusal paylinks.Refusal
	message string
}{
	"208001": {paylinks.RefusedNotFound, "Dinero Pay doesn't know the payment, at least not for this merchant key"},
}

// refusal turns a failed call into the error that a sync understands. Calls read alone, so none has had an effect.
func refusal(err error) *paylinks.ProviderError {
	var (
		answer *api.Error
		done   *paylinks.ProviderError
	)
	switch {
	case errors.As(err, &done):
		return done
	case !errors.As(err, &answer):
		return &paylinks.ProviderError{
			Refusal: paylinks.Unreachable, Outcome: paylinks.NotApplied, Message: "the walk ended: " + err.Error(), Err: err,
		}
	}
	kind, message := verdict(answer)
	return &paylinks.ProviderError{
		Refusal: kind, Outcome: paylinks.NotApplied, Status: answer.Status, Code: answer.Code, Message: message,
		RetryAfter: answer.RetryAfter, Err: err,
	}
}

func verdict(answer *api.Error) (paylinks.Refusal, string) {
	switch {
	case answer.Err != nil:
		return paylinks.Unreachable, "the answer is not the JSON of Dinero Pay's API"
	case answer.Status < 400:
		return paylinks.Unreachable, "Dinero Pay redirects instead of answering: check BaseURL"
	case answer.Status == http.StatusTooManyRequests:
		return paylinks.RefusedRate, "too many calls for this merchant key"
	case answer.Status >= 500:
		return paylinks.Unreachable, "Dinero Pay failed"
	case slices.Contains(answer.Fields, "hash") || slices.Contains(answer.Fields, "merchant_key"):
		return paylinks.RefusedCredentials, "Dinero Pay refuses the merchant key or the hash: " + checkKey
	}
	if row, ok := known[answer.Code]; ok {
		return row.refusal, row.message
	}
	switch {
	case answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden:
		return paylinks.RefusedCredentials, "Dinero Pay refuses the merchant key: " + checkKey
	case answer.Status == http.StatusNotFound && answer.JSON:
		return paylinks.RefusedNotFound, "Dinero Pay doesn't know the payment, at least not for this merchant key"
	case !answer.JSON:
		return paylinks.Unreachable, "the answer is not the JSON of Dinero Pay's API: check BaseURL"
	default:
		return paylinks.RefusedRequest, "Dinero Pay refuses the request"
	}
}

// badRow is a refusal that speaks of one payment alone as a [*paylinks.BadRow], and any other as it is.
func badRow(t target, refused *paylinks.ProviderError) error {
	if refused.Refusal == paylinks.RefusedNotFound || refused.Refusal == paylinks.RefusedRequest {
		return &paylinks.BadRow{ID: t.id, Reason: refused.Error()}
	}
	return refused
}
