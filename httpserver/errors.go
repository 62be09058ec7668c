package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// statuses is the contract's table of codes. A code that isn't here is a mistake inside: 500.
var statuses = map[paylinks.Code]int{
	paylinks.CodeInvalidJSON:            http.StatusBadRequest,
	paylinks.CodeValidationFailed:       http.StatusBadRequest,
	paylinks.CodeUnknownProvider:        http.StatusBadRequest,
	paylinks.CodeProviderNotLinkable:    http.StatusBadRequest,
	paylinks.CodeItemsTotalMismatch:     http.StatusBadRequest,
	paylinks.CodeAmountExceedsRemaining: http.StatusBadRequest,
	paylinks.CodeUnsupportedCurrency:    http.StatusBadRequest,
	paylinks.CodePartialNotSupported:    http.StatusBadRequest,
	paylinks.CodeNoUsableProvider:       http.StatusBadRequest,

	paylinks.CodeUnauthenticated: http.StatusUnauthorized,
	paylinks.CodeForbidden:       http.StatusForbidden,

	paylinks.CodeNotFound:        http.StatusNotFound,
	paylinks.CodePaylinkNotFound: http.StatusNotFound,
	paylinks.CodeOrgAppNotFound:  http.StatusNotFound,

	paylinks.CodeMethodNotAllowed:     http.StatusMethodNotAllowed,
	paylinks.CodeEndpointRemoved:      http.StatusGone,
	paylinks.CodeBodyTooLarge:         http.StatusRequestEntityTooLarge,
	paylinks.CodeUnsupportedMediaType: http.StatusUnsupportedMediaType,

	paylinks.CodeNotCapturable:         http.StatusConflict,
	paylinks.CodeNotRefundable:         http.StatusConflict,
	paylinks.CodePaymentDisputed:       http.StatusConflict,
	paylinks.CodeAlreadyPaid:           http.StatusConflict,
	paylinks.CodeAlreadyCaptured:       http.StatusConflict,
	paylinks.CodeUnsupported:           http.StatusConflict,
	paylinks.CodeOperationInProgress:   http.StatusConflict,
	paylinks.CodeIdempotencyInProgress: http.StatusConflict,
	paylinks.CodeOrderExists:           http.StatusConflict,
	paylinks.CodeOrderHasOpenPaylink:   http.StatusConflict,
	paylinks.CodeSyncInProgress:        http.StatusConflict,

	paylinks.CodeBuyerRejected:       http.StatusUnprocessableEntity,
	paylinks.CodeIdempotencyMismatch: http.StatusUnprocessableEntity,

	paylinks.CodeRateLimited: http.StatusTooManyRequests,

	paylinks.CodeInternal:            http.StatusInternalServerError,
	paylinks.CodeProviderError:       http.StatusBadGateway,
	paylinks.CodeProviderUnavailable: http.StatusServiceUnavailable,
	paylinks.CodeProviderTimeout:     http.StatusGatewayTimeout,
}

// waits are the codes whose answer always says when to ask again.
var waits = map[paylinks.Code]bool{
	paylinks.CodeRateLimited:           true,
	paylinks.CodeProviderUnavailable:   true,
	paylinks.CodeIdempotencyInProgress: true,
	paylinks.CodeOperationInProgress:   true,
}

// routeError is an error with what only this layer knows: another status than the code's own, or a replacement.
type routeError struct {
	err         *paylinks.Error
	status      int
	replacement *api.Replacement
}

// Error is the error's own text.
func (e *routeError) Error() string { return e.err.Error() }

// Unwrap is the error itself.
func (e *routeError) Unwrap() error { return e.err }

// failure is an error as it's answered.
type failure struct {
	status int
	err    *paylinks.Error
	body   api.ErrorAnswer
}

// failureOf is the answer to err. An error that nobody foresaw tells nothing but the request's id, and leaves open whether what
// it was to change has happened.
func failureOf(r *http.Request, err error) failure {
	var known *paylinks.Error
	if !errors.As(err, &known) || statuses[known.Code] == 0 || known.Code == paylinks.CodeInternal {
		known = internal(r, known)
	}
	f := failure{status: statuses[known.Code], err: known, body: wire.FromError(known, exchangeOf(r).requestID)}
	var special *routeError
	if errors.As(err, &special) {
		f.status, f.body.Error.Replacement = special.status, special.replacement
	}
	return f
}

// internal is what is shown of a failure inside. The outcome stays, being the one thing that the caller must know.
func internal(r *http.Request, known *paylinks.Error) *paylinks.Error {
	e := &paylinks.Error{
		Code:    paylinks.CodeInternal,
		Message: "something failed inside; the request id finds it in the server's log",
	}
	if known != nil {
		e.Outcome, e.PaylinkID = known.Outcome, known.PaylinkID
	}
	if e.Outcome == "" && r.Method != http.MethodGet && r.Method != http.MethodHead {
		e.Outcome = paylinks.OutcomeUnknown
	}
	return e
}

// fail answers a request with an error.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(r, err)
	s.setHeaders(w.Header(), f.err)
	if f.status >= http.StatusInternalServerError {
		s.logFailure(r, err)
	}
	s.writeJSON(w, f.status, f.body)
}

func (s *server) setHeaders(header http.Header, err *paylinks.Error) {
	if err.Code == paylinks.CodeUnauthenticated {
		header.Set("WWW-Authenticate", "Bearer")
	}
	if err.RetryAfter > 0 || waits[err.Code] {
		header.Set("Retry-After", retryAfter(err.RetryAfter))
	}
}

// retryAfter is a wait in whole seconds, rounded up and at least 1.
func retryAfter(wait time.Duration) string {
	seconds := (wait + time.Second - 1) / time.Second
	return strconv.FormatInt(max(int64(seconds), 1), 10)
}

// logFailure logs what the caller isn't told.
func (s *server) logFailure(r *http.Request, err error) {
	x := exchangeOf(r)
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("route", x.route), slog.String("request_id", x.requestID),
		slog.String("error", err.Error()),
	}
	var known *paylinks.Error
	if errors.As(err, &known) && known.Err != nil {
		attrs = append(attrs, slog.String("cause", known.Err.Error()))
	}
	var crashed *crash
	if errors.As(err, &crashed) {
		attrs = append(attrs, slog.String("stack", string(crashed.stack)))
	}
	level := slog.LevelError
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		level = slog.LevelInfo // the client has hung up
	}
	s.log.LogAttrs(r.Context(), level, "request failed", attrs...)
}
