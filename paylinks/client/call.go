package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// call is one call of the API.
type call struct {
	// op is the name that the Service has for it in errors.
	op     string
	method string
	// path is escaped, and relative to where the handler is mounted.
	path  string
	query url.Values
	body  []byte
	// key makes a call that changes something happen once.
	key string
}

// get is a call that reads.
func get(op, path string, query url.Values) call {
	return call{op: op, method: http.MethodGet, path: path, query: query}
}

// post is a call that changes something, under the caller's key or a new one.
func post(op, path, key string, body []byte) call {
	if key == "" {
		key = newKey()
	}
	return call{op: op, method: http.MethodPost, path: path, body: body, key: key}
}

// repeatable tells whether the call may be sent again without having its effect twice.
func (c call) repeatable() bool { return c.method == http.MethodGet || c.key != "" }

// answer is a successful answer.
type answer struct {
	header http.Header
	body   []byte
}

// do makes a call and reads its answer into v, which is nil for an answer that doesn't matter.
func (c *Client) do(ctx context.Context, call call, v any) (answer, error) {
	if !validKey(call.key) {
		return answer{}, &paylinks.Error{
			Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied, Op: call.op, Message: "IdempotencyKey must be 1 to 255 visible ASCII characters",
			Fields: []paylinks.FieldError{{Field: "idempotency_key", Code: "invalid", Message: "IdempotencyKey must be 1 to 255 visible ASCII characters"}},
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	tries := &tries{call: call}
	ctx, made := contact.Watch(context.WithValue(ctx, triesKey{}, tries))
	tries.made = made
	req, err := c.request(ctx, call)
	if err != nil {
		return answer{}, noAnswer(call, err, true)
	}
	res, err := c.http.Do(req)
	if err != nil && tries.answered != nil {
		tries.answered.Err = err // the wait for another try ended
		return answer{}, tries.doubt(tries.answered)
	}
	if err != nil {
		return answer{}, noAnswer(call, err, made.Never(err))
	}
	defer func() { _ = res.Body.Close() }()
	body, err := readAnswer(res)
	if err != nil {
		return answer{}, noAnswer(call, err, false)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return answer{}, tries.doubt(refused(call, res, body))
	}
	if v != nil {
		if err := json.Unmarshal(body, v); err != nil {
			return answer{}, notTheAPI(call, res, fmt.Errorf("client: read the answer: %w", err))
		}
	}
	return answer{header: res.Header, body: body}, nil
}

type triesKey struct{}

// tries is what is known of a call's tries so far.
type tries struct {
	call call
	made *contact.Contact
	// counted is how many there were, but for those that met an earlier one at work.
	counted int
	// lost: one that may have reached the server got no answer of the API, so that it may have had its effect, or still have it.
	lost bool
	// answered is the API's answer to the last one, while the next is waited for.
	answered *paylinks.Error
}

// settling are the codes that settle a call: under one key the server knows of every try, so they hold for the lost ones, too.
func settling(code paylinks.Code) bool {
	switch code {
	case paylinks.CodeUnauthenticated, paylinks.CodeForbidden, paylinks.CodeRateLimited, paylinks.CodeIdempotencyInProgress, paylinks.CodeOperationInProgress,
		paylinks.CodeInternal, paylinks.CodeUnreachable:
		return false
	default:
		return true
	}
}

// doubt is the error of the last try as that of the whole call. It's in doubt what a try without an answer has done.
func (t *tries) doubt(e *paylinks.Error) *paylinks.Error {
	if t.lost && t.call.method != http.MethodGet && e.Outcome != paylinks.Applied && !settling(e.Code) {
		e.Outcome = paylinks.OutcomeUnknown
		e.Message += " (an earlier try got no answer: it may have happened)"
	}
	return e
}

func (c *Client) request(ctx context.Context, call call) (*retryablehttp.Request, error) {
	target := c.base + call.path
	if len(call.query) > 0 {
		target += "?" + call.query.Encode()
	}
	var body any
	if call.body != nil {
		body = call.body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, call.method, target, body)
	if err != nil {
		return nil, err
	}
	c.identify(req.Header)
	req.Header.Set("Accept", "application/json")
	if call.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if call.key != "" {
		req.Header.Set("Idempotency-Key", call.key)
	}
	return req, nil
}

func (c *Client) identify(header http.Header) {
	header.Set("Authorization", "Bearer "+c.token.Reveal())
	header.Set("User-Agent", "paylinks-go-client")
}

func validKey(key string) bool { return len(key) <= 255 && visibleASCII(key) }

func readAnswer(res *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errors.New("client: the answer is too large")
	}
	return body, err
}

// checkRetry repeats a call that got no answer, or a part of one, and one whose answer says that nothing has happened and that it may come again. While an
// earlier try is at work, it waits for that as long as the call may take.
func (c *Client) checkRetry(ctx context.Context, res *http.Response, err error) (bool, error) {
	tries, ok := ctx.Value(triesKey{}).(*tries)
	if !ok || !tries.call.repeatable() || ctx.Err() != nil {
		return false, ctx.Err()
	}
	call := tries.call
	if err != nil {
		tries.lost = tries.lost || !tries.made.Never(err)
		c.log.LogAttrs(ctx, slog.LevelWarn, "paylinks: a try got no answer", slog.String("op", call.op))
		return c.another(tries), nil
	}
	body, err := readAnswer(res)
	_ = res.Body.Close()
	if err != nil || cutOff(res, body) {
		tries.lost = true
		if again := c.another(tries); again {
			return true, nil
		}
		res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err})) // for whoever reads the last one
		return false, nil
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	if res.StatusCode < http.StatusBadRequest {
		return false, nil
	}
	failure, ours := parseError(body)
	if !ours && res.StatusCode >= http.StatusInternalServerError {
		tries.lost = true // a proxy doesn't say what became of what it has sent on
	}
	if !comeAgain(call, res, failure, ours) {
		return false, nil
	}
	c.log.LogAttrs(ctx, slog.LevelWarn, "paylinks: a try was refused",
		slog.String("op", call.op), slog.Int("status", res.StatusCode), slog.String("request_id", res.Header.Get(headerRequestID)))
	if failure.Error.Code == paylinks.CodeIdempotencyInProgress && c.config.Retries >= 0 {
		tries.answered = refused(call, res, body)
		return true, nil
	}
	again := c.another(tries)
	if again && ours {
		tries.answered = refused(call, res, body)
	}
	return again, nil
}

