package api

import (
	"encoding/json"
	"fmt"

	"github.com/paylinks/paylinks-go/internal/rest"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	rest.Failure

	// Name is the API's word, such as RESULTSET_TOO_LARGE, or OAuth's, such as invalid_client.
	Name string
	// Text is for matching alone: it may echo the request.
	Text string
	// DebugID is what PayPal's support asks for.
	DebugID string
}

// Error is the status, the word and the debug id.
func (e *Error) Error() string {
	return e.Say(fmt.Sprintf("%s (debug id %q)", e.Name, e.DebugID))
}

func readError(res *rest.Response) *Error {
	e := &Error{Failure: res.Failure(nil), DebugID: res.Header.Get("Paypal-Debug-Id")}
	var answer struct {
		Name    string `json:"name"`
		Message string `json:"message"`
		DebugID string `json:"debug_id"`
		// OAuth's own form.
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(res.Body, &answer) != nil {
		return e
	}
	e.JSON = true
	e.Name, e.Text = answer.Name+answer.Error, answer.Message+answer.Description
	if answer.DebugID != "" {
		e.DebugID = answer.DebugID
	}
	return e
}
