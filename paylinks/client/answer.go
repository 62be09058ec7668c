package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

const headerRequestID = "X-Request-Id"

// answer is a successful answer.
type answer struct {
	header http.Header
	body   []byte
}

func readAnswer(res *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errors.New("client: the answer is too large")
	}
	return body, err
}

// parseError reads an error of the API, and tells whether the body is one.
func parseError(body []byte) (api.ErrorAnswer, bool) {
	var failure api.ErrorAnswer
	err := json.Unmarshal(body, &failure)
	return failure, err == nil && failure.Error.Code != ""
}

// refused is an answer that isn't a success, as an error.
func refused(call call, res *http.Response, body []byte) *paylinks.Error {
	failure, ours := parseError(body)
	if !ours {
		return notTheAPI(call, res, nil)
	}
	e := wire.ToError(failure)
	e.Op, e.RequestID, e.RetryAfter = call.op, failure.RequestID, retryAfter(res)
	return e
}

// notTheAPI is an answer that isn't the API's: something else listens there, or stands in between.
func notTheAPI(call call, res *http.Response, err error) *paylinks.Error {
	outcome := paylinks.NotApplied
	if call.method != http.MethodGet && (res.StatusCode < 300 || res.StatusCode >= http.StatusInternalServerError) {
		outcome = paylinks.OutcomeUnknown
	}
	return &paylinks.Error{
		Code: paylinks.CodeUnreachable, Outcome: outcome, Op: call.op, RequestID: res.Header.Get(headerRequestID), RetryAfter: retryAfter(res), Err: err,
		Message: fmt.Sprintf("HTTP %d that isn't an answer of the API: check BaseURL, and what stands in between", res.StatusCode),
	}
}

// noAnswer is a call that got no answer.
func noAnswer(call call, err error, neverSent bool) error {
	e := &paylinks.Error{
		Code: paylinks.CodeUnreachable, Outcome: paylinks.OutcomeUnknown, Op: call.op, Err: err,
		Message: "the server gave no answer: whether it has happened isn't known, so ask before you repeat it under another name",
	}
	if neverSent || call.method == http.MethodGet {
		e.Outcome, e.Message = paylinks.NotApplied, "the server can't be reached"
	}
	return e
}
