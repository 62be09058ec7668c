// Package rest is the providers' way out: JSON over HTTP with the rules that payments need.
//
//   - Nothing is sent twice unless the request is marked Repeatable.
//   - Bodies are bounded, redirects aren't followed, every call has a deadline.
//   - A call without an answer says whether it may have had its effect.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	defaultBody   = 1 << 20
	maxRetryAfter = 10 * time.Second
	userAgent     = "paylinks-go"
)

// Config is a client's configuration. The zero Config works.
type Config struct {
	// HTTPClient sends the requests: http.DefaultTransport's settings when nil. Its CheckRedirect is replaced.
	HTTPClient *http.Client
	// Timeout bounds a whole call with its retries where ctx has no earlier deadline (default 20 s).
	Timeout time.Duration
	// Retries is how often a Repeatable request is repeated after its first try (default 2, negative for never).
	Retries int
	// MaxBody bounds the body of an answer in bytes (default 1 MiB). A longer one is no answer.
	MaxBody int64
	// Logger gets one debug line for each exchange: method, host, path, status (default none).
	Logger *slog.Logger
}

// Client sends requests.
type Client struct {
	http    *retryablehttp.Client
	timeout time.Duration
	maxBody int64
}

// New makes a client.
func New(config Config) *Client {
	client := http.Client{Transport: http.DefaultTransport}
	if config.HTTPClient != nil {
		client = *config.HTTPClient
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if config.Timeout <= 0 {
		config.Timeout = 20 * time.Second
	}
	if config.Retries == 0 {
		config.Retries = 2
	}
	if config.MaxBody <= 0 {
		config.MaxBody = defaultBody
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	return &Client{
		timeout: config.Timeout,
		maxBody: config.MaxBody,
		http: &retryablehttp.Client{
			HTTPClient:   &client,
			RetryMax:     max(config.Retries, 0),
			RetryWaitMin: 100 * time.Millisecond,
			RetryWaitMax: 2 * time.Second,
			CheckRetry:   checkRetry,
			Backoff:      backoff,
			ErrorHandler: retryablehttp.PassthroughErrorHandler,
			ResponseLogHook: func(_ retryablehttp.Logger, res *http.Response) {
				req := res.Request
				if req == nil { // a transport that doesn't say what it answered
					return
				}
				config.Logger.LogAttrs(req.Context(), slog.LevelDebug, "provider call",
					slog.String("method", req.Method), slog.String("host", req.URL.Host), slog.String("path", req.URL.Path), slog.Int("status", res.StatusCode))
			},
		},
	}
}

// Request is one call.
type Request struct {
	Method string
	URL    string
	Header http.Header
	// Body is sent as JSON; nil sends none.
	Body any
	// Raw is sent instead of Body and as it stands, where ContentType is set: a form, or JSON that may not change by a byte.
	Raw         []byte
	ContentType string
	// Repeatable: the call may be sent again after a failure, since it changes nothing or changes it once.
	Repeatable bool
}

// Response is an answer, whatever its status.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK tells whether the status is 2xx.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Decode reads the body as JSON into v. A body that isn't JSON is an [paylinks.Unreachable] error with an unknown outcome.
func (r *Response) Decode(v any) error {
	if err := json.Unmarshal(r.Body, v); err != nil {
		return &paylinks.ProviderError{
			Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Status: r.Status,
			Message: "the answer is not the JSON of the provider's API", Err: err,
		}
	}
	return nil
}

// RetryAfter is the answer's Retry-After, zero without one.
func (r *Response) RetryAfter() time.Duration {
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// Do sends a request and reads its answer. An error is a [*paylinks.ProviderError] with [paylinks.Unreachable]: there was no
// answer, and its Outcome is NotApplied only if it's proven that no connection was ever made.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	if ctx.Err() != nil {
		return nil, noAnswer(ctx.Err(), true)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	ctx, made := contact.Watch(ctx)
	ctx = context.WithValue(ctx, repeatableKey{}, request.Repeatable)

	req, err := newRequest(ctx, request)
	if err != nil {
		return nil, &paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the request can't be built", Err: err}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, noAnswer(err, made.Never(err))
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, c.maxBody+1))
	if err == nil && int64(len(body)) > c.maxBody {
		err = errors.New("the answer is too large")
	}
	if err != nil {
		return nil, noAnswer(err, false)
	}
	return &Response{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}

func newRequest(ctx context.Context, request Request) (*retryablehttp.Request, error) {
	var body any
	contentType := request.ContentType
	switch {
	case contentType != "":
		body = request.Raw
	case request.Body != nil:
		encoded, err := encode(request.Body)
		if err != nil {
			return nil, err
		}
		body, contentType = encoded, "application/json"
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, request.Method, request.URL, body)
	if err != nil {
		return nil, err
	}
	for name, values := range request.Header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// encode writes JSON without escaping <, > and &: URLs stay readable in the provider's logs.
func encode(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), nil
}

func noAnswer(err error, neverSent bool) *paylinks.ProviderError {
	outcome, message := paylinks.OutcomeUnknown, "the connection ended without an answer"
	if neverSent {
		outcome, message = paylinks.NotApplied, "no connection could be made"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		message = "no answer in time"
	}
	return &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: outcome, Message: message, Err: fmt.Errorf("rest: %w", err)}
}

type repeatableKey struct{}

// checkRetry repeats what is marked so, after a failed connection, a 429 or a 5xx.
func checkRetry(ctx context.Context, res *http.Response, err error) (bool, error) {
	if repeatable, _ := ctx.Value(repeatableKey{}).(bool); !repeatable {
		return false, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	failed := err != nil || res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500
	return failed, nil //nolint:nilerr // err is a reason to try again; an error returned here would end the tries
}

// backoff doubles with full jitter, or follows a Retry-After that isn't absurd.
func backoff(least, most time.Duration, attempt int, res *http.Response) time.Duration {
	if res != nil {
		if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds >= 0 {
			return min(time.Duration(seconds)*time.Second, maxRetryAfter)
		}
	}
	ceiling := min(least<<min(attempt, 10), most)
	return least/2 + rand.N(ceiling)
}
