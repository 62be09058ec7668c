// Package exchangetest is what the tests of providers share: the far end of a provider's calls, and what their answers must amount to.
package exchangetest

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/jarcoal/httpmock"
)

// FarEnd answers a provider's calls, and remembers them. Any call that it has no answer to fails with "no responder found".
type FarEnd struct {
	// Mock is the transport of the provider's HTTP client.
	Mock *httpmock.MockTransport
	// Sent are the calls that were answered by Answer and Answers, and Bodies their bodies. They are read between calls.
	Sent   []*http.Request
	Bodies [][]byte

	base string
	mu   sync.Mutex
}

// Reply is one answer of the far end. Without a status the connection breaks.
type Reply struct {
	Status int
	Body   string
	Header http.Header
}

// Says is a reply.
func Says(status int, body string) Reply { return Reply{Status: status, Body: body} }

// New makes a far end whose answers are registered by what follows base in the URL.
func New(base string) *FarEnd { return &FarEnd{Mock: httpmock.NewMockTransport(), base: base} }

// Client is the HTTP client of a provider whose far end this is.
func (f *FarEnd) Client() *http.Client { return &http.Client{Transport: f.Mock} }

// Answer makes the far end answer a call.
func (f *FarEnd) Answer(method, url string, status int, body string) {
	f.Answers(method, url, Says(status, body))
}

// Answers makes the far end answer a call with each reply in turn, and then with the last one.
func (f *FarEnd) Answers(method, url string, replies ...Reply) {
	f.Mock.RegisterResponder(method, f.base+url, func(req *http.Request) (*http.Response, error) {
		var body []byte
		if req.Body != nil {
			var err error
			if body, err = io.ReadAll(req.Body); err != nil {
				return nil, err
			}
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.Sent, f.Bodies = append(f.Sent, req), append(f.Bodies, body)
		reply := replies[0]
		if len(replies) > 1 {
			replies = replies[1:]
		}
		if reply.Status == 0 {
			return nil, errors.New("connection reset")
		}
		return reply.Respond(req)
	})
}

// Respond is the reply to a call.
func (r Reply) Respond(req *http.Request) (*http.Response, error) {
	res := httpmock.NewStringResponse(r.Status, r.Body)
	res.Request = req
	if r.Header != nil {
		res.Header = r.Header.Clone()
	}
	return res, nil
}

// Paths are the calls that were made, as "POST /orders/…".
func (f *FarEnd) Paths() []string {
	var paths []string
	for _, req := range f.Sent {
		paths = append(paths, req.Method+" "+req.URL.Path)
	}
	return paths
}
