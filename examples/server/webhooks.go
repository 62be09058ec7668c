package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// registerWebhooks has every provider that can send its webhooks here, side by side, and tries again for a while where that fails.
func registerWebhooks(ctx context.Context, apps paylinks.StaticApps, publicURL string, log *slog.Logger) {
	var group sync.WaitGroup
	for id, installed := range apps {
		registrar, ok := installed.(paylinks.WebhookRegistrar)
		if !ok {
			continue
		}
		url := publicURL + "/api/v1/providers/webhooks/" + installed.Info().ID + "/" + id
		group.Go(func() { keepRegistering(ctx, registrar, url, log.With(slog.String("org_app_id", id))) })
	}
	group.Wait()
}

func keepRegistering(ctx context.Context, registrar paylinks.WebhookRegistrar, url string, log *slog.Logger) {
	for pause := time.Second; ; pause *= 2 {
		err := register(ctx, registrar, url)
		if err == nil {
			log.Info("webhooks are registered")
			return
		}
		log.Warn("webhooks could not be registered: links are polled meanwhile", slog.Any("cause", err))
		if pause > time.Minute || !sleep(ctx, pause) {
			return
		}
	}
}

func register(ctx context.Context, registrar paylinks.WebhookRegistrar, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return registrar.RegisterWebhook(ctx, url)
}

// sleep waits and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
