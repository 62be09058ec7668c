package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API.
	JSON bool
	// Type is authentication_error, invalid_request_error, ….
	Type string
	// Fields are the names of the fields that were refused, sorted.
	Fields []string
	// RetryAfter is the answer's wish, which Moyasar doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Error is the status and the type, and nothing of the text.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("HTTP %d %s", e.Status, e.Type)
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

// passing tells whether the same call may well succeed later.
func (e *Error) passing() bool {
	return e.throttled() || e.Status >= http.StatusInternalServerError || e.Err != nil
}

func (e *Error) throttled() bool { return e.Status == http.StatusTooManyRequests }

// word is what a type or a field's name looks like. What doesn't isn't repeated.
var word = regexp.MustCompile(`^[A-Za-z0-9_.\[\]]{1,80}$`)

func readError(res *rest.Response) *Error {
	e := &Error{Status: res.Status, RetryAfter: res.RetryAfter()}
	var body struct {
		Type   Text                              `json:"type"`
		Errors Maybe[map[string]json.RawMessage] `json:"errors"`
	}
	if json.Unmarshal(res.Body, &body) != nil || !word.MatchString(string(body.Type)) {
		return e
	}
	e.JSON, e.Type = true, string(body.Type)
	for name := range body.Errors.Value {
		if word.MatchString(name) {
			e.Fields = append(e.Fields, name)
		}
	}
	slices.Sort(e.Fields)
	return e
}
