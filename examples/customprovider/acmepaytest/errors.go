package acmepaytest

import (
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// apiError is an error as the API answers it.
type apiError struct {
	status int
	code   string
}

var (
	errRequest        = &apiError{http.StatusBadRequest, "invalid_request"}
	errExceeds        = &apiError{http.StatusBadRequest, "amount_exceeds"}
	errKey            = &apiError{http.StatusUnauthorized, "invalid_key"}
	errNotFound       = &apiError{http.StatusNotFound, "not_found"}
	errReferenceTaken = &apiError{http.StatusConflict, "reference_taken"}
	errState          = &apiError{http.StatusConflict, "wrong_state"}
	errDisputed       = &apiError{http.StatusConflict, "disputed"}
)

func (e *apiError) write(w http.ResponseWriter) {
	simulator.WriteJSON(w, e.status, map[string]any{"error": map[string]string{"code": e.code}})
}

// injectedError is how Acme Pay fails when a test asks for it.
func injectedError(w http.ResponseWriter, status int) {
	code := map[int]string{
		http.StatusUnauthorized: errKey.code, http.StatusTooManyRequests: "too_many_requests", http.StatusInternalServerError: "internal", http.StatusServiceUnavailable: "unavailable",
	}[status]
	(&apiError{status, code}).write(w)
}
