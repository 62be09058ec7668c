package tap

import (
	"net/http"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

const checkKey = "check that the secret key is right, and test or live as meant"

// known are Tap's own error codes, where they say more than the HTTP status.
var known = map[string]struct {
	refusal paylinks.Refusal
	message string
}{
	"1101": {paylinks.RefusedCredentials, "the key is of the other environment: " + checkKey},
	"1142": {paylinks.RefusedRequest, "Tap misses the id of the charge"},
	"1143": {paylinks.RefusedNotFound, "Tap doesn't take this for the id of a charge"},
	"1144": {paylinks.RefusedNotFound, "Tap doesn't know the charge, at least not for this key"},
	"1162": {paylinks.RefusedRequest, "more than 50 rows were asked for"},
	"2101": {paylinks.Unreachable, "Tap is overloaded or down"},
	"2104": {paylinks.RefusedCredentials, "Tap refuses the key: " + checkKey},
	"2105": {paylinks.RefusedCredentials, "Tap refuses the key: " + checkKey},
	"2106": {paylinks.RefusedCredentials, "Tap refuses the key: " + checkKey},
	"2107": {paylinks.RefusedCredentials, "Tap refuses the key: " + checkKey},
	"7022": {paylinks.RefusedCredentials, "Tap misses the key"},
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
		return paylinks.Unreachable, "the answer is not the JSON of Tap's API"
	case answer.Status < 400:
		return paylinks.Unreachable, "Tap redirects instead of answering: check BaseURL"
	case answer.Status == http.StatusTooManyRequests:
		return paylinks.RefusedRate, "too many calls for this key"
	case answer.Status >= 500:
		return paylinks.Unreachable, "Tap failed"
	}
	if row, ok := known[answer.Code]; ok {
		return row.refusal, row.message
	}
	switch {
	case answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden:
		return paylinks.RefusedCredentials, "Tap refuses the key: " + checkKey
	case answer.Status == http.StatusNotFound && answer.JSON:
		return paylinks.RefusedNotFound, "Tap doesn't know it, at least not for this key"
	case answer.Status == http.StatusNotFound:
		return paylinks.RefusedRequest, "there's no such call at this host: check BaseURL and RefundsPath"
	case !answer.JSON:
		return paylinks.Unreachable, "the answer is not the JSON of Tap's API"
	default:
		return paylinks.RefusedRequest, "Tap refuses the request"
	}
}
