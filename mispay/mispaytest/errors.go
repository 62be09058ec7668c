package mispaytest

import (
	"fmt"
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// apiError is an error as MisPay's API answers it (MisPay, errors).
type apiError struct {
	status int
	code   string
}

// The errors. Which HTTP status goes with which code is known for 400 and, of a bad token, 401; 404 is a guess.
var (
	errNoAppID      = apiError{http.StatusBadRequest, "ME01"}
	errNoSecret     = apiError{http.StatusBadRequest, "ME02"}
	errNoApp        = apiError{http.StatusBadRequest, "ME03"}
	errState        = apiError{http.StatusBadRequest, "ME04"}
	errNotFound     = apiError{http.StatusNotFound, "ME05"}
	errToken        = apiError{http.StatusUnauthorized, "ME10"}
	errTokenExpired = apiError{http.StatusUnauthorized, "ME11"}
	errInvalid      = apiError{http.StatusBadRequest, "ME97"}
)

func (e apiError) write(w http.ResponseWriter) {
	simulator.WriteJSON(w, e.status, envelope{fmt.Sprintf("error : %d", e.status), "ExceptionType." + e.code})
}

// envelope is the form of every answer.
type envelope struct {
	Status string `json:"status"`
	Result any    `json:"result"`
}

func succeed(w http.ResponseWriter, status int, result any) {
	simulator.WriteJSON(w, status, envelope{"success", result})
}

// injectedError is how MisPay fails when a test asks for it: HTML is documented as one form of its answers.
func injectedError(w http.ResponseWriter, status int) {
	switch {
	case status == http.StatusUnauthorized:
		errToken.write(w)
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<html><body><h1>%d</h1></body></html>", status)
	default:
		apiError{status, "ME97"}.write(w)
	}
}
