package paypaltest

import (
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// apiError is an error in PayPal's form.
type apiError struct {
	status        int
	name, message string
}

// failures are the errors by HTTP status.
var failures = map[int]apiError{
	http.StatusBadRequest:          {name: "INVALID_REQUEST", message: "Request is not well-formed, syntactically incorrect, or violates schema."},
	http.StatusUnauthorized:        {name: "AUTHENTICATION_FAILURE", message: "Authentication failed due to missing Authorization header, or invalid authentication credentials."},
	http.StatusForbidden:           {name: "NOT_AUTHORIZED", message: "Authorization failed due to insufficient permissions."},
	http.StatusNotFound:            {name: "RESOURCE_NOT_FOUND", message: "The specified resource does not exist."},
	http.StatusUnprocessableEntity: {name: "UNPROCESSABLE_ENTITY", message: "The requested action could not be performed, semantically incorrect, or failed business validation."},
	http.StatusTooManyRequests:     {name: "RATE_LIMIT_REACHED", message: "Too many requests. Blocked due to rate limiting."},
	http.StatusServiceUnavailable:  {name: "SERVICE_UNAVAILABLE", message: "Service Unavailable."},
}

var (
	errTooLarge     = apiError{http.StatusBadRequest, "RESULTSET_TOO_LARGE", "Result set size is greater than the maximum limit. Change the filter criteria and try again."}
	errNotAvailable = apiError{http.StatusBadRequest, "INVALID_REQUEST", "Data for the given start date is not available."}
)

func failure(status int) apiError {
	e, ok := failures[status]
	if !ok {
		e = apiError{name: "INTERNAL_SERVER_ERROR", message: "An internal server error occurred."}
	}
	e.status = status
	return e
}

func (e apiError) write(w http.ResponseWriter) {
	const debugID = "f0000000000d1"
	w.Header().Set("Paypal-Debug-Id", debugID)
	simulator.WriteJSON(w, e.status, map[string]any{"name": e.name, "message": e.message, "debug_id": debugID, "details": []any{}, "links": []any{}})
}
