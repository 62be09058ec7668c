package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

const maxBody = 1 << 20

var errTooLarge = errors.New("the answer is too large")

// poster posts bodies as they stand, which internal/rest doesn't: a form for the token, and JSON that may not change by a byte.
type poster struct {
	http    http.Client
	timeout time.Duration
}

func newPoster(client *http.Client, timeout time.Duration) *poster {
	p := &poster{http: http.Client{Transport: http.DefaultTransport}, timeout: timeout}
	if client != nil {
		p.http = *client
	}
	p.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if p.timeout <= 0 {
		p.timeout = 20 * time.Second
	}
	return p
}

// post is the body of a successful answer.
func (p *poster) post(ctx context.Context, url, contentType, authorization string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, &paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the request can't be built", Err: err}
	}
	for name, value := range map[string]string{
		"Authorization": authorization, "Content-Type": contentType, "Accept": "application/json", "User-Agent": "paylinks-go",
	} {
		req.Header.Set(name, value)
	}
	res, err := p.http.Do(req)
	if err != nil {
		return nil, noAnswer(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err == nil && len(answer) > maxBody {
		err = errTooLarge
	}
	if err != nil {
		return nil, noAnswer(err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, readError(res.StatusCode, res.Header, answer)
	}
	return answer, nil
}

// noAnswer is a call without an answer. These calls change nothing, so that nothing can have been applied.
func noAnswer(err error) error {
	return &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.NotApplied, Message: "the connection ended without an answer", Err: err}
}
