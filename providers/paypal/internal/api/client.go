package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Client calls PayPal's API. It's safe for concurrent use.
type Client struct {
	rest  *rest.Client
	base  string
	token tokens
}

// Config configures a [Client].
type Config struct {
	// REST sends the calls, each once.
	REST *rest.Client
	// BaseURL is scheme and host.
	BaseURL      string
	ClientID     string
	ClientSecret paylinks.Secret
	Now          func() time.Time
}

// New makes a client.
func New(config Config) *Client {
	return &Client{
		rest: config.REST, base: config.BaseURL,
		token: tokens{
			rest: config.REST, url: config.BaseURL + "/v1/oauth2/token", id: config.ClientID, secret: config.ClientSecret,
			now: config.Now, turn: make(chan struct{}, 1),
		},
	}
}

// Search is the query of a list. PageSize is at most 500, and From and To at most 31 days apart.
type Search struct {
	From, To time.Time
	// All has rows listed too that don't touch the balance, such as authorizations.
	All            bool
	Page, PageSize int
	// TransactionID, where set, is the one transaction to list.
	TransactionID string
}

// Transactions reads a page of the account's rows. Only transaction_info is asked for: the rest is about people.
func (c *Client) Transactions(ctx context.Context, search Search) (Page, error) {
	query := url.Values{
		// "Z" and not "+00:00": a plus would have to be escaped, and whole seconds are the least that PayPal takes.
		"start_date":                     {search.From.UTC().Format("2006-01-02T15:04:05Z")},
		"end_date":                       {search.To.UTC().Format("2006-01-02T15:04:05Z")},
		"fields":                         {"transaction_info"},
		"balance_affecting_records_only": {map[bool]string{false: "Y", true: "N"}[search.All]},
		"page_size":                      {strconv.Itoa(search.PageSize)},
		"page":                           {strconv.Itoa(search.Page)},
	}
	if search.TransactionID != "" {
		query.Set("transaction_id", search.TransactionID)
	}
	page, _, err := get[Page](ctx, c, "/v1/reporting/transactions?"+query.Encode())
	return page, err
}

// Capture reads a captured payment.
func (c *Client) Capture(ctx context.Context, id string) (Payment, json.RawMessage, error) {
	return get[Payment](ctx, c, "/v2/payments/captures/"+url.PathEscape(id))
}

// Authorization reads an authorized payment.
func (c *Client) Authorization(ctx context.Context, id string) (Payment, json.RawMessage, error) {
	return get[Payment](ctx, c, "/v2/payments/authorizations/"+url.PathEscape(id))
}

// Refund reads a refund.
func (c *Client) Refund(ctx context.Context, id string) (Refund, json.RawMessage, error) {
	return get[Refund](ctx, c, "/v2/payments/refunds/"+url.PathEscape(id))
}

// VerifySignature has PayPal check a webhook's signature. event is handed on byte for byte, since the signature is over its checksum.
func (c *Client) VerifySignature(ctx context.Context, signature Signature, webhookID string, event []byte) (bool, error) {
	head, err := json.Marshal(map[string]string{
		"auth_algo": signature.Algorithm, "cert_url": signature.CertURL, "transmission_id": signature.TransmissionID,
		"transmission_sig": signature.TransmissionSig, "transmission_time": signature.TransmissionTime, "webhook_id": webhookID,
	})
	if err != nil {
		return false, err
	}
	body := make([]byte, 0, len(head)+len(event)+len(`,"webhook_event":`))
	body = append(body, head[:len(head)-1]...)
	body = append(body, `,"webhook_event":`...)
	body = append(body, event...)
	body = append(body, '}')

	verdict, _, err := call[struct {
		Status string `json:"verification_status"`
	}](ctx, c, rest.Request{
		Method: http.MethodPost, URL: c.base + "/v1/notifications/verify-webhook-signature", Raw: body, ContentType: "application/json",
	})
	return verdict.Status == "SUCCESS", err
}

// Certificate reads a certificate, which is public, from whatever host has it.
func (c *Client) Certificate(ctx context.Context, url string) ([]byte, error) {
	res, err := success(ctx, c.rest, rest.Request{Method: http.MethodGet, URL: url})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// get reads a path as a T, besides its bytes.
func get[T any](ctx context.Context, c *Client, path string) (T, json.RawMessage, error) {
	return call[T](ctx, c, rest.Request{Method: http.MethodGet, URL: c.base + path})
}

// call makes a call with the token that is in force, and reads its answer as a T, besides its bytes. A token that PayPal no longer takes is
// renewed, once.
func call[T any](ctx context.Context, c *Client, request rest.Request) (T, json.RawMessage, error) {
	var read T
	for renewed := false; ; renewed = true {
		token, err := c.token.get(ctx)
		if err != nil {
			return read, nil, err
		}
		request.Header = http.Header{"Authorization": {"Bearer " + token}}
		res, err := success(ctx, c.rest, request)
		var refused *Error
		switch {
		case !renewed && errors.As(err, &refused) && refused.Status == http.StatusUnauthorized:
			c.token.drop(token)
			continue
		case err != nil:
			return read, nil, err
		}
		if err := json.Unmarshal(res.Body, &read); err != nil {
			return read, nil, &Error{Failure: res.Failure(err)}
		}
		return read, res.Body, nil
	}
}

// success makes a call. An answer other than a success is an [*Error].
func success(ctx context.Context, client *rest.Client, request rest.Request) (*rest.Response, error) {
	res, err := client.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, readError(res)
	}
	return res, nil
}
