package stripe

import (
	"net/http"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

const checkKey = "check that STRIPE_SECRET_KEY is right, and test or live as meant"

// byStatus is what the HTTP status of an error of the API means. Any other is a refused request.
var byStatus = map[int]struct {
	refusal paylinks.Refusal
	message string
}{
	http.StatusUnauthorized: {paylinks.RefusedCredentials, "Stripe doesn't know the key: " + checkKey},
	http.StatusForbidden: {
		paylinks.RefusedCredentials,
		"the key may not read this: a restricted key needs to read PaymentIntents, Charges, Refunds and Disputes " +
			"(the first two alone with CreatedOnly), and access to the connected account where one is set",
	},
	http.StatusNotFound:        {paylinks.RefusedNotFound, "Stripe doesn't know it, at least not for this key and account"},
	http.StatusTooManyRequests: {paylinks.RefusedRate, "too many calls for this account"},
	http.StatusConflict:        {paylinks.Unreachable, "Stripe is busy with another call"},
}

// refusal turns a failed call into the error that a sync understands.
func refusal(err error) error {
	return patience.Refusal(err, func(answer *api.Error) *paylinks.ProviderError {
		kind, message := verdict(answer)
		return answer.Refused(kind, code(answer), message)
	})
}

func verdict(answer *api.Error) (paylinks.Refusal, string) {
	kind, message := paylinks.RefusedRequest, "Stripe refuses the request"
	row, known := byStatus[answer.Status]
	switch {
	case answer.Err != nil:
		kind, message = paylinks.Unreachable, "the answer is not the JSON of Stripe's API"
	case answer.Status < 400:
		kind, message = paylinks.Unreachable, "Stripe redirects instead of answering: check BaseURL"
	case answer.Status >= http.StatusInternalServerError:
		kind, message = paylinks.Unreachable, "Stripe failed"
	case known:
		kind, message = row.refusal, row.message
	case !answer.JSON:
		kind, message = paylinks.Unreachable, "the answer is not the JSON of Stripe's API"
	case answer.Param != "":
		message += ": parameter " + answer.Param
	}
	if answer.RequestID != "" {
		message += " (request " + answer.RequestID + ")"
	}
	return kind, message
}

// code is Stripe's code, or the error's type where there's none.
func code(answer *api.Error) string {
	if answer.Code != "" {
		return answer.Code
	}
	return answer.Type
}
