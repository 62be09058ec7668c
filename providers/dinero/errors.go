package dinero

import (
	"errors"
	"net/http"
	"slices"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
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

// refusal turns a failed call into the error that a sync understands.
func refusal(err error) error {
	return patience.Refusal(err, func(answer *api.Error) *paylinks.ProviderError {
		kind, message := verdict(answer)
		return answer.Refused(kind, answer.Code, message)
	})
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
func badRow(t target, err error) error {
	var refused *paylinks.ProviderError
	if errors.As(err, &refused) && (refused.Refusal == paylinks.RefusedNotFound || refused.Refusal == paylinks.RefusedRequest) {
		return &paylinks.BadRow{ID: t.id, Reason: refused.Error()}
	}
	return err
}
