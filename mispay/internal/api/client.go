package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Paths are the paths of the calls, below the base URL. "{id}" stands for the id that a call is about.
type Paths struct {
	Token         string
	StartCheckout string
	TrackCheckout string
	EndCheckout   string
	Refund        string
}

// Client calls MisPay's API. It's safe for concurrent use.
type Client struct {
	// REST sends the calls.
	REST *rest.Client
	// BaseURL goes up to and including /v1/api.
	BaseURL string
	Paths   Paths
	AppID   string
	Secret  paylinks.Secret
	// SecretOnAllCalls sends the secret with every call. MisPay documents it for the token call alone.
	SecretOnAllCalls bool
	// CheckoutExtra and RefundExtra are fields that are added to the bodies of these calls. They replace none of ours.
	CheckoutExtra map[string]json.RawMessage
	RefundExtra   map[string]json.RawMessage
	Tokens        *Tokens
}

// StartCheckout makes a checkout. Each call makes a new one.
func (c *Client) StartCheckout(ctx context.Context, checkout any) (Started, json.RawMessage, error) {
	body, err := with(checkout, c.CheckoutExtra)
	if err != nil {
		return Started{}, nil, err
	}
	started, answer, err := call[Started](ctx, c, rest.Request{Method: http.MethodPost, URL: c.Paths.StartCheckout, Body: body})
	return started, answer.raw, err
}

// TrackCheckout reads a checkout.
func (c *Client) TrackCheckout(ctx context.Context, trackID string) (Tracked, json.RawMessage, error) {
	tracked, answer, err := call[Tracked](ctx, c, rest.Request{
		Method: http.MethodGet, URL: withID(c.Paths.TrackCheckout, trackID), Repeatable: true,
	})
	return tracked, answer.raw, err
}

// EndCheckout tells MisPay that the merchant knows of a payment. It takes no amount, and may be repeated.
func (c *Client) EndCheckout(ctx context.Context, checkoutID string) (Ended, json.RawMessage, error) {
	ended, answer, err := call[Ended](ctx, c, rest.Request{
		Method: http.MethodPut, URL: withID(c.Paths.EndCheckout, checkoutID), Repeatable: true,
	})
	return ended, answer.raw, err
}

// Refund refunds, each time that it's called: merchantRefundId isn't known to be an idempotency key. The word returned is the answer's own status.
func (c *Client) Refund(ctx context.Context, refund Refund) (refunded Refunded, word string, raw json.RawMessage, err error) {
	body, err := with(refund, c.RefundExtra)
	if err != nil {
		return Refunded{}, "", nil, err
	}
	refunded, answer, err := call[Refunded](ctx, c, rest.Request{Method: http.MethodPost, URL: c.Paths.Refund, Body: body})
	return refunded, answer.word, answer.raw, err
}

// answered is a successful answer: its status as sent, and its compact bytes.
type answered struct {
	word string
	raw  json.RawMessage
}

// call makes a request, whose URL is a path of BaseURL, with a token. Where MisPay says that the token isn't valid, the call has had no effect: it's
// made once more with a new one.
func call[T any](ctx context.Context, c *Client, request rest.Request) (T, answered, error) {
	request.URL = c.BaseURL + request.URL
	token, err := c.token(ctx, "")
	if err != nil {
		var none T
		return none, answered{}, err
	}
	result, answer, err := exchange[T](ctx, c, request, token)
	var failure *Error
	if errors.As(err, &failure) && failure.staleToken() {
		if token, err = c.token(ctx, token); err != nil {
			return result, answered{}, err
		}
		return exchange[T](ctx, c, request, token)
	}
	return result, answer, err
}

// exchange sends a request once. Success is 2xx and the status "success"; anything else is an [*Error].
func exchange[T any](ctx context.Context, c *Client, request rest.Request, token string) (T, answered, error) {
	var result T
	// The content type goes with every call, also those without a body, as MisPay's plugins have it.
	request.Header = http.Header{
		"X-App-Id":      {c.AppID},
		"Authorization": {"Bearer " + token},
		"Content-Type":  {"application/json"},
	}
	if c.SecretOnAllCalls {
		request.Header["X-App-Secret"] = []string{c.Secret.Reveal()}
	}
	res, err := c.REST.Do(ctx, request)
	if err != nil {
		return result, answered{}, err
	}
	word, err := read(res, &result)
	if err != nil {
		return result, answered{}, err
	}
	raw, err := compact(res.Body)
	return result, answered{word: word, raw: raw}, err
}

var (
	errNotJSON   = errors.New("the answer is not JSON")
	errNoSuccess = errors.New("the answer's status is not success")
)

// read reads a successful answer's result.
func read(res *rest.Response, result any) (word string, err error) {
	var answer envelope
	if !res.OK() || json.Unmarshal(res.Body, &answer) != nil || !strings.EqualFold(string(answer.Status), "success") {
		return "", readError(res)
	}
	// A result that is missing, null or of another form is an empty one: what a refund answers isn't documented. Who needs a field looks for it.
	if len(answer.Result) > 0 {
		_ = json.Unmarshal(answer.Result, result)
	}
	return string(answer.Status), nil
}

func withID(template, id string) string {
	return strings.ReplaceAll(template, "{id}", url.PathEscape(id))
}

// with is a body with extra fields.
func with(body any, extra map[string]json.RawMessage) (any, error) {
	if len(extra) == 0 {
		return body, nil
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, unsendable(err)
	}
	fields := maps.Clone(extra)
	if err := json.Unmarshal(encoded, &fields); err != nil {
		return nil, unsendable(err)
	}
	return fields, nil
}

func unsendable(err error) error {
	return &paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the request can't be built", Err: err}
}
