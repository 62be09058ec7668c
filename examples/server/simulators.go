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

	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// simulator is a provider that is simulated inside this process.
type simulator interface {
	http.Handler
	// Run sends its webhooks until ctx ends.
	Run(ctx context.Context) error
}

// simulation says how to simulate one provider.
type simulation struct {
	id string
	// path is where its API begins on its host, "" for the root.
	path        string
	credentials map[string]string
	start       func(credentials map[string]string, to addresses) simulator
}

// addresses are where a simulator and its merchant are reached.
type addresses struct {
	// pages is where its checkout pages are, webhook where its webhooks go, and callback where the buyer's browser returns to.
	pages, webhook, callback string
}

// merchant is the name on every simulated checkout page.
const merchant = "Demo Store"

// simulations are the providers that can be simulated.
func simulations() []simulation {
	return []simulation{
		{"tabby", "", map[string]string{"TABBY_SECRET_KEY": tabbytest.SecretKey, "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": rand.Text()}, startTabby},
		{"tamara", "", map[string]string{"TAMARA_API_TOKEN": tamaratest.APIToken, "TAMARA_NOTIFICATION_TOKEN": rand.Text()}, startTamara},
		{"mispay", mispaytest.BasePath, map[string]string{"MISPAY_APP_ID": mispaytest.AppID, "MISPAY_APP_SECRET": mispaytest.AppSecret, "MISPAY_WEBHOOK_SECRET": rand.Text()}, startMisPay},
	}
}

func startTabby(credentials map[string]string, to addresses) simulator {
	currencies := map[string]paylinks.Currency{"SA": paylinks.SAR}
	return tabbytest.New(tabbytest.Config{
		SecretKey: credentials["TABBY_SECRET_KEY"], MerchantCodes: currencies, BaseURL: to.pages, MerchantName: merchant,
		WebhookURL: to.webhook, WebhookHeader: tabby.DefaultWebhookHeader, WebhookSecret: credentials["TABBY_WEBHOOK_SECRET"],
	})
}

func startTamara(credentials map[string]string, to addresses) simulator {
	return tamaratest.New(tamaratest.Config{
		APIToken: credentials["TAMARA_API_TOKEN"], NotificationToken: credentials["TAMARA_NOTIFICATION_TOKEN"],
		BaseURL: to.pages, MerchantName: merchant, WebhookURL: to.webhook,
	})
}

func startMisPay(credentials map[string]string, to addresses) simulator {
	return mispaytest.New(mispaytest.Config{
		AppID: credentials["MISPAY_APP_ID"], AppSecret: credentials["MISPAY_APP_SECRET"], BaseURL: to.pages, MerchantName: merchant,
		CallbackURL: to.callback, WebhookURL: to.webhook + "/" + credentials["MISPAY_WEBHOOK_SECRET"],
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
		api := "/api/v1/providers/"
		handler := s.start(s.credentials, addresses{
			pages:    config.publicURL + path[:len(path)-1],
			webhook:  "http://" + serverAddr + api + "webhooks/" + s.id + "/" + appID(entry),
			callback: config.publicURL + api + "callbacks/" + s.id + "/" + appID(entry),
		})
		baseURL, err := serveSimulator(ctx, work, handler, log)
		if err != nil {
			return nil, err
		}
		provider, err := entry.New(providers.Settings{
			Credential: func(name string) string { return s.credentials[name] }, BaseURL: baseURL + s.path, Logger: log,
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
