package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
)

// Error is an answer that isn't a success, or a success that can't be read.
type Error struct {
	// Status is the HTTP status. Where that is 2xx and the body says "error : 400", it's what the body says.
	Status int
	// JSON tells whether the body is JSON. MisPay documents text/html as a form of its answers, too.
	JSON bool
	// Code is MisPay's, "ME03", wherever in the body it stands: "result" holds "ExceptionType.ME03", and may hold more.
	Code string
	// Ended: the body says that the checkout has been ended already.
	Ended bool
	// RetryAfter is the answer's wish, which MisPay doesn't document.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Error is the status and the code, and nothing of the body.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("HTTP %d %s", e.Status, e.Code)
}

// Unwrap is why a success can't be read.
func (e *Error) Unwrap() error { return e.Err }

// staleToken tells whether the answer says that the token isn't valid (any more). Such a call has had no effect.
func (e *Error) staleToken() bool {
	return e.Status == http.StatusUnauthorized ||
		((e.Code == codeTokenInvalid || e.Code == codeSessionExpired) && e.Status >= 400 && e.Status < 500)
}

const (
	codeTokenInvalid   = "ME10"
	codeSessionExpired = "ME11"
)

var (
	codeShape    = regexp.MustCompile(`M[EP]\d{2}`)
	statusShape  = regexp.MustCompile(`(?i)^\s*error\s*:\s*([45]\d\d)\s*$`)
	alreadyEnded = regexp.MustCompile(`(?i)already[ _-]*(been[ _-]*)?(ended|confirmed|completed|finali[sz]ed|closed)`)
)

func readError(res *rest.Response) *Error {
	e := &Error{
		Status: res.Status, JSON: json.Valid(res.Body), RetryAfter: res.RetryAfter(),
		Code: string(codeShape.Find(res.Body)), Ended: alreadyEnded.Match(res.Body),
	}
	if !res.OK() {
		return e
	}
	var envelope envelope
	if err := json.Unmarshal(res.Body, &envelope); err != nil {
		return &Error{Status: res.Status, Err: errNotJSON}
	}
	if said := statusShape.FindStringSubmatch(string(envelope.Status)); said != nil {
		e.Status, _ = strconv.Atoi(said[1])
	} else {
		// 2xx and no "success": only MisPay's own code can tell that it's a refusal.
		e.Err = errNoSuccess
		if e.Code != "" {
			e.Status, e.Err = http.StatusBadRequest, nil
		}
	}
	return e
}

// envelope is the form of every answer.
type envelope struct {
	// Status is "success", or free text such as "error : 400".
	Status Text `json:"status"`
	// Result is the answer itself, or a text such as "ExceptionType.ME01".
	Result json.RawMessage `json:"result"`
}

// compact is a JSON body without white space.
func compact(body []byte) (json.RawMessage, error) {
	var buffer bytes.Buffer
	if err := json.Compact(&buffer, body); err != nil {
		return nil, errNotJSON
	}
	return buffer.Bytes(), nil
}
