package client

import (
	"context"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/paylinks"
)

// open begins an answer that is read as it comes, however long that takes. It's tried once. The caller closes the body.
func (c *Client) open(ctx context.Context, call call, accept string) (*http.Response, error) {
	ctx, made := contact.Watch(ctx)
	req, err := c.request(ctx, call)
	if err != nil {
		return nil, noAnswer(call, err, true)
	}
	req.Header.Set("Accept", accept)
	res, err := c.stream.Do(req.Request)
	if err != nil {
		return nil, noAnswer(call, err, made.Never(err))
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	body, err := readAnswer(res)
	if err != nil {
		return nil, noAnswer(call, err, false)
	}
	return nil, refused(call, res, body)
}

// lost is a stream that ended before its end.
func lost(call call, err error) *paylinks.Error {
	return &paylinks.Error{
		Code: paylinks.CodeUnreachable, Outcome: paylinks.NotApplied, Op: call.op, Err: err, Message: "the answer was cut off: what came isn't all of it",
	}
}
