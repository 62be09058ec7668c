package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// simulator is a provider that is simulated inside this process.
type simulator interface {
	http.Handler
	// Run sends its webhooks until ctx ends.
	Run(ctx context.Context) error
}

// simulation says how to simulate one provider: with the given credentials, links that start with pages, and webhooks that go to webhookURL.
type simulation struct {
	id          string
	credentials map[string]string
	start       func(credentials map[string]string, pages, webhookURL string) simulator
}

// simulations are the providers that can be simulated.
func simulations() []simulation {
	return []simulation{
		{"tabby", map[string]string{"TABBY_SECRET_KEY": tabbytest.SecretKey, "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": rand.Text()}, startTabby},
	}
}

func startTabby(credentials map[string]string, pages, webhookURL string) simulator {
	return tabbytest.New(tabbytest.Config{
		SecretKey: credentials["TABBY_SECRET_KEY"], BaseURL: pages, MerchantName: "Demo Store",
		WebhookURL: webhookURL, WebhookHeader: "X-Webhook-Secret", WebhookSecret: credentials["TABBY_WEBHOOK_SECRET"],
	})
}

// simulated is a simulated provider at work.
type simulated struct {
	name     string
	appID    string
	provider paylinks.Provider
	// handler serves its pages under path.
	handler http.Handler
	path    string
}

// startSimulators starts every simulator, where no provider is real. Each has a listener of its own for its API, as the real one has a host
// of its own; its pages are on the server's address too, where a browser can reach them.
func startSimulators(ctx context.Context, work *sync.WaitGroup, config config, serverAddr string, log *slog.Logger) ([]simulated, error) {
	if !config.simulated() {
		return nil, nil
	}
	var started []simulated
	for _, s := range simulations() {
		entry, ok := providers.Find(s.id)
		if !ok || entry.New == nil {
			return nil, fmt.Errorf("no provider %q to simulate", s.id)
		}
		path := "/simulators/" + s.id + "/"
		webhookURL := "http://" + serverAddr + "/api/v1/providers/webhooks/" + s.id + "/" + appID(entry)
		handler := s.start(s.credentials, config.publicURL+path[:len(path)-1], webhookURL)
		baseURL, err := serveSimulator(ctx, work, handler, log)
		if err != nil {
			return nil, err
		}
		provider, err := entry.New(providers.Settings{
			Credential: func(name string) string { return s.credentials[name] }, BaseURL: baseURL, Logger: log,
		})
		if err != nil {
			return nil, err
		}
		started = append(started, simulated{name: entry.Name, appID: appID(entry), provider: provider, handler: handler, path: path})
	}
	return started, nil
}

// serveSimulator gives a simulator's API an address on this machine, until ctx ends.
func serveSimulator(ctx context.Context, work *sync.WaitGroup, handler simulator, log *slog.Logger) (baseURL string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	work.Go(func() { _ = server.Serve(listener) })
	work.Go(func() {
		if err := handler.Run(ctx); err != nil {
			log.Error("a simulator stopped sending webhooks", slog.Any("cause", err))
		}
		_ = server.Close()
	})
	return "http://" + listener.Addr().String(), nil
}
