// Command server is the runnable product: the unified payment link API over SQLite or PostgreSQL, with simulated providers until real credentials
// are in the environment.
//
//	go run ./examples/server
//
// What it reads from the environment is in the README.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"sync"
	"syscall"
	"time"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	err := run(ctx, os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "paylinks:", err)
		os.Exit(1)
	}
}

// drainTime is how long requests under way may take after SIGTERM: longer than any call to a provider.
const drainTime = 45 * time.Second

// run serves until ctx ends, then lets what is under way come to its end.
func run(ctx context.Context, getenv func(string) string, stdout, stderr io.Writer) error {
	config, err := readConfig(getenv)
	if err != nil {
		return err
	}
	log := slog.New(tracedLog{slog.NewTextHandler(stderr, nil)})
	telemetry, err := startTelemetry(ctx, getenv, log)
	if err != nil {
		return err
	}
	defer telemetry.close(ctx, log)

	store, err := openStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", config.addr)
	if err != nil {
		return fmt.Errorf("PAYLINKS_ADDR: %w", err)
	}
	if config.publicURL == "" {
		config.publicURL = "http://" + listener.Addr().String()
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	var work sync.WaitGroup
	defer work.Wait()
	defer stopBackground()

	simulators, err := startSimulators(background, &work, config, listener.Addr().String(), log)
	if err != nil {
		return err
	}
	apps, err := config.apps(simulators, log)
	if err != nil {
		return err
	}
	key, err := chooseSigningKey(ctx, config, store, log)
	if err != nil {
		return err
	}
	service, err := paylinks.New(store, apps, paylinks.Options{
		PublicURL: config.publicURL, Logger: log, SigningKey: key, AllowPrivateEndpoints: config.privateEndpoints,
		TracerProvider: telemetry.tracers, MeterProvider: telemetry.meters,
	})
	if err != nil {
		return err
	}
	closing := make(chan struct{})
	handler, err := newHandler(service, config, simulators, telemetry, closing, log)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(func() { close(closing) })

	work.Go(func() {
		if err := service.Run(background); err != nil {
			log.Error("background work ended", slog.Any("cause", err))
		}
	})
	warnOfUnknownApps(config.tokens, apps, log)
	if config.registerWebhooks {
		work.Go(func() { registerWebhooks(background, apps, config.publicURL, log) })
	}
	if err := printBanner(stdout, config, simulators, listener.Addr().String()); err != nil {
		return err
	}
	return serve(ctx, server, listener, log)
}

// openStore opens the database: a file, or a server's.
func openStore(ctx context.Context, config config) (*sqlstore.Store, error) {
	if config.postgresURL == "" {
		return sqlite.Open(ctx, config.databaseFile)
	}
	store, err := postgres.Open(ctx, config.postgresURL)
	if err != nil {
		return nil, fmt.Errorf("PAYLINKS_DATABASE_URL: %w", err)
	}
	return store, nil
}

// serve answers requests until ctx ends, and then those that were accepted.
func serve(ctx context.Context, server *http.Server, listener net.Listener, log *slog.Logger) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping: requests under way are finished first")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return server.Shutdown(drain)
}

// newHandler puts the API, the start page and the simulators' pages into one mux.
func newHandler(service *paylinks.Service, config config, simulators []simulated, telemetry *telemetry, closing <-chan struct{}, log *slog.Logger) (http.Handler, error) {
	tokens, err := httpserver.ParseTokens(config.tokens)
	if err != nil {
		return nil, fmt.Errorf("PAYLINKS_TOKENS: %w", err)
	}
	page, err := newStartPage(config, simulators)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	api := httpserver.New(service, httpserver.Options{
		Authenticator: tokens, PublicURL: config.publicURL, Logger: log, Stop: closing,
		Metrics: telemetry.page, TracerProvider: telemetry.tracers, MeterProvider: telemetry.meters, Propagator: telemetry.propagator,
	})
	mux.Handle("/", api)
	mux.Handle("GET /{$}", page)
	for _, s := range simulators {
		if s.path != "" {
			mux.Handle(s.path+"/", http.StripPrefix(s.path, s.handler))
		}
	}
	return asItStands(mux, api), nil
}

// asItStands hands a path that isn't clean to the API, which refuses it in its own form: a mux would answer with a redirect.
func asItStands(mux, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cleaned := path.Clean(r.URL.Path); cleaned != r.URL.Path && cleaned+"/" != r.URL.Path {
			api.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
