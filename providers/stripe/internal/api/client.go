package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Version is the version of Stripe's API that this package reads. Without it the account's own would hold.
const Version = "2026-03-25.dahlia"

// Client calls Stripe's API. Its calls read alone, so each is repeated after a failure that may pass.
type Client struct {
	// REST sends the calls, each once.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// Key is the secret or restricted key.
	Key paylinks.Secret
	// Account is the connected account to read, "" for the key's own.
	Account string
	// Wait waits before a call is repeated.
	Wait patience.Wait
}

// List reads a page of a list until it's answered with a success or with what won't pass. Its rows are compact JSON.
func (c *Client) List(ctx context.Context, path string, query url.Values) (Page, error) {
	request := rest.Request{
		Method: http.MethodGet, URL: c.BaseURL + path + "?" + query.Encode(),
		Header: http.Header{"Authorization": {"Bearer " + c.Key.Reveal()}, "Stripe-Version": {Version}},
	}
	if c.Account != "" {
		request.Header.Set("Stripe-Account", c.Account)
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
		return Page{}, &Error{Failure: res.Failure(err), RequestID: requestID(res)}
	}
	page, err := readPage(body)
	if err != nil {
		return Page{}, &Error{Failure: res.Failure(err), RequestID: requestID(res)}
	}
	return page, nil
}
