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
	posts *poster
	base  string
	token tokens
}

// Config configures a [Client].
type Config struct {
	// REST sends the reads, and HTTPClient the rest: what isn't JSON, or is JSON that may not be touched.
	REST       *rest.Client
	HTTPClient *http.Client
	Timeout    time.Duration
	// BaseURL is scheme and host.
	BaseURL      string
	ClientID     string
	ClientSecret paylinks.Secret
	Now          func() time.Time
}

// New makes a client.
func New(config Config) *Client {
	posts := newPoster(config.HTTPClient, config.Timeout)
	return &Client{
		rest: config.REST, posts: posts, base: config.BaseURL,
		token: tokens{
			posts: posts, url: config.BaseURL + "/v1/oauth2/token", id: config.ClientID, secret: config.ClientSecret,
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

	answer, err := withToken(ctx, c, func(authorization string) ([]byte, error) {
		return c.posts.post(ctx, c.base+"/v1/notifications/verify-webhook-signature", "application/json", authorization, body)
	})
	if err != nil {
		return false, err
	}
	var verdict struct {
		Status string `json:"verification_status"`
	}
	if err := json.Unmarshal(answer, &verdict); err != nil {
		return false, &Error{Status: http.StatusOK, Err: err}
	}
	return verdict.Status == "SUCCESS", nil
}

// Certificate reads a certificate, which is public, from whatever host has it.
func (c *Client) Certificate(ctx context.Context, url string) ([]byte, error) {
	res, err := c.rest.Do(ctx, rest.Request{Method: http.MethodGet, URL: url})
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, readError(res.Status, res.Header, res.Body)
	}
	return res.Body, nil
}

// get reads a path as a T, besides its bytes.
func get[T any](ctx context.Context, c *Client, path string) (T, json.RawMessage, error) {
	var answer T
	body, err := withToken(ctx, c, func(authorization string) ([]byte, error) {
		res, err := c.rest.Do(ctx, rest.Request{
			Method: http.MethodGet, URL: c.base + path, Header: http.Header{"Authorization": {authorization}},
		})
		if err != nil {
			return nil, err
		}
		if !res.OK() {
			return nil, readError(res.Status, res.Header, res.Body)
		}
		return res.Body, nil
	})
	if err != nil {
		return answer, nil, err
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, nil, &Error{Status: http.StatusOK, Err: err}
	}
	return answer, body, nil
}

// withToken makes a call with the token that is in force. One that PayPal no longer takes is renewed, once.
func withToken(ctx context.Context, c *Client, call func(authorization string) ([]byte, error)) ([]byte, error) {
	for renewed := false; ; renewed = true {
		token, err := c.token.get(ctx)
		if err != nil {
			return nil, err
		}
		body, err := call("Bearer " + token)
		var answer *Error
		if renewed || !errors.As(err, &answer) || answer.Status != http.StatusUnauthorized {
			return body, err
		}
		c.token.drop(token)
	}
}