// another counts a try and tells whether there may be one more.
func (c *Client) another(t *tries) bool {
	t.counted++
	return t.counted <= c.config.Retries
}

// cutOff tells whether a successful answer is a part of one: connections that end with the answer don't tell.
func cutOff(res *http.Response, body []byte) bool {
	mediaType, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return res.StatusCode < http.StatusBadRequest && mediaType == "application/json" && !json.Valid(body)
}

// failing is the rest of an answer that was cut off.
type failing struct{ err error }

// Read fails.
func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.ErrUnexpectedEOF
}

// comeAgain tells whether an answer that isn't a success asks for the call to be repeated. ours: it's the API's.
func comeAgain(call call, res *http.Response, failure api.ErrorAnswer, ours bool) bool {
	switch {
	case !ours: // a proxy's
		return res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests
	case failure.Error.Code == paylinks.CodeIdempotencyInProgress: // an earlier try is at work
		return true
	case failure.Error.Outcome == paylinks.OutcomeUnknown: // it settles itself
		return false
	case res.Header.Get("Retry-After") != "": // rate_limited, provider_unavailable, …_in_progress
		return true
	default:
		return call.method == http.MethodGet && res.StatusCode == http.StatusInternalServerError
	}
}

// backoff doubles with jitter, or follows a Retry-After that isn't absurd.
func (c *Client) backoff(least, most time.Duration, attempt int, res *http.Response) time.Duration {
	if wish := retryAfter(res); wish > 0 {
		return min(wish, c.config.MaxRetryAfter)
	}
	ceiling := min(least<<min(attempt, 10), most)
	return ceiling/2 + rand.N(ceiling/2)
}

// retryAfter is an answer's wish, zero without one.
func retryAfter(res *http.Response) time.Duration {
	if res == nil {
		return 0
	}
	wish := res.Header.Get("Retry-After")
	if at, err := http.ParseTime(wish); err == nil { // as proxies may say it
		return min(max(time.Until(at), 0), longestWish)
	}
	seconds, err := strconv.Atoi(wish)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(min(seconds, 1<<20))*time.Second, longestWish)
}

const (
	headerRequestID = "X-Request-Id"
	// longestWish bounds what is made of a Retry-After.
	longestWish = 24 * time.Hour
)

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
