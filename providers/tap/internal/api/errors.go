package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

var (
	errNoList   = errors.New("there's no list in the answer")
	errNoObject = errors.New("the answer is no JSON object")
)

// overloaded is Tap's code for a server that is down or has too much to do.
const overloaded = "2101"

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API.
	JSON bool
	// Code is Tap's code, such as "1144".
	Code string
	// Text is for matching alone: it may echo the request.
	Text string
	// RetryAfter is the answer's wish, which Tap doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Error is the status and the code, and nothing of the text.
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
	return e.throttled() || e.Status >= http.StatusInternalServerError || e.Code == overloaded || e.Err != nil
}

func (e *Error) throttled() bool { return e.Status == http.StatusTooManyRequests }

// emptyList tells whether the error is Tap's way to say that a list has nothing in it: 400 with "Charges not found". The code that goes
// with it isn't documented, so the text decides.
func (e *Error) emptyList() bool {
	return e.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(e.Text), "not found")
}

func readError(res *rest.Response) *Error {
	e := &Error{Status: res.Status, RetryAfter: res.RetryAfter()}
	var body struct {
		Errors []struct {
			Code        Text `json:"code"`
			Description Text `json:"description"`
		} `json:"errors"`
	}
	if json.Unmarshal(res.Body, &body) != nil || len(body.Errors) == 0 {
		return e
	}
	e.JSON, e.Code = true, string(body.Errors[0].Code)
	var texts []string
	for _, item := range body.Errors {
		texts = append(texts, string(item.Description))
	}
	e.Text = strings.Join(texts, "\n")
	return e
}
