package moyasar

import (
	"net/http"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar/internal/api"
)

const checkKey = "check that MOYASAR_SECRET_KEY is the secret key (sk_…), right, and test or live as meant"

// byStatus is what the HTTP status of an error of the API means. Any other is a refused request.
var byStatus = map[int]struct {
	refusal paylinks.Refusal
	message string
}{
	http.StatusUnauthorized:     {paylinks.RefusedCredentials, "Moyasar doesn't know the key: " + checkKey},
	http.StatusForbidden:        {paylinks.RefusedCredentials, "the key may not list payments: " + checkKey},
	http.StatusMethodNotAllowed: {paylinks.RefusedCredentials, "the account isn't activated for live payments: use the test key until it is"},
	http.StatusNotFound:         {paylinks.RefusedNotFound, "Moyasar doesn't know it, at least not for this key"},
	http.StatusTooManyRequests:  {paylinks.RefusedRate, "too many calls for this account"},
}

// refusal turns a failed call into the error that a sync understands.
func refusal(err error) error {
	return patience.Refusal(err, func(answer *api.Error) *paylinks.ProviderError {
		kind, message := verdict(answer)
		return answer.Refused(kind, answer.Type, message)
	})
}

func verdict(answer *api.Error) (paylinks.Refusal, string) {
	row, known := byStatus[answer.Status]
	switch {
	case answer.Err != nil:
		return paylinks.Unreachable, "the answer is not the JSON of Moyasar's API"
	case answer.Status < 400:
		return paylinks.Unreachable, "Moyasar redirects instead of answering: check BaseURL"
	case answer.Status >= http.StatusInternalServerError:
		return paylinks.Unreachable, "Moyasar failed"
	case known:
		return row.refusal, row.message
	case !answer.JSON:
		return paylinks.Unreachable, "the answer is not the JSON of Moyasar's API"
	case len(answer.Fields) > 0:
		return paylinks.RefusedRequest, "Moyasar refuses the request: " + answer.Fields[0]
	default:
		return paylinks.RefusedRequest, "Moyasar refuses the request"
	}
}
