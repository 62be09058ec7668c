package tabby

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

const checkKey = "check that the secret key is right, test or live as meant, " +
	"and that it belongs to the merchant code and to the country of the currency"

// known are the error texts that Tabby documents or that integrators saw, where HTTP status and errorType alone don't say enough. They
// are looked for in lower case.
var known = [...]struct {
	status  int
	text    string
	refusal paylinks.Refusal
	message string
}{
	{400, "is supported, but got", paylinks.RefusedRequest, "the merchant code settles in another currency: check MerchantCode"},
	{400, "should be positive", paylinks.RefusedBuyer, "the amount is too low for Tabby"},
	{400, "could not decode request", paylinks.RefusedRequest, "Tabby can't read the request"},
	{400, "failed to decode request", paylinks.RefusedRequest, "Tabby can't read the request"},
	{400, "bad_request", paylinks.RefusedRequest, "Tabby can't read the request"},
	{400, "invalid payment id", paylinks.RefusedRequest, "Tabby doesn't take this for a payment id"},
	{400, "could not capture not authorized payments", paylinks.RefusedState, "the payment isn't authorized, or is captured already"},
	{400, "can not refund payment that has no captures", paylinks.RefusedState, "the payment has no capture, or isn't closed yet"},
	{400, "already closed", paylinks.RefusedState, "the payment is closed already"},
	{400, "session is finalized", paylinks.RefusedState, "the session is paid, declined or expired already"},
	{401, "merchant is null", paylinks.RefusedCredentials, "Tabby finds no merchant for the key: " + checkKey},
	{401, "provided key doesn't exist", paylinks.RefusedCredentials, "Tabby doesn't know the key: " + checkKey},
	{404, "no such webhook", paylinks.RefusedNotFound, "Tabby doesn't know the webhook"},
	{404, "no such payment", paylinks.RefusedNotFound, "Tabby doesn't know the payment, at least not for this key and host"},
	{409, "payment is disputed", paylinks.RefusedDisputed, "a dispute is open on the payment: settle it with Tabby first"},
}

// byStatus is what the HTTP status of an error of the API means where its text isn't known. Any other is a refused request.
var byStatus = map[int]struct {
	refusal paylinks.Refusal
	message string
}{
	http.StatusForbidden: {paylinks.RefusedCredentials, "the key may not do this here: " + checkKey},
	http.StatusNotFound:  {paylinks.RefusedNotFound, "Tabby doesn't know it, at least not for this key and host"},
	http.StatusConflict:  {paylinks.RefusedState, "the payment's state doesn't allow the call"},
}

// refusal turns a failed call into the error that the Service understands.
func refusal(err error) error {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return err
	}
	refused := &paylinks.ProviderError{Status: answer.Status, Code: answer.Type, RetryAfter: answer.RetryAfter, Err: answer}
	refused.Refusal, refused.Outcome, refused.Message = verdict(answer)
	if refused.Refusal == paylinks.RefusedBuyer {
		refused.Reason = refusedPart(answer.Fields)
	}
	return refused
}

// verdict is what an answer amounts to. What the API itself refused has not been done; what something else answered may have been.
func verdict(answer *api.Error) (paylinks.Refusal, paylinks.Outcome, string) {
	switch {
	case answer.Err != nil:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "the answer is not the JSON of Tabby's API"
	case answer.Status < 400:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "Tabby redirects instead of answering: check BaseURL"
	case answer.Status >= 500:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "Tabby failed"
	case answer.Status == http.StatusTooManyRequests:
		return paylinks.RefusedRate, paylinks.NotApplied, "too many calls for this key"
	case answer.Status == http.StatusForbidden && answer.HTML:
		// A web page is the CDN in front of the API: the call never got through.
		return paylinks.Unreachable, paylinks.NotApplied, "the CDN in front of Tabby blocks this server: ask Tabby to let its address through"
	case answer.Status == http.StatusNotFound && !answer.JSON:
		// Plain text is the router: there's no such route. That's no word on the payment.
		return paylinks.RefusedRequest, paylinks.NotApplied, "there's no such call at this host: check BaseURL"
	}
	for _, row := range known {
		if answer.Status == row.status && strings.Contains(strings.ToLower(answer.Text), row.text) {
			return row.refusal, paylinks.NotApplied, row.message
		}
	}
	switch {
	case answer.Status == http.StatusUnauthorized:
		return paylinks.RefusedCredentials, paylinks.NotApplied, "Tabby refuses the key: " + checkKey
	case answer.Status == http.StatusForbidden && !answer.JSON:
		// Tabby documents that a call to the other region's host gets 403, and not with which body.
		return paylinks.RefusedCredentials, paylinks.NotApplied, byStatus[answer.Status].message
	case !answer.JSON:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "the answer is not the JSON of Tabby's API"
	case len(answer.Fields) > 0:
		return refusedFields(answer.Fields)
	}
	if row, ok := byStatus[answer.Status]; ok {
		return row.refusal, paylinks.NotApplied, row.message
	}
	return paylinks.RefusedRequest, paylinks.NotApplied, "Tabby refuses the request"
}

// buyerField is a path that speaks of the buyer or the amount. namePath is one that can only be a name, and so be logged.
var (
	buyerField = regexp.MustCompile(`^(\$\.)?payment\.(buyer|amount)\b`)
	namePath   = regexp.MustCompile(`^[A-Za-z$_.\[\]0-9]{1,80}$`)
)

func refusedFields(fields []api.ErrorField) (paylinks.Refusal, paylinks.Outcome, string) {
	kind := paylinks.RefusedRequest
	var names []string
	for _, field := range fields {
		if buyerField.MatchString(field.Field) {
			kind = paylinks.RefusedBuyer
		}
		if len(names) < 5 && namePath.MatchString(field.Field) && namePath.MatchString(field.Code) {
			names = append(names, strings.TrimPrefix(field.Field, "$.")+" ("+field.Code+")")
		}
	}
	return kind, paylinks.NotApplied, "Tabby refuses fields of the request: " + strings.Join(names, ", ")
}

// refusedPart is the reason of a refused buyer: which part of what the cashier entered is to be mended.
func refusedPart(fields []api.ErrorField) string {
	for _, field := range fields {
		if strings.Contains(field.Field, "payment.buyer") {
			return "invalid_buyer"
		}
	}
	return "invalid_amount"
}

// unreadable is an answer of the API's shape without the content that it must have. What was asked for may have been done.
func unreadable(what string, cause error) error {
	return &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Status: http.StatusOK,
		Message: "Tabby's answer can't be used: " + what, Err: cause,
	}
}

// wrongEnvironment is a payment of the other environment than our key's. It's no fact about the link.
func wrongEnvironment(test bool) error {
	theirs, ours := Live, Test
	if test {
		theirs, ours = Test, Live
	}
	return &paylinks.ProviderError{
		Refusal: paylinks.RefusedCredentials, Outcome: paylinks.OutcomeUnknown, Status: http.StatusOK, Code: "wrong_environment",
		Message: fmt.Sprintf("Tabby answers with a %s payment, but our key is a %s key", theirs, ours),
	}
}

// notACall is a call that can't be made: the link lacks what it needs.
func notACall(message string) error {
	return &paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: message}
}
