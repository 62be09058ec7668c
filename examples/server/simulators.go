package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/examples/internal/simulate"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
)

// simulatedPayments is how many payments each simulated gateway has.
const simulatedPayments = 200

// simulated is a simulated provider at work.
type simulated struct {
	name      string
	appID     string
	installed paylinks.Installed
	// path is where its pages are, "" for none. handler serves them.
	path    string
	handler http.Handler
}

// startSimulators starts every simulator, where no provider is real. Each has a listener of its own for its API, as the real one has a host
// of its own; its pages are on the server's address too, where a browser can reach them.
func startSimulators(ctx context.Context, work *sync.WaitGroup, config config, serverAddr string, log *slog.Logger) ([]simulated, error) {
	if !config.simulated() {
		return nil, nil
	}
	const api = "/api/v1/providers/"
	all := append(simulate.Links(func(id string) simulate.Options {
		return simulate.Options{
			Pages:    config.publicURL + pagesPath(id),
			Webhook:  "http://" + serverAddr + api + "webhooks/" + id + "/" + appID(id),
			Callback: config.publicURL + api + "callbacks/" + id + "/" + appID(id),
		}
	}), simulate.Gateways(simulate.Options{History: simulatedPayments})...)

	var started []simulated
	for _, p := range all {
		entry, ok := providers.Find(p.ID)
		if !ok || !entry.Available() {
			return nil, fmt.Errorf("no provider %q to simulate", p.ID)
		}
		baseURL, err := serveSimulator(ctx, work, p, log)
		if err != nil {
			return nil, err
		}
		installed, err := entry.New(providers.Settings{Credential: p.Credential, BaseURL: baseURL + p.Path, Logger: log})
		if err != nil {
			return nil, err
		}
		s := simulated{name: entry.Name, appID: appID(p.ID), installed: installed, handler: p.Handler}
		if p.HasPages {
			s.path = pagesPath(p.ID)
		}
		started = append(started, s)
	}
	return started, nil
}

// page is the address of its list of payments on the server, "" for none.
func (s simulated) page() string {
	if s.path == "" {
		return ""
	}
	return s.path + "/"
}

// pagesPath is where a simulator's pages are on the server.
func pagesPath(id string) string { return "/simulators/" + id }

// serveSimulator gives a simulator's API an address on this machine, until ctx ends.
func serveSimulator(ctx context.Context, work *sync.WaitGroup, p simulate.Provider, log *slog.Logger) (baseURL string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: p.Handler, ReadHeaderTimeout: 5 * time.Second}
	work.Go(func() { _ = server.Serve(listener) })
	work.Go(func() {
		<-ctx.Done()
		_ = server.Close()
	})
	if p.Run != nil {
		work.Go(func() {
			if err := p.Run(ctx); err != nil {
				log.Error("a simulator stopped sending webhooks", slog.Any("cause", err))
			}
		})
	}
	return "http://" + listener.Addr().String(), nil
}
