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

// The codes, by what the caller can do about them.
const (
	// The request is wrong: mend it.
	CodeInvalidJSON           Code = "invalid_json"
	CodeValidationFailed      Code = "validation_failed"
	CodeUnknownProvider       Code = "unknown_provider"
	CodeProviderNotLinkable   Code = "provider_not_linkable"
	CodeItemsTotalMismatch    Code = "items_total_mismatch"
	CodeAmountExceeds         Code = "amount_exceeds_remaining"
	CodeUnsupportedCurrency   Code = "unsupported_currency"
	CodePartialNotSupported   Code = "partial_not_supported"
	CodeIdempotencyMismatch   Code = "idempotency_mismatch"
	CodeUnauthenticated       Code = "unauthenticated"
	CodeForbidden             Code = "forbidden"
	CodeNotFound              Code = "not_found"
	CodePaylinkNotFound       Code = "paylink_not_found"
	CodeOrgAppNotFound        Code = "org_app_not_found"
	CodeMethodNotAllowed      Code = "method_not_allowed"
	CodeEndpointRemoved       Code = "endpoint_removed"
	CodeBodyTooLarge          Code = "body_too_large"
	CodeUnsupportedMediaType  Code = "unsupported_media_type"
	CodeNotCapturable         Code = "not_capturable"
	CodeNotRefundable         Code = "not_refundable"
	CodePaymentDisputed       Code = "payment_disputed"
	CodeAlreadyPaid           Code = "already_paid"
	CodeAlreadyCaptured       Code = "already_captured"
	CodeUnsupported           Code = "unsupported"
	CodeOperationInProgress   Code = "operation_in_progress"
	CodeIdempotencyInProgress Code = "idempotency_in_progress"
	CodeSyncInProgress        Code = "sync_in_progress"
	CodeRateLimited           Code = "rate_limited"
	CodeNoUsableProvider      Code = "no_usable_provider"
	CodeOrderExists           Code = "order_exists"
	CodeOrderHasOpenPaylink   Code = "order_has_open_paylink"

	// The provider said no, or nothing.
	CodeBuyerRejected       Code = "buyer_rejected"
	CodeProviderError       Code = "provider_error"
	CodeProviderUnavailable Code = "provider_unavailable"
	CodeProviderTimeout     Code = "provider_timeout"

	// The library or its store failed.
	CodeInternal Code = "internal"

	// CodeUnreachable: a remote server gave no answer, or none of the API's. No server says so, only the Client of package client.
	CodeUnreachable Code = "unreachable"
)

// Error is every error that the Service returns. Its texts hold no secret, no personal data and no provider body.
type Error struct {
	Code    Code
	Outcome Outcome
	// Op is the call that failed: "create", "capture", ….
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
