package acmepay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// maxAnswer bounds an answer, so that no peer can fill the memory.
const maxAnswer = 1 << 20

// client makes Acme Pay's calls. It repeats none: the Service decides what is repeated, and looks again by itself where a read has failed.
type client struct {
	http    *http.Client
	baseURL string
	key     paylinks.Secret
}

func newClient(config Config) client {
	var caller http.Client
	if config.HTTPClient != nil {
		caller = *config.HTTPClient
	}
	// A redirected POST would become a GET, or be made twice.
	caller.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client{http: &caller, baseURL: config.BaseURL, key: config.APIKey}
}

// link makes a call that answers with a link.
func (c client) link(ctx context.Context, method, path string, body any) (link, error) {
	answer, err := c.call(ctx, method, path, body)
	if err != nil {
		return link{}, err
	}
	return decode(answer)
}

// links makes a call that answers with a list of links. Each is decoded by itself.
func (c client) links(ctx context.Context, path string) ([]json.RawMessage, error) {
	answer, err := c.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	var list struct {
		Links []json.RawMessage `json:"links"`
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return nil, unreadable("it isn't a list of links", err)
	}
	return list.Links, nil
}

func decode(answer json.RawMessage) (link, error) {
	l := link{raw: answer}
	if err := json.Unmarshal(answer, &l); err != nil {
		return link{}, unreadable("it isn't a link", err)
	}
	return l, nil
}

// call makes one call and returns the body of a success. Its error says whether the call may have had its effect.
func (c client) call(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	var sent atomic.Bool // whether there ever was a connection to send anything on
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	req, err := c.request(httptrace.WithClientTrace(ctx, trace), method, path, body)
	if err != nil {
		return nil, notACall("the request can't be built")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, noAnswer(err, sent.Load())
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(answer) > maxAnswer {
		err = errors.New("the answer is too large")
	}
	if err != nil {
		return nil, noAnswer(err, true)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		var failure struct {
			Error struct {
				Code string `json:"code"`
			} `json:"error"`
		}
		_ = json.Unmarshal(answer, &failure) // what isn't JSON has no code, and isn't the API's
		return nil, refusal(res.StatusCode, failure.Error.Code, retryAfter(res))
	}
	return answer, nil
}

func (c client) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.baseURL+path, content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key.Reveal())
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// noAnswer is a call that nobody has answered. Only where there never was a connection is it certain that nothing happened: a timeout, a reset and an answer
// cut short all can come after the effect.
func noAnswer(cause error, sent bool) error {
	e := &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Message: "the connection ended without an answer",
		Err: fmt.Errorf("acmepay: %w", cause),
	}
	if !sent {
		e.Outcome, e.Message = paylinks.NotApplied, "no connection could be made"
	}
	return e
}

func retryAfter(res *http.Response) time.Duration {
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
