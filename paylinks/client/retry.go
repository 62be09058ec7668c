package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

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

// checkRetry repeats a call that got no answer, or a part of one, and one whose answer says that nothing has happened and that it may come again, in a
// time that the client waits. While an earlier try is at work, it waits for that as long as the call may take.
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
	atWork := failure.Error.Code == paylinks.CodeIdempotencyInProgress // an earlier try, which is waited for
	if !comeAgain(call, res, failure, ours) || (!atWork && retryAfter(res.Header) > c.config.MaxRetryAfter) {
		return false, nil
	}
	c.log.LogAttrs(ctx, slog.LevelWarn, "paylinks: a try was refused",
		slog.String("op", call.op), slog.Int("status", res.StatusCode), slog.String("request_id", res.Header.Get(headerRequestID)))
	if atWork && c.config.Retries >= 0 {
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
	return res.StatusCode < http.StatusBadRequest && mediaType == mediaJSON && !json.Valid(body)
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

// backoff doubles with jitter, or follows a refusal's Retry-After. One above Config.MaxRetryAfter ends the call, but for that of an earlier try at work.
func (c *Client) backoff(least, most time.Duration, attempt int, res *http.Response) time.Duration {
	if res != nil && res.StatusCode >= http.StatusBadRequest {
		if wish := retryAfter(res.Header); wish > 0 {
			return min(wish, c.config.MaxRetryAfter)
		}
	}
	ceiling := min(least<<min(attempt, 10), most)
	return ceiling/2 + rand.N(ceiling/2)
}

// longestWish bounds what is made of a Retry-After.
const longestWish = 24 * time.Hour

// retryAfter is an answer's wish, zero without one.
func retryAfter(header http.Header) time.Duration {
	wish := header.Get("Retry-After")
	if at, err := http.ParseTime(wish); err == nil { // as proxies may say it
		return min(max(time.Until(at), 0), longestWish)
	}
	seconds, err := strconv.Atoi(wish)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(min(seconds, 1<<20))*time.Second, longestWish)
}
