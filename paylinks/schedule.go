package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// webhookPause is how long after a gateway's webhook its payments are read: news come in bursts, and one walk sees them all.
const webhookPause = time.Minute

// syncAfterWebhook has a gateway's payments read soon, since a proven webhook says that one has changed. Where a sync isn't finished, that one or the look-back
// of the next sees it.
func (s *Service) syncAfterWebhook(ctx context.Context, app App) error {
	_, err := s.beginSync(ctx, app, SyncRequest{OrgAppID: app.ID}, s.now().Add(webhookPause))
	return err
}

// scheduleSyncs begins a sync of each gateway app whose last one is older than [Options.SyncInterval], and tells when the last one was, whichever process ran it.
func (s *Service) scheduleSyncs(ctx context.Context) (more bool, err error) {
	ledger, ok := s.store.(Ledger)
	if !ok || (s.opts.SyncInterval <= 0 && !s.telemetry.lastSync.Enabled(ctx)) {
		return false, nil
	}
	apps, err := s.apps.List(ctx)
	if err != nil {
		return false, err
	}
	for _, app := range apps {
		if app.Gateway == nil {
			continue
		}
		last, err := ledger.LastSync(ctx, app.ID)
		if err == nil {
			s.telemetry.mark(ctx, s.telemetry.lastSync, last.FinishedAt, labels{provider: last.Provider, orgApp: app.ID})
		}
		if s.opts.SyncInterval <= 0 && (err == nil || errors.Is(err, ErrNotFound)) {
			continue
		}
		if err == nil && s.now().Sub(last.StartedAt) < s.opts.SyncInterval {
			continue
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
		if _, err := s.beginSync(ctx, app, SyncRequest{OrgAppID: app.ID}, s.now()); err != nil {
			s.log.ErrorContext(ctx, "a scheduled sync could not begin", slog.String("org_app_id", app.ID), slog.Any("cause", err))
		}
	}
	return false, nil
}
