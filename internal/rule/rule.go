// Package rule has what a request must be wherever it's looked at: in the Service, and in a client before anything is sent.
package rule

import (
	"fmt"
	"unicode/utf8"
)

// Problem is what is wrong with a field. Its message goes behind the field's name.
type Problem struct {
	Code    string
	Message string
}

var (
	// Illegible says that a text isn't UTF-8. JSON can't carry it, and would put another one in its place.
	Illegible = Problem{"invalid", "must be valid UTF-8"}
	// IllegibleKey says the same of a name in an object.
	IllegibleKey = Problem{"invalid", "keys must be valid UTF-8"}
	// Taken says that an option has the name of a field that the request has itself.
	Taken = Problem{"invalid", "must not be among the options: the request has a field of that name"}
)

// createFields are a create request's own fields, whatever the provider, and whether every request must have them. Options have other names.
var createFields = map[string]bool{
	"provider":     true,
	"org_app_id":   true,
	"order_id":     true,
	"amount":       true,
	"currency":     true,
	"description":  false,
	"buyer_name":   false,
	"buyer_email":  false,
	"buyer_phone":  false,
	"phone_number": false,
	"lang":         false,
	"items":        false,
	"metadata":     false,
}

// CreateField tells whether name is a create request's own field, and whether every request must have it.
func CreateField(name string) (required, own bool) {
	required, own = createFields[name]
	return required, own
}

const maxName = 255

// Name is what is wrong with a reference, nil for nothing. An empty one is none.
func Name(value string) *Problem {
	if !utf8.ValidString(value) {
		return &Illegible
	}
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			return &Problem{"invalid", "must be visible ASCII characters without spaces"}
		}
	}
	if len(value) > maxName {
		return &Problem{"too_long", fmt.Sprintf("must have at most %d characters", maxName)}
	}
	return nil
}

// Key is what is wrong with an idempotency key, nil for nothing. Over HTTP it may be quoted, so that an empty one in quotes is no key either.
func Key(value string) *Problem {
	if value == `""` {
		return &Problem{"invalid", "must have something in its quotes"}
	}
	return Name(value)
}
