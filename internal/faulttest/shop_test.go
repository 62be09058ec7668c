package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/internal/openapitest"
	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// shop is the product in process: the HTTP API over a Service, a database and a world.
type shop struct {
	world   world
	store   *sqlstore.Store
	service *paylinks.Service
	handler http.Handler
	till    *till
}

// blueprint is what a shop is made of.
type blueprint struct {
	world world
	// baseURL and client reach the world (default: over loopback).
	baseURL string
	client  *http.Client
	// memory keeps the database in memory.
	memory  bool
	options paylinks.Options
}

// described is the API's description, to which every shop is held.
var described = sync.OnceValues(func() (*openapitest.Document, error) { return openapitest.Parse(httpserver.OpenAPI()) })

// openShop opens a shop. Nothing happens in its background until run is called.
func openShop(tb testing.TB, b blueprint) *shop {
	tb.Helper()
	if b.baseURL == "" {
		front := httptest.NewServer(b.world)
		tb.Cleanup(front.Close)
		b.baseURL, b.client = front.URL, front.Client()
	}
	store, err := openStore(tb, b.memory)
	require.NoError(tb, err)
	b.options.Logger = slog.New(slog.DiscardHandler)
	provider, err := b.world.provider(b.baseURL+b.world.path(), b.client)
	require.NoError(tb, err)
	service, err := paylinks.New(store, paylinks.StaticApps{appID(b.world): provider}, b.options)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		service.Wait()
		assert.NoError(tb, store.Close())
	})
	tokens, err := httpserver.ParseTokens(token)
	require.NoError(tb, err)
	s := &shop{world: b.world, store: store, service: service}
	document, err := described()
	require.NoError(tb, err)
	s.handler = document.Wrap(tb, httpserver.New(service, httpserver.Options{Authenticator: tokens, Logger: b.options.Logger, Now: b.options.Now}))
	s.till = newTill("http://shop.test", inProcess(s.handler), 5*time.Millisecond)
	return s
}

func openStore(tb testing.TB, memory bool) (*sqlstore.Store, error) {
	tb.Helper()
	if *flagPostgres {
		return postgres.Open(context.WithoutCancel(tb.Context()), postgrestest.URL(tb))
	}
	if memory {
		return sqlite.OpenMemory(context.WithoutCancel(tb.Context()))
	}
	return sqlite.Open(context.WithoutCancel(tb.Context()), filepath.Join(tb.TempDir(), "paylinks.db"))
}

// run has the Service do its background work until stop is called, or the test ends.
func (s *shop) run(tb testing.TB) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	var work sync.WaitGroup
	work.Go(func() { assert.NoError(tb, s.service.Run(ctx)) })
	stop = sync.OnceFunc(func() {
		cancel()
		work.Wait()
	})
	tb.Cleanup(stop)
	return stop
}

// clock is a clock that's moved by hand. It stands still, or runs where it's made with running.
type clock struct {
	mu      sync.Mutex
	at      time.Time
	started time.Time
	running bool
}

func newClock(running bool) *clock {
	return &clock{at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), started: time.Now(), running: running}
}

// Now is the clock's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return c.at.Add(time.Since(c.started))
	}
	return c.at
}

// advance moves the clock.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// post brings a webhook to the handler and returns the answer's status.
func (s *shop) post(tb testing.TB, h hook) int {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, api.PathWebhooks+"/"+idOf(s.world)+"/"+appID(s.world)+h.path, bytes.NewReader(h.body))
	for name, values := range h.header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code
}

// fieldsOf is some fields of an event's data.
func fieldsOf(t *testing.T, event api.Event, names ...string) []byte {
	t.Helper()
	var data map[string]any
	require.NoError(t, json.Unmarshal(event.Data, &data))
	picked := map[string]any{}
	for _, name := range names {
		picked[name] = data[name]
	}
	text, err := json.Marshal(picked)
	require.NoError(t, err)
	return text
}
