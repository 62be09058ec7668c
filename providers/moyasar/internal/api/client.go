package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/received"
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
	Wait patience.Wait
}

// Payments reads a page of payments until it's answered with a success or with what won't pass. Its rows are compact JSON.
func (c *Client) Payments(ctx context.Context, query url.Values) (Page, error) {
	request := rest.Request{
		Method: http.MethodGet, URL: c.BaseURL + "/v1/payments?" + query.Encode(),
		Header: http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.Key.Reveal()+":"))}},
	}
	return patience.Repeat(ctx, c.Wait, func() (Page, error) { return c.once(ctx, request) })
}

func (c *Client) once(ctx context.Context, request rest.Request) (Page, error) {
	res, err := c.REST.Do(ctx, request)
	if err != nil {
		return Page{}, err
	}
	if !res.OK() {
		return Page{}, readError(res)
	}
	body, err := received.Compact(res.Body)
	if err != nil {
		return Page{}, &Error{Failure: res.Failure(err)}
	}
	page, err := readPage(body)
	if err != nil {
		return Page{}, &Error{Failure: res.Failure(err)}
	}
	return page, nil
}
