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

// SyncPayments has a gateway's payments read into the ledger. See [paylinks.Service.SyncPayments]. The Sync has its id and status; [Client.GetSync] has all of it.
func (c *Client) SyncPayments(ctx context.Context, req paylinks.SyncRequest) (*paylinks.Sync, error) {
	body, err := wire.EncodeSync(req)
	if err != nil {
		return nil, named("sync", err)
	}
	sync, _, err := fetch(ctx, c, post("sync", api.PathSync, "", body), wire.ToSyncStarted)
	if err != nil {
		return nil, err
	}
	sync.OrgAppID = req.OrgAppID
	return sync, nil
}

// GetSync reads how far a sync is. See [paylinks.Service.GetSync].
func (c *Client) GetSync(ctx context.Context, id string) (*paylinks.Sync, error) {
	sync, _, err := fetch(ctx, c, get("sync", path(api.PathSyncs, id), nil), wire.ToSync)
	return sync, err
}

// ListPayments lists synced payments, newest first, page by page. See [paylinks.Service.ListPayments].
func (c *Client) ListPayments(ctx context.Context, req paylinks.ListPaymentsRequest) (paylinks.PaymentsPage, error) {
	q := parameters{}
	q.set("provider", req.Provider)
	q.set("org_app_id", req.OrgAppID)
	q.set("status", string(req.Status))
	q.set("reference", req.Reference)
	q.page(req.CreatedFrom, req.CreatedTo, req.Limit, req.Cursor)
	page, _, err := fetch(ctx, c, get("payments", api.PathPayments, url.Values(q)), wire.ToPaymentsPage)
	return page, err
}

// AllPayments yields the payments that ListPayments lists, page after page. See [paylinks.Service.AllPayments].
func (c *Client) AllPayments(ctx context.Context, req paylinks.ListPaymentsRequest) iter.Seq2[*paylinks.SyncedPayment, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*paylinks.SyncedPayment, string, error) {
		req.Cursor = cursor
		page, err := c.ListPayments(ctx, req)
		return page.Payments, page.NextCursor, err
	})
}
