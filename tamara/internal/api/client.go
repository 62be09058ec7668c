package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Client calls Tamara's API.
type Client struct {
	// REST sends the calls.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// Token is the API token.
	Token paylinks.Secret
}

// CreateSMS makes a session, and Tamara texts its link. Each call makes another one: Tamara has no idempotency key.
func (c *Client) CreateSMS(ctx context.Context, checkout SMSCheckout) (Session, json.RawMessage, error) {
	return call[Session](ctx, c, rest.Request{Method: http.MethodPost, URL: "/checkout/in-store-session", Body: checkout})
}

// CreateQR makes a session for Tamara's app.
func (c *Client) CreateQR(ctx context.Context, deviceID string, checkout QRCheckout) (Session, json.RawMessage, error) {
	return call[Session](ctx, c, rest.Request{
		Method: http.MethodPost, URL: "/checkout/in-store", Body: checkout, Header: http.Header{"X-Device-Id": {deviceID}},
	})
}

// CreateOnline makes a session of the online checkout.
func (c *Client) CreateOnline(ctx context.Context, checkout OnlineCheckout) (Session, json.RawMessage, error) {
	return call[Session](ctx, c, rest.Request{Method: http.MethodPost, URL: "/checkout", Body: checkout})
}

// VoidCheckout ends an unpaid session of a shop. The reference documents a query, and Tamara's own SDK sends a body instead: both are sent.
func (c *Client) VoidCheckout(ctx context.Context, checkoutID string, void Void) (Voided, json.RawMessage, error) {
	query := url.Values{"order_id": {void.OrderID}}
	if void.StoreCode != "" {
		query.Set("store_code", void.StoreCode)
	}
	return call[Voided](ctx, c, rest.Request{Method: http.MethodPost, URL: "/checkout/" + checkoutID + "/void?" + query.Encode(), Body: void})
}

// Order reads an order.
func (c *Client) Order(ctx context.Context, id string) (Order, json.RawMessage, error) {
	return call[Order](ctx, c, rest.Request{Method: http.MethodGet, URL: "/orders/" + id, Repeatable: true})
}

// OrdersByReference reads the orders of a reference of ours: one as an object, or a list.
func (c *Client) OrdersByReference(ctx context.Context, reference string) ([]json.RawMessage, error) {
	raw, _, err := call[json.RawMessage](ctx, c, rest.Request{
		Method: http.MethodGet, URL: "/merchants/orders/reference-id/" + url.PathEscape(reference), Repeatable: true,
	})
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(raw, []byte("[")) {
		return []json.RawMessage{raw}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, &Error{Status: http.StatusOK, Err: err}
	}
	return list, nil
}

// Authorise acknowledges an approved order. It needs no body, yet Tamara's own SDK sends the id in one.
func (c *Client) Authorise(ctx context.Context, id string) (Authorised, json.RawMessage, error) {
	return call[Authorised](ctx, c, rest.Request{
		Method: http.MethodPost, URL: "/orders/" + id + "/authorise", Body: map[string]string{"order_id": id},
	})
}

// CancelOrder gives an authorisation back.
func (c *Client) CancelOrder(ctx context.Context, id string, body Cancel) (Canceled, json.RawMessage, error) {
	return call[Canceled](ctx, c, rest.Request{Method: http.MethodPost, URL: "/orders/" + id + "/cancel", Body: body})
}

// Capture captures.
func (c *Client) Capture(ctx context.Context, body Capture) (Captured, json.RawMessage, error) {
	return call[Captured](ctx, c, rest.Request{Method: http.MethodPost, URL: "/payments/capture", Body: body})
}

// Refund refunds. Each call does.
func (c *Client) Refund(ctx context.Context, id string, body Refund) (Refunded, json.RawMessage, error) {
	return call[Refunded](ctx, c, rest.Request{Method: http.MethodPost, URL: "/payments/simplified-refund/" + id, Body: body})
}

// CheckEligibility asks whether Tamara would want a buyer. It's called once: there's no time for a second try.
func (c *Client) CheckEligibility(ctx context.Context, body Eligibility) (Eligible, error) {
	answer, _, err := call[Eligible](ctx, c, rest.Request{Method: http.MethodPost, URL: "/pre-checkout/v1/eligibility", Body: body})
	return answer, err
}

// PaymentTypes reads what the merchant offers.
func (c *Client) PaymentTypes(ctx context.Context, query url.Values) ([]PaymentType, error) {
	types, _, err := call[[]PaymentType](ctx, c, rest.Request{
		Method: http.MethodGet, URL: "/checkout/payment-types?" + query.Encode(), Repeatable: true,
	})
	return types, err
}

// AddWebhook registers a webhook.
func (c *Client) AddWebhook(ctx context.Context, webhook Webhook) error {
	_, _, err := call[json.RawMessage](ctx, c, rest.Request{Method: http.MethodPost, URL: "/webhooks", Body: webhook})
	return err
}

// ReplaceWebhook replaces a registered webhook.
func (c *Client) ReplaceWebhook(ctx context.Context, id string, webhook Webhook) error {
	_, _, err := call[json.RawMessage](ctx, c, rest.Request{Method: http.MethodPut, URL: "/webhooks/" + url.PathEscape(id), Body: webhook})
	return err
}

// call makes a request, whose URL is a path of BaseURL, and reads a successful answer as a T, besides its compact bytes. An answer that isn't a
// success, or isn't JSON, is an [*Error].
func call[T any](ctx context.Context, c *Client, request rest.Request) (T, json.RawMessage, error) {
	var answer T
	if request.Header == nil {
		request.Header = http.Header{}
	}
	request.Header.Set("Authorization", "Bearer "+c.Token.Reveal())
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
