package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Client calls Tabby's API.
type Client struct {
	// REST sends the calls.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// Key is the secret key.
	Key paylinks.Secret
	// MerchantCode goes with the webhook calls. A checkout has it in its body.
	MerchantCode string
}

// CreateSession makes a session and its payment. Each call makes new ones: Tabby has no idempotency key here.
func (c *Client) CreateSession(ctx context.Context, checkout Checkout) (Session, json.RawMessage, error) {
	return call[Session](ctx, c, rest.Request{Method: http.MethodPost, URL: "/api/v2/checkout", Body: checkout})
}

// CancelSession ends an unpaid session. The answer's body isn't documented; integrators saw the session. An empty one gives the
// zero Session.
func (c *Client) CancelSession(ctx context.Context, id string) (Session, json.RawMessage, error) {
	session, raw, err := call[Session](ctx, c, rest.Request{Method: http.MethodPost, URL: "/api/v2/checkout/" + id + "/cancel"})
	if errors.Is(err, errEmpty) {
		return Session{}, nil, nil
	}
	return session, raw, err
}

// SendLink has Tabby send the link to the buyer. body is nil for none. The answer's body isn't documented.
func (c *Client) SendLink(ctx context.Context, id string, body *SendLink) error {
	request := rest.Request{Method: http.MethodPost, URL: "/api/v2/checkout/" + id + "/send_hpp_link"}
	if body != nil {
		request.Body = body
	}
	_, _, err := call[json.RawMessage](ctx, c, request)
	if errors.Is(err, errEmpty) {
		return nil
	}
	return err
}

// Payment reads a payment.
func (c *Client) Payment(ctx context.Context, id string) (Payment, json.RawMessage, error) {
	return call[Payment](ctx, c, rest.Request{Method: http.MethodGet, URL: "/api/v2/payments/" + id, Repeatable: true})
}

// Payments reads a page of payments.
func (c *Client) Payments(ctx context.Context, query url.Values) (PaymentList, error) {
	list, _, err := call[PaymentList](ctx, c, rest.Request{Method: http.MethodGet, URL: "/api/v2/payments?" + query.Encode(), Repeatable: true})
	return list, err
}

// Capture captures. The body's reference_id makes it idempotent.
func (c *Client) Capture(ctx context.Context, id string, body Movement) (Payment, json.RawMessage, error) {
	return call[Payment](ctx, c, rest.Request{Method: http.MethodPost, URL: "/api/v2/payments/" + id + "/captures", Body: body})
}

// Refund refunds. The body's reference_id makes it idempotent.
func (c *Client) Refund(ctx context.Context, id string, body Movement) (Payment, json.RawMessage, error) {
	return call[Payment](ctx, c, rest.Request{Method: http.MethodPost, URL: "/api/v2/payments/" + id + "/refunds", Body: body})
}

// Close ends an authorized payment. It has no body, yet Tabby's own plugins declare JSON.
func (c *Client) Close(ctx context.Context, id string) (Payment, json.RawMessage, error) {
	return call[Payment](ctx, c, rest.Request{
		Method: http.MethodPost, URL: "/api/v2/payments/" + id + "/close",
		Header: http.Header{"Content-Type": {"application/json"}},
	})
}

// Webhooks lists the registered webhooks. Tabby answers an array, or null for none; its OpenAPI file says a single object.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	raw, _, err := call[json.RawMessage](ctx, c, c.webhookRequest(http.MethodGet, "", nil))
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(raw, []byte("{")) {
		raw = json.RawMessage("[" + string(raw) + "]")
	}
	var webhooks []Webhook
	if err := json.Unmarshal(raw, &webhooks); err != nil {
		return nil, &Error{Status: http.StatusOK, Err: err}
	}
	return webhooks, nil
}

// AddWebhook registers a webhook.
func (c *Client) AddWebhook(ctx context.Context, webhook Webhook) error {
	_, _, err := call[json.RawMessage](ctx, c, c.webhookRequest(http.MethodPost, "", webhook))
	return err
}

// ReplaceWebhook replaces a registered webhook. A header that is left out is dropped.
func (c *Client) ReplaceWebhook(ctx context.Context, id string, webhook Webhook) error {
	_, _, err := call[json.RawMessage](ctx, c, c.webhookRequest(http.MethodPut, "/"+url.PathEscape(id), webhook))
	return err
}

func (c *Client) webhookRequest(method, path string, body any) rest.Request {
	return rest.Request{
		Method: method, URL: "/api/v1/webhooks" + path, Body: body, Repeatable: method == http.MethodGet,
		Header: http.Header{"X-Merchant-Code": {c.MerchantCode}},
	}
}

// call makes a request, whose URL is a path of BaseURL, and reads a successful answer as a T, besides its compact bytes. An answer that isn't a
// success, or isn't JSON, is an [*Error].
func call[T any](ctx context.Context, c *Client, request rest.Request) (T, json.RawMessage, error) {
	var answer T
	if request.Header == nil {
		request.Header = http.Header{}
	}
	request.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	request.URL = c.BaseURL + request.URL
	res, err := c.REST.Do(ctx, request)
	if err != nil {
		return answer, nil, err
	}
	if !res.OK() {
		return answer, nil, readError(res)
	}
	body := bytes.TrimSpace(res.Body)
	if len(body) == 0 {
		return answer, nil, &Error{Status: res.Status, Err: errEmpty}
	}
	var raw bytes.Buffer
	if err := json.Compact(&raw, body); err != nil {
		return answer, nil, &Error{Status: res.Status, Err: err}
	}
	if err := json.Unmarshal(raw.Bytes(), &answer); err != nil {
		return answer, nil, &Error{Status: res.Status, Err: err}
	}
	return answer, raw.Bytes(), nil
}
