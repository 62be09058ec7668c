package httpserver

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// query reads the parameters of a request's query by name, and notes what is wrong under the name. An empty parameter is the same as
// none.
type query struct {
	values url.Values
	wrong  []paylinks.FieldError
}

func queryOf(r *http.Request) *query { return &query{values: r.URL.Query()} }

func (q *query) fail(name, must string) {
	q.wrong = append(q.wrong, invalid(name, must).Fields...)
}

func (q *query) text(name string) string {
	value := q.values.Get(name)
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		q.fail(name, "must be valid UTF-8 without U+0000")
		return ""
	}
	return value
}

func (q *query) status(name string) paylinks.Status {
	status := paylinks.Status(q.values.Get(name))
	if status != "" && !status.Valid() {
		q.fail(name, "must be the status of a link, such as created, authorized or captured")
		return ""
	}
	return status
}

// oneOf is a choice, the first of choices where none is made.
func (q *query) oneOf(name string, choices ...string) string {
	value := q.values.Get(name)
	if value == "" {
		return choices[0]
	}
	if !slices.Contains(choices, value) {
		q.fail(name, "must be one of "+strings.Join(choices, ", "))
	}
	return value
}

func (q *query) time(name string) time.Time {
	value := q.values.Get(name)
	if value == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		q.fail(name, `must be an RFC 3339 time such as "2026-11-24T09:30:00Z", its "+" written as %2B`)
	}
	return t
}

// limit is the size of a page: 50 where none is asked for.
func (q *query) limit() int {
	n, ok := q.number("limit", defaultLimit)
	if !ok || n < 1 || n > maxLimit {
		q.fail("limit", "must be a whole number from 1 to "+strconv.Itoa(maxLimit))
		return defaultLimit
	}
	return n
}

func (q *query) number(name string, otherwise int) (int, bool) {
	value := q.values.Get(name)
	if value == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(value)
	return n, err == nil
}

// err is the error that names every wrong parameter, nil where none is.
func (q *query) err() error {
	if len(q.wrong) == 0 {
		return nil
	}
	return &paylinks.Error{
		Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied,
		Message: q.wrong[0].Message, Fields: q.wrong,
	}
}
