package client

import (
	"context"
	"fmt"
	"mime"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/contact"
	"github.com/paylinks/paylinks-go/paylinks"
)

// open begins an answer that is read as it comes, however long that takes. It's tried once. The caller closes the body.
func (c *Client) open(ctx context.Context, call call) (*http.Response, error) {
	if err := call.check(ctx); err != nil {
		return nil, err
	}
	ctx, made := contact.Watch(ctx)
	req, err := c.request(ctx, call)
	if err != nil {
		return nil, noAnswer(call, err, true)
	}
	req.Header.Set("Accept", call.media)
	res, err := c.stream.Do(req.Request)
	if err != nil {
		return nil, noAnswer(call, err, made.Never(err))
	}
	mediaType, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode == http.StatusOK && mediaType == call.media {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < http.StatusMultipleChoices {
		return nil, notTheAPI(call, res.StatusCode, res.Header, fmt.Errorf("client: an answer of the type %q, where the API's is %s", mediaType, call.media))
	}
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
