package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API.
	JSON bool
	// Code is the first error code that isn't 0, "" without one.
	Code string
	// Fields are the names of the fields that were refused: what stands before the colon of a text.
	Fields []string
	// RetryAfter is the answer's wish, which Dinero Pay doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Error is the status and the code, and nothing of the texts: they may echo the request.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("HTTP %d %s", e.Status, e.Code)
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

// passing tells whether the same call may well succeed later.
func (e *Error) passing() bool {
	return e.throttled() || e.Status >= http.StatusInternalServerError || e.Err != nil
}

func (e *Error) throttled() bool { return e.Status == http.StatusTooManyRequests }

func readError(res *rest.Response) *Error {
	e := &Error{Status: res.Status, RetryAfter: res.RetryAfter()}
	type item struct {
		Code    Text `json:"error_code"`
		Message Text `json:"error_message"`
	}
	var body struct {
		item
		Errors Maybe[[]item] `json:"errors"`
	}
	if json.Unmarshal(res.Body, &body) != nil || body.Code == "" {
		return e
	}
	e.JSON = true
	for _, each := range append([]item{body.item}, body.Errors.Value...) {
		if e.Code == "" && each.Code != "0" {
			e.Code = string(each.Code)
		}
		if field, _, ok := strings.Cut(string(each.Message), ":"); ok {
			e.Fields = append(e.Fields, strings.TrimSpace(field))
		}
	}
	return e
}
