package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Client calls Tap's API. Its calls read alone, so each is repeated after a failure that may pass.
type Client struct {
	// REST sends the calls, each once.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// Key is the secret key.
	Key paylinks.Secret
	// RefundsPath is the path of the list of refunds.
	RefundsPath string
	// Wait waits before a call is repeated.
	Wait patience.Wait
}

// Charges reads a page of charges. An empty one isn't an error here.
func (c *Client) Charges(ctx context.Context, list List) (Page, error) {
	return c.list(ctx, "/v2/charges/list", list)
}

// Refunds reads a page of refunds, likewise.
func (c *Client) Refunds(ctx context.Context, list List) (Page, error) {
	return c.list(ctx, c.RefundsPath, list)
}

// Charge reads one charge.
func (c *Client) Charge(ctx context.Context, id string) (json.RawMessage, error) {
	row, err := call[Row](ctx, c, rest.Request{Method: http.MethodGet, URL: "/v2/charges/" + url.PathEscape(id)})
	return json.RawMessage(row), err
}

func (c *Client) list(ctx context.Context, path string, list List) (Page, error) {
	page, err := call[Page](ctx, c, rest.Request{Method: http.MethodPost, URL: path, Body: list})
	var refused *Error
	if errors.As(err, &refused) && refused.emptyList() {
		return Page{}, nil
	}
	return page, err
}

// call makes a request, whose URL is a path of BaseURL, until it's answered with a success or with what won't pass.
func call[T any](ctx context.Context, c *Client, request rest.Request) (T, error) {
	request.URL = c.BaseURL + request.URL
	request.Header = http.Header{"Authorization": {"Bearer " + c.Key.Reveal()}}
	return patience.Repeat(ctx, c.Wait, func() (T, error) { return once[T](ctx, c, request) })
}

func once[T any](ctx context.Context, c *Client, request rest.Request) (answer T, err error) {
	res, err := c.REST.Do(ctx, request)
	if err != nil {
		return answer, err
	}
	if !res.OK() {
		return answer, readError(res)
	}
	if err := json.Unmarshal(res.Body, &answer); err != nil {
		return answer, &Error{Failure: res.Failure(err)}
	}
	return answer, nil
}
