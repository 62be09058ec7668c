package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/paylinks/paylinks-go/examples/tenants/tenancy"
	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// server is the server of all tenants.
type server struct {
	url      string
	keys     tenancy.Keys
	accounts *tenancy.Accounts
	clock    *clock
	closers  []func()
}

// start opens two databases, the tenants' and the links', and serves the API.
func start(ctx context.Context, dir string) (_ *server, err error) {
	s := &server{clock: new(clock)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	db, err := tenancy.Open(ctx, filepath.Join(dir, "tenants.db"))
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() { _ = db.Close() })
	// In production the key comes from a secret manager, and is the same for ever.
	vault, err := tenancy.NewVault(paylinks.Secret(rand.Text() + rand.Text())[:32])
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	s.keys = tenancy.Keys{DB: db}
	s.accounts = &tenancy.Accounts{DB: db, Vault: vault, Logger: quiet, Now: s.clock.now}

	store, err := sqlite.Open(ctx, filepath.Join(dir, "paylinks.db"))
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() { _ = store.Close() })
	service, err := paylinks.New(store, s.accounts, paylinks.Options{Logger: quiet})
	if err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { _ = service.Run(background) }) // follows links, and handles the webhooks that were stored
	s.closers = append(s.closers, work.Wait, stop)
	front := httptest.NewServer(httpserver.New(service, httpserver.Options{Authenticator: s.keys, Logger: quiet}))
	s.closers = append(s.closers, front.Close)
	s.url = front.URL
	return s, nil
}

// close ends what start began, the last first.
func (s *server) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
	s.closers = nil
}

// open makes a tenant with an account at a simulated Tabby of its own, and an API key.
func (s *server) open(ctx context.Context, id string) (*tenant, error) {
	t := &tenant{id: id, server: s.url, client: &http.Client{Timeout: time.Minute}, credentials: newCredentials(), tabby: newSimulated()}
	s.closers = append(s.closers, t.tabby.Close, t.client.CloseIdleConnections)
	t.tabby.accept(t.credentials["TABBY_SECRET_KEY"])
	if err := tenancy.AddTenant(ctx, s.keys.DB, id, "The "+id); err != nil {
		return nil, err
	}
	var err error
	if t.key, err = s.keys.AddKey(ctx, id, false); err != nil {
		return nil, err
	}
	return t, s.accounts.Install(ctx, tenancy.Account{
		ID: id + "-tabby", TenantID: id, Provider: "tabby", BaseURL: t.tabby.URL, Credentials: t.credentials,
	})
}

func newCredentials() tenancy.Credentials {
	return tenancy.Credentials{
		"TABBY_SECRET_KEY": "sk_test_" + uuid.NewString(), "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": rand.Text(),
	}
}

// simulated is a Tabby whose key can be changed, as its dashboard does: calls that have the right one go on with the simulator's own.
type simulated struct {
	*httptest.Server
	simulator *tabbytest.Server

	mu  sync.Mutex
	key string
	// arrived, where it's set, is told of each call once its key was looked at.
	arrived func(*http.Request)
}

func newSimulated() *simulated {
	s := &simulated{simulator: tabbytest.New(tabbytest.Config{})}
	s.Server = httptest.NewServer(s)
	return s
}

// accept makes key the only one that is let in.
func (s *simulated) accept(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
}

func (s *simulated) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	right, arrived := r.Header.Get("Authorization") == "Bearer "+s.key, s.arrived
	s.mu.Unlock()
	if right {
		r.Header.Set("Authorization", "Bearer "+tabbytest.SecretKey)
	}
	if arrived != nil {
		arrived(r)
	}
	s.simulator.ServeHTTP(w, r)
}

// clock is the time, and what it was moved by.
type clock struct {
	mu    sync.Mutex
	moved time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
}
