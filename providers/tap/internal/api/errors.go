package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/lenient"
)

var (
	errNoList   = errors.New("there's no list in the answer")
	errNoObject = errors.New("the answer is no JSON object")
)

// overloaded is Tap's code for a server that is down or has too much to do.
const overloaded = "2101"

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	rest.Failure

	// Code is Tap's code, such as "1144".
	Code string
	// Text is for matching alone: it may echo the request.
	Text string
}

// Error is the status and the code, and nothing of the text.
func (e *Error) Error() string {
	return e.Say(e.Code)
}

// Passing tells whether the same call may well succeed later.
func (e *Error) Passing() bool { return e.Failure.Passing() || e.Code == overloaded }

// emptyList tells whether the error is Tap's way to say that a list has nothing in it: 400 with "Charges not found". The code that goes
// with it isn't documented, so the text decides.
func (e *Error) emptyList() bool {
	return e.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(e.Text), "not found")
}

func readError(res *rest.Response) *Error {
	e := &Error{Failure: res.Failure(nil)}
	var body struct {
		Errors []struct {
			Code        lenient.Scalar `json:"code"`
			Description lenient.Scalar `json:"description"`
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
