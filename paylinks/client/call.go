package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/paylinks"
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
