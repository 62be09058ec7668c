package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/paylinks/paylinks-go/examples/tenants/tenancy"
	"github.com/paylinks/paylinks-go/paylinks"
)

// tenant is a customer of the server.
type tenant struct {
	id          string
	server      string
	client      *http.Client
	key         paylinks.Secret
	credentials tenancy.Credentials
	tabby       *simulated
}

// answer is what the story tells of an answer of the API.
type answer struct {
	HTTPStatus    int
	PaylinkID     string          `json:"paylink_id"`
	PaymentID     string          `json:"payment_id"`
	Status        string          `json:"status"`
	PaylinkStatus paylinks.Status `json:"paylink_status"`
	Amount        string          `json:"amount"`
	Paylinks      []struct {
		ID string `json:"id"`
	} `json:"paylinks"`
	Error struct {
		Code    paylinks.Code    `json:"code"`
		Outcome paylinks.Outcome `json:"outcome"`
	} `json:"error"`
	err error
}

// words are an error's code, or the link's status and amount.
func (a answer) words() string {
	switch {
	case a.err != nil:
		return a.err.Error()
	case a.Error.Code != "":
		return string(a.Error.Code)
	case a.Amount != "" && a.PaylinkStatus != "":
		return fmt.Sprint(a.PaylinkStatus, " ", a.Amount)
	case a.Amount != "":
		return a.Status + " " + a.Amount
	default:
		return "taken"
	}
}

// call calls the API with the tenant's key.
func (t *tenant) call(ctx context.Context, method, path, body string) answer {
	header := http.Header{"Authorization": {"Bearer " + t.key.Reveal()}, "Content-Type": {"application/json"}}
	return t.do(ctx, method, path, header, []byte(body))
}

func (t *tenant) do(ctx context.Context, method, path string, header http.Header, body []byte) (a answer) {
	req, err := http.NewRequestWithContext(ctx, method, t.server+path, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	req.Header = header
	res, err := t.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	a.HTTPStatus, a.err = res.StatusCode, err
	return a
}
