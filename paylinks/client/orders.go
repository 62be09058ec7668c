package client

import (
	"context"
	"iter"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/paging"
	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// CreateOrder makes an order and tries its providers in turn. See [paylinks.Service.CreateOrder]. The server has a catalogue of its own: that of the request stays here.
func (c *Client) CreateOrder(ctx context.Context, req paylinks.OrderRequest) (*paylinks.OrderResult, error) {
	body, err := wire.EncodeOrder(req)
	if err != nil {
		return nil, named("order", err)
	}
	result, _, err := fetch(ctx, c, post("order", api.PathOrders, req.IdempotencyKey, body), wire.ToOrdered)
	return result, err
}

// GetOrder reads an order by the caller's reference. See [paylinks.Service.GetOrder].
func (c *Client) GetOrder(ctx context.Context, orderID string) (*paylinks.OrderResult, error) {
	result, _, err := fetch(ctx, c, get("order", path(api.PathOrders, orderID), nil), wire.ToOrder)
	return result, err
}

// ListOrders lists the caller's orders, newest first, page by page. See [paylinks.Service.ListOrders].
func (c *Client) ListOrders(ctx context.Context, req paylinks.ListOrdersRequest) (paylinks.OrdersPage, error) {
	q := parameters{}
	q.set("status", string(req.Status))
	q.page(req.CreatedFrom, req.CreatedTo, req.Limit, req.Cursor)
	page, _, err := fetch(ctx, c, get("orders", api.PathOrders, url.Values(q)), wire.ToOrdersPage)
	return page, err
}

// AllOrders yields the orders that ListOrders lists, page after page. See [paylinks.Service.AllOrders].
func (c *Client) AllOrders(ctx context.Context, req paylinks.ListOrdersRequest) iter.Seq2[*paylinks.Order, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*paylinks.Order, string, error) {
		req.Cursor = cursor
		page, err := c.ListOrders(ctx, req)
		return page.Orders, page.NextCursor, err
	})
}

// NextProvider tries the providers of an order that are left. See [paylinks.Service.NextProvider].
func (c *Client) NextProvider(ctx context.Context, orderID string, req paylinks.NextRequest) (*paylinks.OrderResult, error) {
	body, err := wire.EncodeNext(req)
	if err != nil {
		return nil, named("next", err)
	}
	result, _, err := fetch(ctx, c, post("next", path(api.PathOrders, orderID, "next"), req.IdempotencyKey, body), wire.ToOrdered)
	return result, err
}
