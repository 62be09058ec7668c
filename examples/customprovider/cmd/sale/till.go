package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// till is a caller of the API.
type till struct {
	url    string
	client *http.Client
	out    io.Writer
}

func (t till) say(words ...any) { _, _ = fmt.Fprintln(t.out, words...) }

// call makes a call and reads its answer.
func call[T any](ctx context.Context, t till, method, path, body string) (answer T, err error) {
	req, err := http.NewRequestWithContext(ctx, method, t.url+path, strings.NewReader(body))
	if err != nil {
		return answer, err
	}
	req.Header.Set("Authorization", "Bearer demo-token")
	req.Header.Set("Content-Type", "application/json")
	return answer, t.do(req, &answer)
}

// pay is what the buyer does.
func (t till) pay(ctx context.Context, checkoutURL string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, checkoutURL, http.NoBody)
	if err != nil {
		return err
	}
	return t.do(req, nil)
}

// do makes a call and reads its answer, which nil throws away.
func (t till) do(req *http.Request, answer any) error {
	res, err := t.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	if res.StatusCode > 299 {
		return fmt.Errorf("%s %s: HTTP %d %s", req.Method, req.URL.Path, res.StatusCode, body)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(body, answer)
}
