package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// buyer pays as soon as the till has said where.
type buyer struct {
	pay func()
	strings.Builder
}

func (b *buyer) Write(p []byte) (int, error) {
	if strings.HasPrefix(string(p), "Show") {
		b.pay()
	}
	return b.Builder.Write(p)
}

func TestASale(t *testing.T) {
	t.Parallel()
	simulator := tabbytest.New(tabbytest.Config{})
	provider := httptest.NewServer(simulator)
	t.Cleanup(provider.Close)
	app, err := tabby.New(tabby.Config{SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: provider.URL})
	require.NoError(t, err)
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": app}, paylinks.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	t.Cleanup(work.Wait)
	t.Cleanup(cancel)
	work.Go(func() { assert.NoError(t, service.Run(ctx)) })
	tokens, err := httpserver.ParseTokens("a-token")
	require.NoError(t, err)
	server := httptest.NewServer(httpserver.New(service, httpserver.Options{Authenticator: tokens, Logger: slog.New(slog.DiscardHandler), Stop: ctx.Done()}))
	t.Cleanup(server.Close)
	t.Cleanup(cancel)

	out := &buyer{pay: func() { assert.NoError(t, simulator.Pay(simulator.Payments()[0].ID)) }}
	require.NoError(t, run(t.Context(), client.Config{BaseURL: server.URL, Token: "a-token"}, "TILL-1", out))
	_, said, _ := strings.Cut(out.String(), "\n")
	assert.Equal(t, "paylink.created\npaylink.authorized\nPaid: 150.00 SAR\npaylink.captured\n", said)
}
