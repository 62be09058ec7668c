package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API.
	JSON bool
	// Type is invalid_request_error, api_error, …; Code, such as rate_limit, isn't always there.
	Type string
	Code string
	// Param is the parameter that was refused, "" for none.
	Param string
	// RequestID is what Stripe's support asks for.
	RequestID string
	// RetryAfter is the answer's wish, which Stripe doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Error is the status, the code and the request's id, and nothing of the text: it can echo the key.
func (e *Error) Error() string {
	text := fmt.Sprintf("HTTP %d %s %s", e.Status, e.Type, e.Code)
	if e.Err != nil {
		text = fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	if e.RequestID != "" {
		text += " (" + e.RequestID + ")"
	}
	return text
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

// passing tells whether the same call may well succeed later.
func (e *Error) passing() bool {
	return e.throttled() || e.Status == http.StatusConflict || e.Status >= http.StatusInternalServerError || e.Err != nil
}

func (e *Error) throttled() bool { return e.Status == http.StatusTooManyRequests }

// Answered tells whether err is an answer, whatever it says. Else the answer didn't come, or not whole.
func Answered(err error) bool {
	var answer *Error
	return errors.As(err, &answer)
}

// word is what a code, a type or a parameter looks like. What doesn't isn't repeated.
var word = regexp.MustCompile(`^[A-Za-z0-9_.\[\]]{1,80}$`)

func readError(res *rest.Response) *Error {
	e := &Error{Status: res.Status, RequestID: requestID(res), RetryAfter: res.RetryAfter()}
	var body struct {
		Error Maybe[struct {
			Type  Text `json:"type"`
			Code  Text `json:"code"`
			Param Text `json:"param"`
		}] `json:"error"`
	}
	if json.Unmarshal(res.Body, &body) != nil || body.Error.Value.Type == "" {
		return e
	}
	e.JSON = true
	for _, field := range []struct {
		to   *string
		text Text
	}{{&e.Type, body.Error.Value.Type}, {&e.Code, body.Error.Value.Code}, {&e.Param, body.Error.Value.Param}} {
		if word.MatchString(string(field.text)) {
			*field.to = string(field.text)
		}
	}
	return e
}

func requestID(res *rest.Response) string {
	if id := res.Header.Get("Request-Id"); word.MatchString(id) {
		return id
	}
	return ""
}
