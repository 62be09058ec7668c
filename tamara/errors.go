package tamara

import (
	"errors"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

const checkToken = "check that APIToken is right and of this environment: sandbox and live have tokens of their own, and each answers to the other's as if there were no such merchant"

const webhookRegistered = "webhook_already_registered"

// known are the error codes that Tamara documents or that its plugins know, where the HTTP status alone doesn't say enough. A "*" stands for anything at
// its end of the code. The first row that fits any of an answer's codes decides.
var known = [...]struct {
	code    string
	refusal paylinks.Refusal
	message string
}{
	{"transition_not_allowed", paylinks.RefusedState, "the order's state doesn't allow the call, or it was made before"},
	{"not_supported_country_currency", paylinks.RefusedRequest, "the currency isn't enabled for this merchant: ask Tamara's account manager"},
	{"total_amount_invalid_currency", paylinks.RefusedRequest, "the currency isn't the one of the merchant's country"},
	{"currency_unsupported", paylinks.RefusedRequest, "the currency isn't one of Tamara's"},
	{"not_supported_delivery_country", paylinks.RefusedRequest, "Tamara doesn't serve the country of the address"},
	{"tamara_disabled", paylinks.Unreachable, "Tamara is switched off, for this merchant or altogether"},
	{"total_amount_invalid_limit*", paylinks.RefusedBuyer, "the amount is out of Tamara's limits"},
	{"*invalid_phone_number", paylinks.RefusedBuyer, "Tamara doesn't take the phone number"},
	{"consumer_*", paylinks.RefusedBuyer, "Tamara doesn't take the buyer's details"},
	{webhookRegistered, paylinks.RefusedState, "the webhook is registered already"},
}

func fits(pattern, code string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(code, prefix)
	}
	if suffix, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(code, suffix)
	}
	return pattern == code
}

// refusal turns a failed call into the error that the Service understands.
func refusal(err error) error {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return err
	}
	refused := &paylinks.ProviderError{Status: answer.Status, Code: answer.Code(), RetryAfter: answer.RetryAfter, Err: answer}
	refused.Refusal, refused.Outcome, refused.Message = verdict(answer, refused)
	return refused
}

// verdict is what an answer amounts to. What the API itself refused has not been done; what something else answered may have been.
func verdict(answer *api.Error, refused *paylinks.ProviderError) (paylinks.Refusal, paylinks.Outcome, string) {
	switch {
	case answer.Err != nil:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "the answer is not the JSON of Tamara's API"
	case answer.Status < 400:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "Tamara redirects instead of answering: check BaseURL"
	case answer.Status >= 500, answer.Status == http.StatusRequestTimeout:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "Tamara failed"
	case answer.Status == http.StatusTooManyRequests:
		return paylinks.RefusedRate, paylinks.NotApplied, "too many calls for this account"
	case answer.Status == http.StatusForbidden && answer.HTML:
		// A web page is the CDN in front of the API: the call never got through.
		return paylinks.Unreachable, paylinks.NotApplied, "the CDN in front of Tamara blocks us: ask Tamara to let this server's address through, and check the host"
	case answer.Status == http.StatusUnauthorized, answer.Status == http.StatusForbidden, answer.NoMerchant:
		return paylinks.RefusedCredentials, paylinks.NotApplied, "Tamara refuses the token: " + checkToken
	case answer.NoRoute, answer.Status == http.StatusNotFound && !answer.Known:
		// There's no such route. That's no word on the order: it may well exist.
		return paylinks.RefusedRequest, paylinks.NotApplied, "there's no such call at this host: check BaseURL"
	case answer.Status == http.StatusConflict:
		return paylinks.RefusedState, paylinks.NotApplied, known[0].message
	case !answer.JSON:
		return paylinks.Unreachable, paylinks.OutcomeUnknown, "the answer is not the JSON of Tamara's API"
	}
	for _, row := range known {
		for _, detail := range answer.Details {
			if fits(row.code, detail.Code) {
				refused.Code = detail.Code
				if row.refusal == paylinks.RefusedBuyer {
					refused.Reason = detail.Code
				}
				return row.refusal, paylinks.NotApplied, row.message
			}
		}
	}
	if answer.Status == http.StatusNotFound {
		return paylinks.RefusedNotFound, paylinks.NotApplied, "Tamara doesn't know it, at least not for this token and host"
	}
	return paylinks.RefusedRequest, paylinks.NotApplied, "Tamara refuses the request"
}

// rejected turns a refused buyer into the fact that a create call answers with.
func rejected(err error) (paylinks.Snapshot, error) {
	var refused *paylinks.ProviderError
	if !errors.As(err, &refused) || refused.Refusal != paylinks.RefusedBuyer {
		return paylinks.Snapshot{}, err
	}
	return paylinks.Snapshot{Status: paylinks.StatusRejected, ProviderStatus: refused.Code, Reason: refused.Reason}, nil
}

// isState tells whether Tamara refused a call for the order's state.
func isState(err error) bool {
	var refused *paylinks.ProviderError
	return errors.As(err, &refused) && refused.Refusal == paylinks.RefusedState
}

// refusedState is the state of the order that stood in a call's way, "" where the refusal doesn't say.
func refusedState(err error) string {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return ""
	}
	detail, _ := answer.Detail("transition_not_allowed")
	return detail.OldState
}

// unreadable is an answer of the API's shape without the content that it must have. What was asked for may have been done.
func unreadable(what string, cause error) error {
	return &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Status: http.StatusOK,
		Message: "Tamara's answer can't be used: " + what, Err: cause,
	}
}

// unsupported is a call that Tamara has no way for.
func unsupported(message string) error {
	return &paylinks.ProviderError{Refusal: paylinks.RefusedUnsupported, Outcome: paylinks.NotApplied, Message: message}
}

// notACall is a call that can't be made: the link lacks what it needs.
func notACall(message string) error {
	return &paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: message}
}
