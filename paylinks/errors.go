package paylinks

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Outcome says whether a thing that was asked for has happened: the most important word in payments.
type Outcome string

// The three outcomes of an operation.
const (
	// NotApplied: it has not happened and will not. Asking again is safe.
	NotApplied Outcome = "not_applied"
	// Applied: it has happened.
	Applied Outcome = "applied"
	// OutcomeUnknown: it may have happened. It must not be repeated blindly; the Service finds out by itself.
	OutcomeUnknown Outcome = "unknown"
)

// Code is the machine-readable reason of an [Error], stable for ever. A Code is itself an error, so that
//
//	errors.Is(err, paylinks.CodeNotCapturable)
//
// tells whether err is an [Error] with that code.
type Code string

// Error makes a Code usable as the target of errors.Is.
func (c Code) Error() string { return string(c) }

// The codes, by what the caller can do about them. docs/errors.md has each with its HTTP status.
const (
	// The request is wrong: mend it.

	// CodeInvalidJSON: the body isn't one JSON object in valid UTF-8 without repeated keys.
	CodeInvalidJSON Code = "invalid_json"
	// CodeValidationFailed: fields are missing or wrong: [Error].Fields names each.
	CodeValidationFailed Code = "validation_failed"
	// CodeUnknownProvider: no provider has that id. Only a server says so: to the Service it's an app that isn't there, [CodeOrgAppNotFound].
	CodeUnknownProvider Code = "unknown_provider"
	// CodeProviderNotLinkable: the provider is a gateway, which makes no links: use an order, or sync its payments. Only a server says so, as above.
	CodeProviderNotLinkable Code = "provider_not_linkable"
	// CodeItemsTotalMismatch: the items don't add up to the amount.
	CodeItemsTotalMismatch Code = "items_total_mismatch"
	// CodeAmountExceedsRemaining: more is to be captured or refunded than is left.
	CodeAmountExceedsRemaining Code = "amount_exceeds_remaining"
	// CodeUnsupportedCurrency: ISO 4217 doesn't have the currency, or the provider's app doesn't take it.
	CodeUnsupportedCurrency Code = "unsupported_currency"
	// CodePartialNotSupported: the provider captures or refunds the whole amount only: leave the amount out.
	CodePartialNotSupported Code = "partial_not_supported"
	// CodeIdempotencyMismatch: the key or reference was used for another request: take a new one for a new request.
	CodeIdempotencyMismatch Code = "idempotency_mismatch"
	// CodeUnauthenticated: nobody who is known sends this request, or a webhook proves nothing.
	CodeUnauthenticated Code = "unauthenticated"
	// CodeForbidden: the caller is known and may not do this, for want of a scope.
	CodeForbidden Code = "forbidden"
	// CodeNotFound: there is no such path, order, sync, endpoint, delivery or operation.
	CodeNotFound Code = "not_found"
	// CodePaylinkNotFound: there is no such link, or it's another caller's.
	CodePaylinkNotFound Code = "paylink_not_found"
	// CodeOrgAppNotFound: no such app is installed, or it's another caller's, another provider's, or one of another kind.
	CodeOrgAppNotFound Code = "org_app_not_found"
	// CodeMethodNotAllowed: the path has other methods.
	CodeMethodNotAllowed Code = "method_not_allowed"
	// CodeEndpointRemoved: the path was removed: the answer names its replacement.
	CodeEndpointRemoved Code = "endpoint_removed"
	// CodeBodyTooLarge: the body is larger than the server takes.
	CodeBodyTooLarge Code = "body_too_large"
	// CodeUnsupportedMediaType: the body isn't said to be JSON.
	CodeUnsupportedMediaType Code = "unsupported_media_type"
	// CodeNotCapturable: the link isn't in a state to be captured: [Error].Status has the one that it's in.
	CodeNotCapturable Code = "not_capturable"
	// CodeNotRefundable: nothing is left to give back, or it isn't known how much: [Error].Reason tells which.
	CodeNotRefundable Code = "not_refundable"
	// CodePaymentDisputed: a dispute is open on the payment at the provider, which refuses meanwhile.
	CodePaymentDisputed Code = "payment_disputed"
	// CodeAlreadyPaid: the buyer has paid, so there's nothing to cancel, send or try next. A second Cancel voids.
	CodeAlreadyPaid Code = "already_paid"
	// CodeAlreadyCaptured: the payment is captured and can't be voided any more: refund it.
	CodeAlreadyCaptured Code = "already_captured"
	// CodeUnsupported: the provider, or the link in its present state, can't do that.
	CodeUnsupported Code = "unsupported"
	// CodeOperationInProgress: another operation of the link isn't settled: ask again after [Error].RetryAfter.
	CodeOperationInProgress Code = "operation_in_progress"
	// CodeIdempotencyInProgress: the first request with this key still runs: ask again after [Error].RetryAfter.
	CodeIdempotencyInProgress Code = "idempotency_in_progress"
	// CodeSyncInProgress: a sync of the app with another window isn't finished.
	CodeSyncInProgress Code = "sync_in_progress"
	// CodeRateLimited: too many calls: ask again after [Error].RetryAfter. The Service itself never says so: it's for a limiter in front of it.
	CodeRateLimited Code = "rate_limited"
	// CodeNoUsableProvider: no provider of the order is left, or was ever there, to be tried.
	CodeNoUsableProvider Code = "no_usable_provider"
	// CodeOrderExists: the caller has an order with that reference.
	CodeOrderExists Code = "order_exists"
	// CodeOrderHasOpenPaylink: a link of the order can be paid now: have it cancelled first.
	CodeOrderHasOpenPaylink Code = "order_has_open_paylink"

	// The provider said no, or nothing.

	// CodeBuyerRejected: the provider doesn't want this buyer or amount: show [Error].Messages, offer another way to pay.
	CodeBuyerRejected Code = "buyer_rejected"
	// CodeProviderError: the provider refused our call or our credentials, or made something else than was asked for.
	CodeProviderError Code = "provider_error"
	// CodeProviderUnavailable: the provider could not be reached, and nothing has happened: try again.
	CodeProviderUnavailable Code = "provider_unavailable"
	// CodeProviderTimeout: no clear answer: it may have happened. It settles itself; repeat it under the same name only.
	CodeProviderTimeout Code = "provider_timeout"

	// The library or its store failed.

	// CodeInternal: the library or its store failed. Over HTTP, the server's log has the cause under the request's id.
	CodeInternal Code = "internal"

	// CodeUnreachable: a remote server gave no answer, or none of the API's, or wasn't asked, since the context had ended. No server says so, only the Client of
	// package client.
	CodeUnreachable Code = "unreachable"
)

