package hyperpay

import (
	"errors"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/internal/api"
)

const checkKey = "HyperPay refuses the access token or the entity id: check that they are of one account, and test or live as meant"

// verdict is what an answer amounts to as a query, nil for one that can be used: by its code first, by its HTTP status second.
func verdict(answer api.Answer, err error) error {
	if err != nil {
		return patience.Refusal(err, unreadable)
	}
	refused := &paylinks.ProviderError{Outcome: paylinks.NotApplied, Status: answer.Status, Code: answer.Code, RetryAfter: answer.RetryAfter}
	switch effect := classOf(answer.Code).effect; {
	case effect == throttled || answer.Status == http.StatusTooManyRequests:
		refused.Refusal, refused.Message = paylinks.RefusedRate, "too many queries"
	case effect == refusedKey || answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden:
		refused.Refusal, refused.Message = paylinks.RefusedCredentials, checkKey
	case effect == missing:
		refused.Refusal, refused.Message = paylinks.RefusedNotFound, "HyperPay has nothing of that kind for this entity"
	case answer.Status >= 500:
		refused.Refusal, refused.Message = paylinks.Unreachable, "HyperPay failed"
	case answer.Status >= 400:
		refused.Refusal, refused.Message = paylinks.RefusedRequest, "HyperPay refuses the query"
	case answer.Status >= 300:
		refused.Refusal, refused.Message = paylinks.RefusedRequest, "HyperPay redirects instead of answering: check BaseURL"
	case len(answer.Records) == 0 && effect != success:
		refused.Refusal, refused.Message = paylinks.Unreachable, "HyperPay's answer says neither success nor what is wrong"
		if effect == failed || effect == expired {
			refused.Refusal, refused.Message = paylinks.RefusedRequest, "HyperPay refuses the query"
		}
	default:
		return nil
	}
	return refused
}

// unreadable is what an answer that isn't of the API's form amounts to: its HTTP status is all that there is.
func unreadable(answer *api.Error) *paylinks.ProviderError {
	switch answer.Status {
	case http.StatusTooManyRequests:
		return answer.Refused(paylinks.RefusedRate, "", "too many queries")
	case http.StatusUnauthorized:
		return answer.Refused(paylinks.RefusedCredentials, "", checkKey)
	default:
		return answer.Refused(paylinks.Unreachable, "", "the answer is not the JSON of HyperPay's API")
	}
}

// notFound tells whether HyperPay doesn't have what was asked for by id.
func notFound(err error) bool {
	var failure *paylinks.ProviderError
	return errors.As(err, &failure) && (failure.Refusal == paylinks.RefusedNotFound || classOf(failure.Code).name == classGone)
}
