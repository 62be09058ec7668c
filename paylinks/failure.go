package paylinks

import (
	"errors"
	"time"
)

// failure is the error that a caller gets for a verdict other than applied.
func failure(op *Operation, link *Paylink, v verdict) *Error {
	cause := v.cause
	e := &Error{
		Op: string(op.Kind), Outcome: v.outcome, Provider: link.Provider, ProviderCode: cause.Code, ProviderStatus: cause.Status,
		PaylinkID: link.ID, Status: link.Status, RetryAfter: cause.RetryAfter, Reason: cause.Reason, Messages: cause.Messages, Err: cause,
	}
	if v.outcome == OutcomeUnknown && cause.Refusal == RefusedRequest {
		e.Code, e.Message = CodeProviderError, "the provider made something else than was asked for: "+cause.Message
		return e
	}
	if v.outcome == OutcomeUnknown {
		e.Code = CodeProviderTimeout
		e.Message = "the provider gave no clear answer: it may have happened. The link settles itself, ask again with GET"
		if op.Kind == OperationSend {
			e.Message = "the provider gave no clear answer: the message may have been sent. Nobody can be asked, so look before you send it again"
		}
		return e
	}
	switch cause.Refusal {
	case RefusedBuyer:
		e.Code, e.Message = CodeBuyerRejected, "the provider does not accept this buyer or amount"
	case RefusedDisputed:
		e.Code, e.Message = CodePaymentDisputed, "a dispute is open on this payment at the provider: settle it there first"
	case RefusedUnsupported:
		e.Code, e.Message = CodeUnsupported, "the provider can't do that"
	case RefusedRate, Unreachable:
		e.Code, e.Message = CodeProviderUnavailable, "the provider could not be reached; nothing happened, try again"
		if e.RetryAfter == 0 {
			e.RetryAfter = defaultRetryAfter
		}
	case RefusedState:
		e.Code, e.Message = stateCode(op.Kind, link), "the provider refuses this in the payment's present state"
	case RefusedCredentials, RefusedRequest, RefusedNotFound:
		e.Code, e.Message = CodeProviderError, "the provider refused the call: "+cause.Message
	}
	return e
}

// stateCode is the code for a provider that refuses an operation for the state of the payment.
func stateCode(kind OperationKind, link *Paylink) Code {
	switch kind {
	case OperationCapture:
		return CodeNotCapturable
	case OperationRefund:
		return CodeNotRefundable
	case OperationCancel:
		if link.Captured.IsSet() && !link.Captured.IsZero() {
			return CodeAlreadyCaptured
		}
		return CodeAlreadyPaid
	default:
		return CodeProviderError
	}
}

// defaultRetryAfter is the pause that a caller is told to make where the provider names none.
const defaultRetryAfter = 5 * time.Second

// asProviderError reads err as what a Provider promises to return. nil stands for an answer that shows no effect.
func asProviderError(err error) *ProviderError {
	var known *ProviderError
	switch {
	case errors.As(err, &known):
		return known
	case err == nil:
		return &ProviderError{Refusal: Unreachable, Outcome: OutcomeUnknown, Message: "the answer doesn't show the effect"}
	default:
		return &ProviderError{Refusal: Unreachable, Outcome: OutcomeUnknown, Message: "no answer that can be understood", Err: err}
	}
}
