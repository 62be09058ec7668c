package acmepay

import (
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// refusals says what Acme Pay's error codes amount to. Each is the API's own word that it has done nothing.
var refusals = map[string]struct {
	refusal paylinks.Refusal
	message string
}{
	"invalid_request":    {paylinks.RefusedRequest, "Acme Pay refuses the request"},
	"reference_taken":    {paylinks.RefusedRequest, "the reference belongs to another call"},
	"amount_exceeds":     {paylinks.RefusedRequest, "the amount is more than what is left"},
	"invalid_key":        {paylinks.RefusedCredentials, "Acme Pay doesn't know the API key: check ACMEPAY_API_KEY"},
	"amount_not_offered": {paylinks.RefusedBuyer, "Acme Pay doesn't lend this amount"},
	"not_found":          {paylinks.RefusedNotFound, "Acme Pay doesn't know the link, at least not for this key"},
	"wrong_state":        {paylinks.RefusedState, "the link's state doesn't allow the call"},
	"disputed":           {paylinks.RefusedDisputed, "a dispute is open on the payment: settle it with Acme Pay first"},
	"too_many_requests":  {paylinks.RefusedRate, "too many calls for this key"},
}

// refusal turns an answer that isn't a success into the error that the Service understands. The order of the cases is their point: only what the
// API itself has refused is not applied. An answer by somebody in between, or by a server that broke down, may come after the effect.
func refusal(status int, code string, retryAfter time.Duration) *paylinks.ProviderError {
	e := &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Status: status, Code: shown(code), RetryAfter: retryAfter,
		Message: "Acme Pay failed, or somebody else answered",
	}
	row, known := refusals[code]
	switch {
	case status >= http.StatusInternalServerError:
	case status == http.StatusTooManyRequests:
		e.Refusal, e.Outcome, e.Message = paylinks.RefusedRate, paylinks.NotApplied, refusals["too_many_requests"].message
	case known:
		e.Refusal, e.Outcome, e.Message = row.refusal, paylinks.NotApplied, row.message
	case code != "" && status >= http.StatusBadRequest:
		e.Refusal, e.Outcome, e.Message = paylinks.RefusedRequest, paylinks.NotApplied, "Acme Pay refuses the call with a code that we don't know"
	}
	return e
}

// rejected turns a refused buyer or amount into the fact that a create call answers with: it's an answer to the question, no failure.
func rejected(snapshot paylinks.Snapshot, err error) (paylinks.Snapshot, error) {
	var refused *paylinks.ProviderError
	if !errors.As(err, &refused) || refused.Refusal != paylinks.RefusedBuyer {
		return snapshot, err
	}
	return paylinks.Snapshot{Status: paylinks.StatusRejected, ProviderStatus: refused.Code, Reason: refused.Code}, nil
}

var codeShape = regexp.MustCompile(`^[a-z_]{1,40}$`)

// shown is a code that may be logged: free text can echo the request.
func shown(code string) string {
	if codeShape.MatchString(code) {
		return code
	}
	return ""
}

// unreadable is an answer of the API's shape without the content that it must have. What was asked for may have been done.
func unreadable(what string, cause error) error {
	return &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Status: http.StatusOK,
		Message: "Acme Pay's answer can't be used: " + what, Err: cause,
	}
}

// notACall is a call that isn't made: it lacks what it needs.
func notACall(message string) error {
	return &paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: message}
}
