package api

import (
	"encoding/json"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/lenient"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	rest.Failure

	// Code is the first error code that isn't 0, "" without one.
	Code string
	// Fields are the names of the fields that were refused: what stands before the colon of a text.
	Fields []string
}

// Error is the status and the code, and nothing of the texts: they may echo the request.
func (e *Error) Error() string {
	return e.Say(e.Code)
}

func readError(res *rest.Response) *Error {
	e := &Error{Failure: res.Failure(nil)}
	type item struct {
		Code    lenient.Scalar `json:"error_code"`
		Message lenient.Scalar `json:"error_message"`
	}
	var body struct {
		item
		Errors lenient.Maybe[[]item] `json:"errors"`
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
