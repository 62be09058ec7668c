package paylinks_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// rootKey is what the secrets of all endpoints in these tests are derived from.
const rootKey paylinks.Secret = "a root key of these tests, 32 bytes or more"

// A public address that belongs to nobody (RFC 5737): endpoints here have it, and receiver answers for them.
const hookURL = "https://203.0.113.7/hook"

// everything is a store with the powers that these tests need.
type everything interface {
	paylinks.Store
	paylinks.Outbox
	paylinks.Ledger
}

// message is what an endpoint got.
type message struct {
	url    string
	header http.Header
	body   []byte
}

// receiver is the network on which endpoints live.
type receiver struct {
	mu       sync.Mutex
	messages []message
	// answer is an endpoint's answer, 200 where it's nil.
	answer func(message) (status int, err error)
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	got := message{url: req.URL.String(), header: req.Header.Clone(), body: body}
	r.mu.Lock()
	r.messages = append(r.messages, got)
	answer := r.answer
	r.mu.Unlock()
	status := http.StatusOK
	if answer != nil {
		if status, err = answer(got); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: req}, nil
}

func (r *receiver) answers(answer func(message) (int, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// take is what has arrived since the last take.
func (r *receiver) take() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.messages
	r.messages = nil
	return taken
}

// types is the types of messages' events in the order of their arrival.
func types(t *testing.T, messages []message) []string {
	t.Helper()
	var names []string
	for _, m := range messages {
		_, rest, ok := bytes.Cut(m.body, []byte(`"type":"`))
		require.True(t, ok, "%s", m.body)
		name, _, _ := bytes.Cut(rest, []byte(`"`))
		names = append(names, string(name))
	}
	return names
}

// post is a house whose events go out.
type post struct {
	*house
	network *receiver
	outbox  paylinks.Outbox
}

func newPost(t *testing.T, change ...func(*paylinks.Options)) *post {
	t.Helper()
	h := newHouse(t)
	network := &receiver{}
	p := &post{house: h, network: network, outbox: h.store.(paylinks.Outbox)}
	p.Service = p.service(append([]func(*paylinks.Options){func(o *paylinks.Options) { o.EndpointTransport = network }}, change...)...)
	return p
}

// service is another Service over the same store, provider and clock.
func (p *post) service(change ...func(*paylinks.Options)) *paylinks.Service {
	p.t.Helper()
	options := paylinks.Options{Now: p.clock.Now, Logger: slog.New(slog.DiscardHandler), SigningKey: rootKey}
	for _, c := range change {
		c(&options)
	}
	service, err := paylinks.New(p.store, paylinks.StaticApps{"fake-main": p.provider, "fake-other": newFakeProvider()}, options)
	require.NoError(p.t, err)
	p.t.Cleanup(service.Wait)
	return service
}

// endpoint adds one.
func (p *post) endpoint(req paylinks.EndpointRequest) *paylinks.EndpointSecret {
	p.t.Helper()
	if req.URL == "" {
		req.URL = hookURL
	}
	added, err := p.AddEndpoint(p.t.Context(), req)
	require.NoError(p.t, err)
	return added
}

// deliverAll delivers until nothing is due.
func (p *post) deliverAll() []message {
	p.t.Helper()
	var all []message
	for {
		require.NoError(p.t, p.DeliverEvents(p.t.Context()))
		some := p.network.take()
		if len(some) == 0 {
			return all
		}
		all = append(all, some...)
	}
}

func (p *post) deliveries(endpointID string, state paylinks.DeliveryState) []*paylinks.EventDelivery {
	p.t.Helper()
	page, err := p.ListDeliveries(p.t.Context(), endpointID, paylinks.ListDeliveriesRequest{State: state, Limit: 200})
	require.NoError(p.t, err)
	return page.Deliveries
}

func status(code int) func(message) (int, error) {
	return func(message) (int, error) { return code, nil }
}

// failingStore fails some writes.
type failingStore struct {
	everything
	fail func(paylinks.Change) bool
}

var errDisk = errors.New("the disk is gone")

func (s failingStore) Write(ctx context.Context, change paylinks.Change) error {
	if s.fail(change) {
		return errDisk
	}
	return s.everything.Write(ctx, change)
}

// host is the host of a message's URL.
func (m message) host(t *testing.T) string {
	t.Helper()
	parsed, err := url.Parse(m.url)
	require.NoError(t, err)
	return parsed.Host
}

// soon is a bound for what happens in other goroutines; nothing here waits for it to pass.
const soon = time.Minute
