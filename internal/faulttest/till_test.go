package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

const token = "a-till"

// till is a caller of the API who does what its contract asks for: he repeats what has no final answer, under the same key.
type till struct {
	client *http.Client
	base   string
	// pause is how long he waits before he asks again.
	pause time.Duration
	// retries counts the repetitions, inside the answers that say "internal": there must be none.
	retries, inside atomic.Int64
}

func newTill(base string, client *http.Client, pause time.Duration) *till {
	return &till{client: client, base: base, pause: pause}
}

// inProcess is a client of a handler, without a network.
func inProcess(handler http.Handler) *http.Client { return &http.Client{Transport: direct{handler}} }

// direct is an http.RoundTripper that calls a handler.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	defer func() {
		// What a server that aborts a connection looks like from the other side.
		if value := recover(); value != nil {
			if value != http.ErrAbortHandler { //nolint:errorlint // a panic's value, not an error that is wrapped
				panic(value)
			}
			answer, err = nil, io.ErrUnexpectedEOF
		}
	}()
	inner := r.Clone(r.Context())
	inner.RequestURI, inner.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if inner.Host == "" {
		inner.Host = r.URL.Host
	}
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, inner)
	answer = w.Result()
	answer.Request = r
	return answer, nil
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   []byte
	fields struct {
		PaylinkID       string          `json:"paylink_id"`
		Status          string          `json:"status"`
		PaylinkStatus   paylinks.Status `json:"paylink_status"`
		Amount          string          `json:"amount"`
		CapturedAmount  string          `json:"captured_amount"`
		RefundedAmount  string          `json:"refunded_amount"`
		ReferenceID     string          `json:"reference_id"`
		AlreadyCaptured bool            `json:"already_captured"`
		FinalizePending bool            `json:"finalize_pending"`
		Error           struct {
			Code      paylinks.Code    `json:"code"`
			Outcome   paylinks.Outcome `json:"outcome"`
			PaylinkID string           `json:"paylink_id"`
			Status    paylinks.Status  `json:"status"`
		} `json:"error"`
	}
}

func (r reply) ok() bool            { return r.status >= 200 && r.status < 300 }
func (r reply) code() paylinks.Code { return r.fields.Error.Code }
func (r reply) String() string      { return fmt.Sprintf("%d %s", r.status, bytes.TrimSpace(r.body)) }

// link is the id of the link that the answer is about.
func (r reply) link() string {
	if r.fields.PaylinkID != "" {
		return r.fields.PaylinkID
	}
	return r.fields.Error.PaylinkID
}

// send makes one call. An error means that there was no answer.
func (t *till) send(ctx context.Context, method, path, key string, body map[string]any) (reply, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		content = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, t.base+path, content)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := t.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	r := reply{status: res.StatusCode, header: res.Header}
	if r.body, err = io.ReadAll(res.Body); err != nil {
		return reply{}, err
	}
	if err := json.Unmarshal(r.body, &r.fields); err != nil {
		return reply{}, fmt.Errorf("%s %s: %d %q: %w", method, path, r.status, r.body, err)
	}
	if r.status == http.StatusInternalServerError {
		t.inside.Add(1)
	}
	return r, nil
}

// doubtful is how many answers of "outcome unknown" in a row make a caller take it for the answer.
const doubtful = 3

// insist makes a call until its answer is final: through lost connections, through what is in progress, through a provider that's not
// available and an outcome that isn't known yet.
func (t *till) insist(ctx context.Context, path, key string, body map[string]any) (reply, error) {
	unknown := 0
	for {
		r, err := t.send(ctx, http.MethodPost, path, key, body)
		switch {
		case ctx.Err() != nil:
			return r, fmt.Errorf("%s had no final answer, the last one was %s (%w): %w", path, r, err, context.Cause(ctx))
		case err != nil:
		case r.status == http.StatusGatewayTimeout:
			if unknown++; unknown == doubtful {
				return r, nil
			}
		case r.code() != paylinks.CodeOperationInProgress && r.code() != paylinks.CodeIdempotencyInProgress && r.status < 500:
			return r, nil
		}
		t.retries.Add(1)
		wait(ctx, t.pause)
	}
}

