package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/internal/wire"
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
	// media is the media type of its answer, "" for 204 without one.
	media string
}

const mediaJSON = "application/json"

// get is a call that reads.
func get(op, path string, query url.Values) call {
	return call{op: op, method: http.MethodGet, path: path, query: query, media: mediaJSON}
}

// post is a call that changes something, under the caller's key or a new one.
func post(op, path, key string, body []byte) call {
	if key == "" {
		key = newKey()
	}
	return call{op: op, method: http.MethodPost, path: path, body: body, key: key, media: mediaJSON}
}

// repeatable tells whether the call may be sent again without having its effect twice.
func (c call) repeatable() bool { return c.method == http.MethodGet || c.key != "" }

// check is what is wrong with a call before anything of it is sent.
func (c call) check(ctx context.Context) error {
	if err := wire.CheckKey(c.key); err != nil {
		return named(c.op, err)
	}
	if err := wire.CheckTexts(c.query); err != nil {
		return named(c.op, err)
	}
	if err := ctx.Err(); err != nil {
		return &paylinks.Error{
			Code: paylinks.CodeUnreachable, Outcome: paylinks.NotApplied, Op: c.op, Err: err, Message: "nothing was sent: the context had ended before",
		}
	}
	return nil
}

// named is an error of package wire with the name of the call that it's for.
func named(op string, err error) error {
	var refusal *paylinks.Error
	if errors.As(err, &refusal) {
		refusal.Op = op
	}
	return err
}

// do makes a call and reads its answer into v, which is nil for one that isn't JSON.
func (c *Client) do(ctx context.Context, call call, v any) (answer, error) {
	if err := call.check(ctx); err != nil {
		return answer{}, err
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
	if err := foreign(call, res, body); err != nil {
		return answer{}, notTheAPI(call, res.StatusCode, res.Header, err)
	}
	if v != nil {
		if err := json.Unmarshal(body, v); err != nil {
			return answer{}, notTheAPI(call, res.StatusCode, res.Header, fmt.Errorf("client: read the answer: %w", err))
		}
	}
	return answer{status: res.StatusCode, header: res.Header, body: body}, nil
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
	req.Header.Set("Accept", mediaJSON)
	if call.body != nil {
		req.Header.Set("Content-Type", mediaJSON)
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