// Error is every error that the Service returns. Its texts hold no secret, no personal data and no provider body.
type Error struct {
	// Code is why, and Outcome whether it has happened all the same: "" where nothing was to happen.
	Code    Code
	Outcome Outcome
	// Op is the call that failed: "create", "capture", …. It's the same in a Service and in a Client.
	Op string
	// Message says what is wrong and how to mend it, for the developer.
	Message string
	// Fields names each wrong field of a request.
	Fields []FieldError

	// Provider, ProviderCode and ProviderStatus are set where a provider's answer is the reason: its id, its own error
	// code and its HTTP status.
	Provider       string
	ProviderCode   string
	ProviderStatus int

	// PaylinkID and Status are the link that the error is about and what it is now, where there is one.
	PaylinkID string
	Status    Status
	// OrderID and Attempts are the order that the error is about, by the caller's reference, and the providers tried for it, where there is one.
	OrderID  string
	Attempts []OrderAttempt
	// Reason is a machine-readable detail: why a buyer was rejected, what is missing.
	Reason string
	// Messages are texts for the buyer, in the wording that the provider prescribes.
	Messages *Messages
	// RequestID is the id of the request in the log of a remote server, "" where the Service is in this process.
	RequestID string
	// RetryAfter is how long to wait before asking again, zero where nothing is known.
	RetryAfter time.Duration

	// Err is the cause, for errors.As and logs. It's never shown to a caller over HTTP.
	Err error
}

