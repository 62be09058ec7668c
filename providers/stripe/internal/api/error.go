package api

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/lenient"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	rest.Failure

	// Type is invalid_request_error, api_error, …; Code, such as rate_limit, isn't always there.
	Type string
	Code string
	// Param is the parameter that was refused, "" for none.
	Param string
	// RequestID is what Stripe's support asks for.
	RequestID string
}

// Error is the status, the code and the request's id, and nothing of the text: it can echo the key.
func (e *Error) Error() string {
	text := e.Say(e.Type + " " + e.Code)
	if e.RequestID != "" {
		text += " (" + e.RequestID + ")"
	}
	return text
}

// Passing tells whether the same call may well succeed later.
func (e *Error) Passing() bool { return e.Failure.Passing() || e.Status == http.StatusConflict }

// word is what a code, a type or a parameter looks like. What doesn't isn't repeated.
var word = regexp.MustCompile(`^[A-Za-z0-9_.\[\]]{1,80}$`)

func readError(res *rest.Response) *Error {
	e := &Error{Failure: res.Failure(nil), RequestID: requestID(res)}
	var body struct {
		Error lenient.Maybe[struct {
			Type  lenient.Text `json:"type"`
			Code  lenient.Text `json:"code"`
			Param lenient.Text `json:"param"`
		}] `json:"error"`
	}
	if json.Unmarshal(res.Body, &body) != nil || body.Error.Value.Type == "" {
		return e
	}
	e.JSON = true
	for _, field := range []struct {
		to   *string
		text lenient.Text
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
