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
// none. One that can't be decoded, or comes twice, is wrong: to leave it out would answer more than was asked for.
type query struct {
	values     url.Values
	broken     bool     // something in it can't be decoded
	unreadable []string // the parameters of which that's known
	wrong      []paylinks.FieldError
}

func queryOf(r *http.Request) *query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	q := &query{values: values, broken: err != nil}
	if q.broken {
		q.unreadable = unreadable(r.URL.RawQuery)
	}
	return q
}

// unreadable names the parameters that url.ParseQuery leaves out.
func unreadable(raw string) (names []string) {
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if _, err := url.QueryUnescape(value); err != nil || strings.Contains(pair, ";") {
			names = append(names, name)
		}
	}
	return names
}

// get is the one value of a parameter, "" where there's none and where it's wrong.
func (q *query) get(name string) string {
	switch values := q.values[name]; {
	case slices.Contains(q.unreadable, name):
		q.fail(name, "can't be decoded: write %, ; and & in a value as %25, %3B and %26")
	case len(values) > 1:
		q.fail(name, "must be given once")
	case len(values) == 1:
		return values[0]
	}
	return ""
}

func (q *query) fail(name, must string) {
	q.wrong = append(q.wrong, invalid(name, must).Fields...)
}

func (q *query) text(name string) string {
	value := q.get(name)
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		q.fail(name, "must be valid UTF-8 without U+0000")
		return ""
	}
	return value
}

func (q *query) status(name string) paylinks.Status {
	status := paylinks.Status(q.get(name))
	if status != "" && !status.Valid() {
		q.fail(name, "must be the status of a link, such as created, authorized or captured")
		return ""
	}
	return status
}

// oneOf is a choice, the first of choices where none is made.
func (q *query) oneOf(name string, choices ...string) string {
	value := q.get(name)
	if value == "" {
		return choices[0]
	}
	if !slices.Contains(choices, value) {
		q.fail(name, "must be one of "+strings.Join(choices, ", "))
	}
	return value
}

func (q *query) time(name string) time.Time {
	value := q.get(name)
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
	value := q.get(name)
	if value == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(value)
	return n, err == nil
}

// err is the error that names every wrong parameter, nil where none is. What can't be decoded is wrong even where no parameter of this
// route is: nobody knows which one it was to be.
func (q *query) err() error {
	if q.broken && len(q.wrong) == 0 {
		q.fail("query", "can't be decoded: write %, ; and & in names and values as %25, %3B and %26")
	}
	if len(q.wrong) == 0 {
		return nil
	}
	return &paylinks.Error{
		Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied,
		Message: q.wrong[0].Message, Fields: q.wrong,
	}
}