// Error is the operation, the provider, the code and the message in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("paylinks: ")
	for _, part := range []string{e.Op, e.Provider} {
		if part != "" {
			b.WriteString(part)
			b.WriteString(": ")
		}
	}
	b.WriteString(string(e.Code))
	if e.Message != "" {
		b.WriteString(": ")
		b.WriteString(e.Message)
	}
	return b.String()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is matches a [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// CodeOf is the code of err: "" for nil, and [CodeInternal] for an error that isn't an [Error].
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	default:
		return CodeInternal
	}
}

// FieldError is one wrong field of a request or configuration.
type FieldError struct {
	// Field is the field's name on the wire: "amount", "items[0].quantity".
	Field string `json:"field"`
	// Code is stable: "required", "invalid", "too_long", "too_large", "too_many_decimals", "must_be_positive", ….
	Code string `json:"code"`
	// Message says how to mend it. In an [Error] it begins with the field's name: "amount has 3 decimals, SAR has 2".
	Message string `json:"message"`
}

// Error is the field and its message.
func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// Messages is one text for buyers in the two languages of the region.
type Messages struct {
	// EN and AR are the English and the Arabic text.
	EN string `json:"en"`
	AR string `json:"ar"`
}

// Refusal is what a provider's failed call amounts to: the vocabulary in which a [Provider] tells the Service what to do next.
type Refusal string

// The refusals.
const (
	// RefusedRequest: it refused our call or its content; sending the same again is of no use.
	RefusedRequest Refusal = "request"
	// RefusedCredentials: it doesn't accept our key, or not for this account, host or environment.
	RefusedCredentials Refusal = "credentials"
	// RefusedBuyer: it doesn't want this buyer or this amount.
	RefusedBuyer Refusal = "buyer"
	// RefusedState: the payment isn't in a state that allows the call, or the call was made before. Fetch tells which.
	RefusedState Refusal = "state"
	// RefusedNotFound: it doesn't know the payment.
	RefusedNotFound Refusal = "not_found"
	// RefusedDisputed: a dispute is open on the payment.
	RefusedDisputed Refusal = "disputed"
	// RefusedUnsupported: this provider, or this payment at it, can't do that.
	RefusedUnsupported Refusal = "unsupported"
	// RefusedRate: too many calls.
	RefusedRate Refusal = "rate"
	// Unreachable: no answer that can be understood: connection refused, timeout, 5xx, a body that isn't the API's.
	// Outcome tells whether the call may have had its effect.
	Unreachable Refusal = "unreachable"
)

// ProviderError is the only error type that a [Provider] returns, so that the Service can decide without knowing the provider.
type ProviderError struct {
	// Refusal is what the failure amounts to.
	Refusal Refusal
	// Outcome is NotApplied only where the provider's own answer, or a connection that was never made, proves it.
	Outcome Outcome
	// Status is the provider's HTTP status, 0 without an answer.
	Status int
	// Code is the provider's own error code.
	Code string
	// Message is for logs: what to check. It holds no secret, no personal data and no body.
	Message string
	// Reason is a stable word for a refused buyer, such as "order_amount_too_high".
	Reason string
	// Messages are the provider's prescribed texts for the buyer.
	Messages *Messages
	// RetryAfter is the provider's wish, bounded by the caller.
	RetryAfter time.Duration
	Err        error
}

// Error is the refusal with the provider's status, code and message.
func (e *ProviderError) Error() string {
	text := string(e.Refusal)
	if e.Status != 0 {
		text += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Unwrap is the cause.
func (e *ProviderError) Unwrap() error { return e.Err }
