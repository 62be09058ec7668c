package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

const headerRequestID = "X-Request-Id"

// answer is a successful answer.
type answer struct {
	status int
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
		return notTheAPI(call, res.StatusCode, res.Header, nil)
	}
	e := wire.ToError(failure)
	e.Op, e.RequestID, e.RetryAfter = call.op, failure.RequestID, retryAfter(res.Header)
	return e
}

// foreign says why a success can't be the API's, whatever it has in it: nil where it can. Much that listens on the way answers everything with one.
func foreign(call call, res *http.Response, body []byte) error {
	mediaType, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case call.media == "" && (res.StatusCode != http.StatusNoContent || len(body) > 0):
		return errors.New("client: an answer with a body, where the API's has none")
	case call.media != "" && len(body) == 0:
		return errors.New("client: an answer without a body")
	case call.media != "" && mediaType != call.media:
		return fmt.Errorf("client: an answer of the type %q, where the API's is %s", mediaType, call.media)
	default:
		return nil
	}
}

// notTheAPI is an answer that isn't the API's: something else listens there, or stands in between.
func notTheAPI(call call, status int, header http.Header, err error) *paylinks.Error {
	outcome := paylinks.NotApplied
	if call.method != http.MethodGet && (status < 300 || status >= http.StatusInternalServerError) {
		outcome = paylinks.OutcomeUnknown
	}
	return &paylinks.Error{
		Code: paylinks.CodeUnreachable, Outcome: outcome, Op: call.op, RequestID: header.Get(headerRequestID), RetryAfter: retryAfter(header), Err: err,
		Message: fmt.Sprintf("HTTP %d that isn't an answer of the API: check BaseURL, and what stands in between", status),
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
