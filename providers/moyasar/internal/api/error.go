package api

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/lenient"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	rest.Failure

	// Type is authentication_error, invalid_request_error, ….
	Type string
	// Fields are the names of the fields that were refused, sorted.
	Fields []string
}

// Error is the status and the type, and nothing of the text.
func (e *Error) Error() string {
	return e.Say(e.Type)
}

// word is what a type or a field's name looks like. What doesn't isn't repeated.
var word = regexp.MustCompile(`^[A-Za-z0-9_.\[\]]{1,80}$`)

func readError(res *rest.Response) *Error {
	e := &Error{Failure: res.Failure(nil)}
	var body struct {
		Type   lenient.Text                              `json:"type"`
		Errors lenient.Maybe[map[string]json.RawMessage] `json:"errors"`
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
