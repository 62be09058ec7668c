package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

var errEmpty = errors.New("the answer is empty")

// Error is an answer that isn't a success, or a success that can't be read. It holds nothing of the body but words of the API.
type Error struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is a JSON object. Something else comes from a proxy or the CDN in front.
	JSON bool
	// Known tells whether it has the members of an error of the API.
	Known bool
	// HTML tells whether the body looks like a web page.
	HTML bool
	// NoMerchant: the message says that there's no merchant for the token.
	NoMerchant bool
	// NoRoute: the message says that there's no such call.
	NoRoute bool
	// Details are what was wrong.
	Details []Detail
	// RetryAfter is the answer's wish, which Tamara doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Detail is one thing that was wrong.
type Detail struct {
	// Code is a word such as "transition_not_allowed".
	Code string
	// OldState is the state that an order is in, where that was wrong.
	OldState string
	// WebhookID is the webhook that exists already.
	WebhookID string
}

// Error is the status and the codes, and nothing of the text.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("HTTP %d %s", e.Status, e.Code())
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

// Code is the first code, "" without any.
func (e *Error) Code() string {
	if len(e.Details) == 0 {
		return ""
	}
	return e.Details[0].Code
}

// Detail is the detail with a code, and whether there's one.
func (e *Error) Detail(code string) (Detail, bool) {
	for _, detail := range e.Details {
		if detail.Code == code {
			return detail, true
		}
	}
	return Detail{}, false
}

// codeShape is what can be a code, and so be logged.
var codeShape = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

func readError(res *rest.Response) *Error {
	e := &Error{Status: res.Status, RetryAfter: res.RetryAfter()}
	var body struct {
		Message Maybe[string] `json:"message"`
		Errors  Maybe[[]struct {
			Code Maybe[string] `json:"error_code"`
			Data Maybe[struct {
				OldState  string `json:"old_state"`
				WebhookID string `json:"webhook_id"`
			}] `json:"data"`
		}] `json:"errors"`
	}
	if json.Unmarshal(res.Body, &body) != nil {
		e.HTML = bytes.HasPrefix(bytes.TrimSpace(res.Body), []byte("<"))
		return e
	}
	for _, one := range body.Errors.Value {
		if codeShape.MatchString(one.Code.Value) {
			e.Details = append(e.Details, Detail{Code: one.Code.Value, OldState: one.Data.Value.OldState, WebhookID: one.Data.Value.WebhookID})
		}
	}
	text := strings.ToLower(body.Message.Value)
	e.JSON, e.Known = true, text != "" || len(e.Details) > 0
	e.NoMerchant = strings.Contains(text, "merchant is not found") || strings.Contains(text, "merchant not found")
	e.NoRoute = strings.Contains(text, "no route found")
	return e
}
