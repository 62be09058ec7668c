package rest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Failure is what is the same in all APIs of an answer that isn't a success, or of a success that can't be read. An API's own error embeds it.
type Failure struct {
	// Status is the HTTP status.
	Status int
	// JSON tells whether the body is an error of the API.
	JSON bool
	// RetryAfter is the answer's wish, zero without one.
	RetryAfter time.Duration
	// Err is why a success can't be read.
	Err error
}

// Failure is the answer as a failure: err, where it's not nil, is why the body can't be read.
func (r *Response) Failure(err error) Failure {
	return Failure{Status: r.Status, RetryAfter: r.RetryAfter(), Err: err}
}

// Say is an error's text: the status, with why a success can't be read, else with the API's own word for what is wrong. An answer's free text
// mustn't be among that: it can echo the request.
func (f *Failure) Say(word string) string {
	if f.Err != nil {
		return fmt.Sprintf("HTTP %d that can't be read: %v", f.Status, f.Err)
	}
	return fmt.Sprintf("HTTP %d %s", f.Status, word)
}

// Unwrap is why a success can't be read.
func (f *Failure) Unwrap() error { return f.Err }

// Passing tells whether the same call may well succeed later.
func (f *Failure) Passing() bool {
	return f.Throttled() || f.Status >= http.StatusInternalServerError || f.Err != nil
}

// Throttled tells whether there were too many calls.
func (f *Failure) Throttled() bool { return f.Status == http.StatusTooManyRequests }

// Wish is RetryAfter.
func (f *Failure) Wish() time.Duration { return f.RetryAfter }

// Refused is the failure of a call that only reads, as a provider's error without its cause: nothing has been applied.
func (f *Failure) Refused(refusal paylinks.Refusal, code, message string) *paylinks.ProviderError {
	return &paylinks.ProviderError{
		Refusal: refusal, Outcome: paylinks.NotApplied, Status: f.Status, Code: code, Message: message, RetryAfter: f.RetryAfter,
	}
}
