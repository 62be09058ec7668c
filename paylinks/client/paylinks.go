package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/paging"
	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// fetch makes a call and turns its answer of wire type A into R.
func fetch[A, R any](ctx context.Context, c *Client, call call, read func(A) (R, error)) (result R, answer answer, err error) {
	var wired A
	answer, err = c.do(ctx, call, &wired)
	if err != nil {
		return result, answer, err
	}
	result, err = read(wired)
	var none R
	switch {
	case errors.Is(err, wire.ErrForeign):
		return none, answer, notTheAPI(call, answer.status, answer.header, fmt.Errorf("client: %w", err))
	case err != nil:
		return none, answer, unreadable(call, answer, err)
	default:
		return result, answer, nil
	}
}

// unreadable is a success whose content this version can't read: what was asked for has happened.
func unreadable(call call, answer answer, err error) error {
	e := &paylinks.Error{
		Code: paylinks.CodeUnreachable, Outcome: paylinks.Applied, Op: call.op, RequestID: answer.header.Get(headerRequestID),
		Message: "it has happened, but the answer can't be read: is the server of a newer version?", Err: fmt.Errorf("client: %w", err),
	}
	if call.method == http.MethodGet {
		e.Outcome, e.Message = paylinks.NotApplied, "the answer can't be read: is the server of a newer version?"
	}
	return e
}

// path is the path of a thing by its id.
func path(root, id string, rest ...string) string {
	return strings.Join(append([]string{root, url.PathEscape(id)}, rest...), "/")
}

func (c *Client) warn(ctx context.Context, op string, warnings []string) {
	for _, warning := range warnings {
		c.log.LogAttrs(ctx, slog.LevelWarn, "paylinks: the server ignored something", slog.String("op", op), slog.String("warning", warning))
	}
}

// Create makes a payment link. See [paylinks.Service.Create]. An error with [paylinks.CodeProviderTimeout] has the id of the link, which settles itself.
func (c *Client) Create(ctx context.Context, req paylinks.CreateRequest) (*paylinks.Paylink, error) {
	body, err := wire.EncodeCreate(req)
	if err != nil {
		return nil, named("create", err)
	}
	var warnings []string
	link, _, err := fetch(ctx, c, post("create", api.PathPaylinks, req.IdempotencyKey, body), func(a api.CreateAnswer) (*paylinks.Paylink, error) {
		warnings = a.Warnings
		return wire.ToCreated(a)
	})
	if err != nil {
		return nil, err
	}
	c.warn(ctx, "create", warnings)
	link.OrgAppID = req.OrgAppID
	return link, nil
}

// Get reads a link, as fresh as the provider lets the server be. See [paylinks.Service.Get].
func (c *Client) Get(ctx context.Context, id string) (*paylinks.Paylink, error) {
	link, _, err := fetch(ctx, c, get("get", path(api.PathPaylinks, id), nil), wire.ToPaylink)
	return link, err
}

// List lists links, newest first, page by page. See [paylinks.Service.List], and [Client.All] for all pages.
func (c *Client) List(ctx context.Context, req paylinks.ListRequest) (paylinks.Page, error) {
	q := parameters{}
	q.set("provider", req.Provider)
	q.set("org_app_id", req.OrgAppID)
	q.set("status", string(req.Status))
	q.set("order_id", req.OrderID)
	q.page(req.CreatedFrom, req.CreatedTo, req.Limit, req.Cursor)
	page, _, err := fetch(ctx, c, get("list", api.PathPaylinks, url.Values(q)), wire.ToPage)
	return page, err
}

// All yields the links that List lists, page after page. See [paylinks.Service.All].
func (c *Client) All(ctx context.Context, req paylinks.ListRequest) iter.Seq2[*paylinks.Paylink, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*paylinks.Paylink, string, error) {
		req.Cursor = cursor
		page, err := c.List(ctx, req)
		return page.Paylinks, page.NextCursor, err
	})
}

// Capture takes the money of an authorized link. See [paylinks.Service.Capture]. Replayed is also set where this very call was made twice, since its first
// answer got lost.
func (c *Client) Capture(ctx context.Context, id string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
	body, err := wire.EncodeCapture(req)
	if err != nil {
		return nil, named("capture", err)
	}
	result, answer, err := fetch(ctx, c, post("capture", path(api.PathPaylinks, id, "capture"), req.IdempotencyKey, body), wire.ToCapture)
	if err != nil {
		return nil, err
	}
	result.Replayed = answer.replayed()
	return result, nil
}

