package mispay

import (
	"errors"
	"net/http"

	"github.com/paylinks/paylinks-go/mispay/internal/api"
	"github.com/paylinks/paylinks-go/paylinks"
)

const checkKeys = "check App ID and App Secret, that they belong together, and that they are for this environment"

// known are MisPay's error codes.
var known = map[string]struct {
	refusal paylinks.Refusal
	message string
}{
	"ME01": {paylinks.RefusedCredentials, "MisPay misses the App ID: " + checkKeys},
	"ME02": {paylinks.RefusedCredentials, "MisPay misses the App Secret: " + checkKeys},
	"ME03": {paylinks.RefusedCredentials, "MisPay knows no such merchant application: " + checkKeys},
	"ME04": {paylinks.RefusedState, "the checkout isn't valid for this, or not any more"},
	"ME05": {paylinks.RefusedNotFound, "MisPay doesn't know the transaction"},
	"ME10": {paylinks.RefusedCredentials, "MisPay refuses its own new token: " + checkKeys},
	// A session that has expired is the token's. That was renewed, so this can only be the checkout's.
	"ME11": {paylinks.RefusedState, "the checkout has expired"},
	"ME97": {paylinks.RefusedRequest, "MisPay takes the request for invalid"},
}

// byStatus is what the HTTP status means where the code isn't known. Any other 4xx is a refused request.
var byStatus = map[int]struct {
	refusal paylinks.Refusal
	message string
}{
	http.StatusUnauthorized: {paylinks.RefusedCredentials, "MisPay refuses the token: " + checkKeys},
	http.StatusForbidden:    {paylinks.RefusedCredentials, "MisPay refuses the call: " + checkKeys},
	http.StatusConflict:     {paylinks.RefusedState, "the checkout's state doesn't allow the call"},
}

// refusal turns a failed call into the error that the Service understands.
func refusal(err error) error {
	var token *api.TokenError
	if errors.As(err, &token) {
		refused := withoutEffect(token.Err)
		refused.Message = "no token: " + refused.Message
		return refused
	}
	return asProviderError(err)
}

// withoutEffect is the error of a call that something else depended on: that one wasn't made.
func withoutEffect(err error) *paylinks.ProviderError {
	refused := *asProviderError(err)
	refused.Outcome = paylinks.NotApplied
	return &refused
}

func asProviderError(err error) *paylinks.ProviderError {
	answer := answerOf(err)
	if answer == nil {
		var failed *paylinks.ProviderError
		if errors.As(err, &failed) {
			return failed
		}
		return &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Message: "no answer that can be understood", Err: err}
	}
	refused := &paylinks.ProviderError{Status: answer.Status, Code: answer.Code, RetryAfter: answer.RetryAfter, Err: answer}
	refused.Refusal, refused.Outcome, refused.Message = verdict(answer)
	return refused
}

// answerOf is the answer that err is about, nil where there was none.
func answerOf(err error) *api.Error {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return nil
	}
	return answer
}

// verdict is what an answer amounts to. A 4xx has refused the call, in whatever form: MisPay documents HTML as one of its own. A 5xx may have done it.
func verdict(answer *api.Error) (paylinks.Refusal, paylinks.Outcome, string) {
	switch {
	case errors.Is(answer.Err, api.ErrToken):
		return paylinks.RefusedCredentials, paylinks.NotApplied, "MisPay's token can't be decrypted: check that App Secret is the App ID's, byte by byte"
	case answer.Err != nil:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "the answer is not the JSON of MisPay's API"
	case answer.Status < 400:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "MisPay redirects instead of answering: check BaseURL"
	case answer.Status >= 500, answer.Status == http.StatusRequestTimeout:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "MisPay failed"
	case answer.Status == http.StatusTooManyRequests:
		return paylinks.RefusedRate, paylinks.NotApplied, "too many calls"
	}
	if row, ok := known[answer.Code]; ok {
		return row.refusal, paylinks.NotApplied, row.message
	}
	if row, ok := byStatus[answer.Status]; ok {
		return row.refusal, paylinks.NotApplied, row.message
	}
	if answer.Status == http.StatusNotFound {
		if answer.JSON {
			return paylinks.RefusedNotFound, paylinks.NotApplied, "MisPay doesn't know it"
		}
		// A page is the router's: there's no such path. That's no word on the payment.
		return paylinks.RefusedRequest, paylinks.NotApplied, "there's no such call: check BaseURL and Paths"
	}
	return paylinks.RefusedRequest, paylinks.NotApplied, "MisPay refuses the request"
}

// unreadable is an answer of the API's form without the content that it must have. What was asked for may have been done.
func unreadable(what string) error {
	return &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Status: http.StatusOK,
		Message: "MisPay's answer can't be used: " + what,
	}
}

// refusedHere is a refusal of our own: MisPay isn't asked for what it can't do.
func refusedHere(kind paylinks.Refusal, reason, message string) error {
	return &paylinks.ProviderError{Refusal: kind, Outcome: paylinks.NotApplied, Reason: reason, Message: message}
}

// notACall is a call that can't be made: the link lacks what it needs.
func notACall(message string) error { return refusedHere(paylinks.RefusedRequest, "", message) }

// checkoutIDUnknown is a call that needs the checkoutId, which comes with the callback or the webhook, and may be late.
func checkoutIDUnknown() error {
	return refusedHere(paylinks.RefusedState, "checkout_id_unknown", "MisPay's checkout id isn't known yet: it comes with its callback or webhook")
}
