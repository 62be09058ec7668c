package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
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
	Wait Wait
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
	// Stripe writes its JSON for people to read, half of it spaces.
	var body bytes.Buffer
	body.Grow(len(res.Body))
	if err := json.Compact(&body, res.Body); err != nil {
		return Page{}, &Error{Status: res.Status, RequestID: requestID(res), Err: err}
	}
	page, err := readPage(body.Bytes())
	if err != nil {
		return Page{}, &Error{Status: res.Status, RequestID: requestID(res), Err: err}
	}
	return page, nil
}