// Cancel ends an unpaid link, or voids an authorized one. See [paylinks.Service.Cancel].
func (c *Client) Cancel(ctx context.Context, id string) (*paylinks.CancelResult, error) {
	result, _, err := fetch(ctx, c, post("cancel", path(api.PathPaylinks, id, "cancel"), "", nil), wire.ToCancel)
	return result, err
}

// Refund gives captured money back. See [paylinks.Service.Refund].
func (c *Client) Refund(ctx context.Context, id string, req paylinks.RefundRequest) (*paylinks.RefundResult, error) {
	body, err := wire.EncodeRefund(req)
	if err != nil {
		return nil, named("refund", err)
	}
	result, answer, err := fetch(ctx, c, post("refund", path(api.PathPaylinks, id, "refund"), req.IdempotencyKey, body), wire.ToRefund)
	if err != nil {
		return nil, err
	}
	result.Replayed = answer.replayed()
	return result, nil
}

// Send has the provider send an unpaid link again. See [paylinks.Service.Send].
func (c *Client) Send(ctx context.Context, id string, req paylinks.SendRequest) (*paylinks.SendResult, error) {
	result, _, err := fetch(ctx, c, post("send", path(api.PathPaylinks, id, "send"), req.IdempotencyKey, nil), wire.ToSend)
	return result, err
}

// Resolve tells what became of an operation that ended without a known outcome. See [paylinks.Service.Resolve].
func (c *Client) Resolve(ctx context.Context, id, referenceID string, happened bool) error {
	body, err := wire.EncodeResolve(referenceID, happened)
	if err != nil {
		return named("resolve", err)
	}
	_, _, err = fetch(ctx, c, post("resolve", path(api.PathPaylinks, id, "resolve"), "", body), wire.ToResolved)
	return err
}

// Forget erases what a link knows of its buyer. See [paylinks.Service.Forget].
func (c *Client) Forget(ctx context.Context, id string) error {
	_, _, err := fetch(ctx, c, post("forget", path(api.PathPaylinks, id, "forget"), "", nil), wire.ToForgotten)
	return err
}

// Events lists the events of a link with a sequence above after, oldest first. See [paylinks.Service.Events], and [Client.Watch] for those to come.
func (c *Client) Events(ctx context.Context, id string, after int64, limit int) ([]paylinks.Event, error) {
	q := parameters{}
	q.after(after)
	q.limit(limit)
	events, _, err := fetch(ctx, c, get("events", path(api.PathPaylinks, id, "events"), url.Values(q)), wire.ToEvents)
	return events, err
}

// QR is a picture of the link's checkout URL: format is "png" or "svg" ("" for png), size its pixels each way (0 for 512).
func (c *Client) QR(ctx context.Context, id, format string, size int) ([]byte, error) {
	q := parameters{}
	q.set("format", format)
	if size != 0 {
		q.set("size", strconv.Itoa(size))
	}
	call := get("qr", path(api.PathPaylinks, id, "qr"), url.Values(q))
	call.media = "image/" + cmp.Or(format, "png")
	if format == "svg" {
		call.media = "image/svg+xml"
	}
	answer, err := c.do(ctx, call, nil)
	return answer.body, err
}

// replayed tells whether it's an earlier answer again.
func (a answer) replayed() bool { return a.header.Get("Idempotent-Replayed") == "true" }

// parameters are those of a query: what is empty isn't sent.
type parameters url.Values

func (p parameters) set(name, value string) {
	if value != "" {
		url.Values(p).Set(name, value)
	}
}

func (p parameters) time(name string, t time.Time) {
	if !t.IsZero() {
		p.set(name, t.UTC().Format(time.RFC3339Nano))
	}
}

func (p parameters) limit(limit int) {
	if limit != 0 {
		p.set("limit", strconv.Itoa(limit))
	}
}

func (p parameters) after(sequence int64) {
	if sequence > 0 {
		p.set("cursor", wire.EventCursor(sequence))
	}
}

func (p parameters) page(from, to time.Time, limit int, cursor string) {
	p.time("created_from", from)
	p.time("created_to", to)
	p.limit(limit)
	p.set("cursor", cursor)
}
