package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Client calls Dinero Pay's API. Its calls read alone, so each is repeated after a failure that may pass.
type Client struct {
	// REST sends the calls, each once.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL string
	// MerchantKey names the merchant, Password proves him.
	MerchantKey string
	Password    paylinks.Secret
	// Wait waits before a call is repeated.
	Wait patience.Wait
}

// Payment reads the status of a payment.
func (c *Client) Payment(ctx context.Context, id string) (json.RawMessage, error) {
	return c.status(ctx, statusRequest{MerchantKey: c.MerchantKey, PaymentID: id, Hash: Hash(c.Password, id)})
}

// Order reads the status of the last payment of an order. Dinero Pay doesn't document this; its platform does, and integrators use it.
func (c *Client) Order(ctx context.Context, id string) (json.RawMessage, error) {
	return c.status(ctx, statusRequest{MerchantKey: c.MerchantKey, OrderID: id, Hash: Hash(c.Password, id)})
}

// status asks until it's answered with a success or with what won't pass. It's a POST, though some of Dinero Pay's pages say GET.
func (c *Client) status(ctx context.Context, body statusRequest) (json.RawMessage, error) {
	request := rest.Request{Method: http.MethodPost, URL: c.BaseURL + "/api/v1/payment/status", Body: body}
	row, err := patience.Repeat(ctx, c.Wait, func() (Row, error) { return c.once(ctx, request) })
	return json.RawMessage(row), err
}

func (c *Client) once(ctx context.Context, request rest.Request) (Row, error) {
	res, err := c.REST.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, readError(res)
	}
	var row Row
	if err := json.Unmarshal(res.Body, &row); err != nil {
		return nil, &Error{Failure: res.Failure(err)}
	}
	return row, nil
}
