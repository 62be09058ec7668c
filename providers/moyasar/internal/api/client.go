package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Client calls Moyasar's API. Its calls read alone, so each is repeated after a failure that may pass.
type Client struct {
	// REST sends the calls, each once.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// Key is the secret key. It's the user name of Basic, whose password is empty.
	Key paylinks.Secret
	// Wait waits before a call is repeated.
	Wait Wait
}

// Payments reads a page of payments until it's answered with a success or with what won't pass. Its rows are compact JSON.
func (c *Client) Payments(ctx context.Context, query url.Values) (Page, error) {
	request := rest.Request{
		Method: http.MethodGet, URL: c.BaseURL + "/v1/payments?" + query.Encode(),
		Header: http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.Key.Reveal()+":"))}},
	}
	var tries tries
	for {
		page, err := c.once(ctx, request)
		if err == nil {
			return page, nil
		}
		pause, again := tries.again(err)
		if !again {
			return Page{}, err
		}
		if ended := c.Wait(ctx, pause); ended != nil {
			return Page{}, fmt.Errorf("%w while waiting after: %w", ended, err)
		}
	}
}

func (c *Client) once(ctx context.Context, request rest.Request) (Page, error) {
	res, err := c.REST.Do(ctx, request)
	if err != nil {
		return Page{}, err
	}
	if !res.OK() {
		return Page{}, readError(res)
	}
	var body bytes.Buffer
	body.Grow(len(res.Body))
	if err := json.Compact(&body, res.Body); err != nil {
		return Page{}, &Error{Status: res.Status, Err: err}
	}
	page, err := readPage(body.Bytes())
	if err != nil {
		return Page{}, &Error{Status: res.Status, Err: err}
	}
	return page, nil
}