// settled is insist that takes no "unknown" for an answer.
func (t *till) settled(ctx context.Context, path, key string, body map[string]any) (reply, error) {
	for {
		r, err := t.insist(ctx, path, key, body)
		if err != nil || r.status != http.StatusGatewayTimeout {
			return r, err
		}
	}
}

// get reads a link, again until there's an answer.
func (t *till) get(ctx context.Context, id string) (api.Paylink, error) {
	for {
		r, err := t.send(ctx, http.MethodGet, linkPath(id, ""), "", nil)
		if err == nil && r.ok() {
			var link api.Paylink
			return link, json.Unmarshal(r.body, &link)
		}
		if err == nil && r.status < 500 {
			return api.Paylink{}, errors.New(r.String())
		}
		if ctx.Err() != nil {
			return api.Paylink{}, fmt.Errorf("link %s can't be read (%w): %w", id, err, ctx.Err())
		}
		wait(ctx, t.pause)
	}
}

// await reads a link until it has a status.
func (t *till) await(ctx context.Context, id string, status paylinks.Status) error {
	for {
		link, err := t.get(ctx, id)
		if err != nil || link.Status == status {
			return err
		}
		wait(ctx, t.pause)
		if ctx.Err() != nil {
			return fmt.Errorf("link %s is %s and not %s: %w", id, link.Status, status, ctx.Err())
		}
	}
}

// awaitPaid reads a link until it's paid.
func (t *till) awaitPaid(ctx context.Context, id string) error {
	for {
		link, err := t.get(ctx, id)
		if err != nil || link.Status.Paid() {
			return err
		}
		wait(ctx, t.pause)
	}
}

// awaitCaptured reads a link until something of it is captured.
func (t *till) awaitCaptured(ctx context.Context, id string) error {
	for {
		link, err := t.get(ctx, id)
		if err != nil || link.CapturedAmount != "0.00" {
			return err
		}
		wait(ctx, t.pause)
	}
}

// list is every link as stored: listing asks no provider.
func (t *till) list(ctx context.Context, filter string) ([]api.Paylink, error) {
	var links []api.Paylink
	for cursor := ""; ; {
		r, err := t.send(ctx, http.MethodGet, api.PathPaylinks+"?limit=200&cursor="+url.QueryEscape(cursor)+filter, "", nil)
		if err != nil {
			return nil, err
		}
		if !r.ok() {
			return nil, errors.New(r.String())
		}
		var page api.PaylinkList
		if err := json.Unmarshal(r.body, &page); err != nil {
			return nil, err
		}
		links = append(links, page.Paylinks...)
		if cursor = page.NextCursor; cursor == "" {
			return links, nil
		}
	}
}

// events are all events of a link.
func (t *till) events(ctx context.Context, id string) ([]api.Event, error) {
	r, err := t.send(ctx, http.MethodGet, linkPath(id, "events")+"?limit=200", "", nil)
	if err != nil {
		return nil, err
	}
	var page api.EventList
	return page.Events, json.Unmarshal(r.body, &page)
}

func linkPath(id, operation string) string {
	path := api.PathPaylinks + "/" + id
	if operation != "" {
		path += "/" + operation
	}
	return path
}

// order is the body of a create.
func order(w world, orderID, amount string) map[string]any {
	return map[string]any{
		"provider": idOf(w), "org_app_id": appID(w), "order_id": orderID, "amount": amount, "currency": "SAR",
		"buyer_phone": "0500000001", "buyer_email": "card.success@tabby.ai", "buyer_name": "Noura",
	}
}

// wait returns after d, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// patience is how long a test waits for what must come. Only one that fails waits as long.
const patience = 3 * time.Minute

// until looks again and again until there's nothing left to complain of, and returns the last complaints.
func until(ctx context.Context, pause time.Duration, look func() []string) []string {
	var before []string
	for {
		wrong := look()
		switch {
		case len(wrong) == 0:
			return nil
		case ctx.Err() != nil && before != nil:
			return before // the last look may have failed for want of time
		case ctx.Err() != nil:
			return wrong
		}
		before = wrong
		wait(ctx, pause)
	}
}
