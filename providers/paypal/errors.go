package paypal

import (
	"errors"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

const (
	checkKeys = "check that the client id and secret are right and of one app, and sandbox or live as meant"
	checkApp  = "turn on Transaction Search for the REST app in PayPal's developer dashboard; it takes up to nine hours to hold"
)

// known are the answers whose name or text says more than their status. Texts are looked for in lower case.
var known = [...]struct {
	name    string
	refusal paylinks.Refusal
	message string
}{
	{"invalid_client", paylinks.RefusedCredentials, "PayPal refuses the client id or secret: " + checkKeys},
	{"invalid_token", paylinks.RefusedCredentials, "PayPal refuses its own new token: " + checkKeys},
	{"AUTHENTICATION_FAILURE", paylinks.RefusedCredentials, "PayPal refuses its own new token: " + checkKeys},
	{"NOT_AUTHORIZED", paylinks.RefusedCredentials, "the app may not do this: " + checkApp},
	{api.NoSearchScope, paylinks.RefusedCredentials, "the app's token has no scope for reports: " + checkApp},
	{"RESULTSET_TOO_LARGE", paylinks.RefusedRequest, "a minute has more rows than PayPal lists"},
	{"RATE_LIMIT_REACHED", paylinks.RefusedRate, "too many calls for this app or address"},
}

// byStatus is what an HTTP status means where the name isn't known. Any other is a refused request.
var byStatus = map[int]struct {
	refusal paylinks.Refusal
	message string
}{
	http.StatusUnauthorized:    {paylinks.RefusedCredentials, "PayPal refuses the client id or secret: " + checkKeys},
	http.StatusForbidden:       {paylinks.RefusedCredentials, "the app may not do this: " + checkApp},
	http.StatusNotFound:        {paylinks.RefusedNotFound, "PayPal doesn't know it, at least not for this account"},
	http.StatusTooManyRequests: {paylinks.RefusedRate, "too many calls for this app or address"},
}

// refusal turns a failed call into a [*paylinks.ProviderError].
func refusal(err error) error {
	return patience.Refusal(err, func(answer *api.Error) *paylinks.ProviderError {
		kind, message := verdict(answer)
		return answer.Refused(kind, answer.Name, message)
	})
}

func verdict(answer *api.Error) (paylinks.Refusal, string) {
	switch {
	case answer.Err != nil:
		return paylinks.Unreachable, "the answer is not the JSON of PayPal's API"
	case answer.Status < 400:
		return paylinks.RefusedRequest, "PayPal redirects instead of answering: check BaseURL"
	case answer.Status >= 500:
		return paylinks.Unreachable, "PayPal failed"
	}
	for _, row := range known {
		if answer.Name == row.name {
			return row.refusal, row.message
		}
	}
	if row, ok := byStatus[answer.Status]; ok && (answer.JSON || row.refusal != paylinks.RefusedNotFound) {
		return row.refusal, row.message
	}
	if !answer.JSON {
		return paylinks.Unreachable, "the answer is not the JSON of PayPal's API"
	}
	return paylinks.RefusedRequest, "PayPal refuses the request"
}

// tooLarge tells whether a window has more rows than PayPal lists.
func tooLarge(err error) bool {
	var answer *api.Error
	return errors.As(err, &answer) && answer.Name == "RESULTSET_TOO_LARGE"
}

// notAvailable tells whether PayPal has no data yet, or no more, for the start of a window.
func notAvailable(err error) bool {
	var answer *api.Error
	return errors.As(err, &answer) && answer.Status == http.StatusBadRequest &&
		strings.Contains(strings.ToLower(answer.Text), "data for the given start date is not available")
}
