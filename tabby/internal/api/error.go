package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

var errEmpty = errors.New("the answer is empty")

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API. Plain text comes from the router or a crash, and HTML from the CDN in front.
	JSON bool
	// HTML tells whether the body looks like a web page.
	HTML bool
	// Type is errorType: bad_data, not_authorized, no_permission, not_found, conflict or internal.
	Type string
	// Text is for matching alone: it may echo the request.
	Text string
	// Fields are the fields that were refused.
	Fields []ErrorField
	// RetryAfter is the answer's wish, which Tabby doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// ErrorField is a field that was refused.
type ErrorField struct {
	// Field is a path such as "$.payment.currency".
	Field string `json:"field"`
	// Code is a word such as "invalid_value".
	Code string `json:"code"`
}

// Error is the status and the error type, and nothing of the text.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("HTTP %d %s", e.Status, e.Type)
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

// GoString keeps the text from %#v too.
func (e *Error) GoString() string { return e.Error() }

func readError(res *rest.Response) *Error {
	e := &Error{Status: res.Status, RetryAfter: res.RetryAfter()}
	var body struct {
		Type   Maybe[string]       `json:"errorType"`
		Text   Maybe[string]       `json:"error"`
		Fields Maybe[[]ErrorField] `json:"errors"`
	}
	if json.Unmarshal(res.Body, &body) != nil {
		e.HTML = bytes.HasPrefix(bytes.TrimSpace(res.Body), []byte("<"))
		return e
	}
	e.JSON = true
	e.Type, e.Text, e.Fields = body.Type.Value, body.Text.Value, body.Fields.Value
	return e
}
