package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API, and HTML whether it looks like a web page.
	JSON, HTML bool
	// Name is the API's word, such as RESULTSET_TOO_LARGE, or OAuth's, such as invalid_client.
	Name string
	// Text is for matching alone: it may echo the request.
	Text string
	// DebugID is what PayPal's support asks for.
	DebugID string
	// RetryAfter is the answer's wish.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Error is the status, the word and the debug id.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("HTTP %d %s (debug id %q)", e.Status, e.Name, e.DebugID)
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

func readError(status int, header http.Header, body []byte) *Error {
	e := &Error{Status: status, DebugID: header.Get("Paypal-Debug-Id")}
	if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	var answer struct {
		Name    string `json:"name"`
		Message string `json:"message"`
		DebugID string `json:"debug_id"`
		// OAuth's own form.
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		e.HTML = bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
		return e
	}
	e.JSON = true
	e.Name, e.Text = answer.Name+answer.Error, answer.Message+answer.Description
	if answer.DebugID != "" {
		e.DebugID = answer.DebugID
	}
	return e
}
