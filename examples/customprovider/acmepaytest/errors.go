package acmepaytest

import (
	"encoding/json"
	"net/http"
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
	errTooMany        = &apiError{http.StatusTooManyRequests, "too_many_requests"}
	errInternal       = &apiError{http.StatusInternalServerError, "internal"}
	errAway           = &apiError{http.StatusServiceUnavailable, "unavailable"}
)

func (e *apiError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, map[string]any{"error": map[string]string{"code": e.code}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
