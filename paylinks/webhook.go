package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"
)

// HandleWebhook takes a webhook as it arrived. nil means that it's proven and stored: answer 200, the rest follows by itself. [ErrUnproven] means that
// its proof is missing or wrong; an unknown app, or one that receives no webhooks, is an error with [CodeOrgAppNotFound]. A provider that must be asked for the
// proof, and can't be, is one with [CodeProviderUnavailable]: answer 503, so that the webhook comes again.
//
// A webhook only says where to look: [Service.Run] reads the provider's truth about its link.
func (s *Service) HandleWebhook(ctx context.Context, provider, orgAppID string, req WebhookRequest) (err error) {
	defer named("webhook", &err)
	ctx, span := s.trace(ctx, "webhook.receive")
	defer span.end(&err)
	app, err := s.apps.App(ctx, orgAppID)
	if err != nil {
		s.webhookRefused(ctx, err)
		return err
	}
	installed := app.installed()
	receiver, ok := installed.(WebhookReceiver)
	if !ok || installed.Info().ID != provider || !installed.Info().Can(CanReceiveWebhook) {
		err := orgAppNotFound(orgAppID)
		s.webhookRefused(ctx, err)
		return err
	}
	now := s.now()
	req.Now = now
	notification, err := receiver.ReceiveWebhook(ctx, req)
	for _, retired := range app.Retired {
		if errors.Is(err, ErrUnproven) {
			notification, err = retired.ReceiveWebhook(ctx, req)
		}
	}
	if err != nil {
		s.log.WarnContext(ctx, "a webhook was refused", slog.String("provider", provider), slog.String("org_app_id", orgAppID), slog.Any("cause", err))
		if errors.Is(err, ErrUnproven) {
			s.webhookSeen(ctx, provider, orgAppID, resultUnproven, now)
			return ErrUnproven
		}
		var cause *ProviderError
		if errors.As(err, &cause) && (cause.Refusal == Unreachable || cause.Refusal == RefusedRate) {
			s.webhookSeen(ctx, provider, orgAppID, resultFailed, now)
			return &Error{
				Code: CodeProviderUnavailable, Outcome: NotApplied, Op: "webhook", Provider: provider, RetryAfter: cause.RetryAfter, Err: err,
				Message: "the provider could not be asked whether this webhook is its own: send it again",
			}
		}
		s.webhookSeen(ctx, provider, orgAppID, resultUnreadable, now)
		return &Error{Code: CodeValidationFailed, Outcome: NotApplied, Op: "webhook", Provider: provider, Message: "the webhook names no payment", Err: err}
	}
	if app.Provider == nil {
		err := s.syncAfterWebhook(ctx, app)
		s.webhookSeen(ctx, provider, orgAppID, stored(err), now)
		return err
	}
	err = s.store.Write(ctx, Change{Webhook: &Webhook{
		ID: newID(), Provider: provider, OrgAppID: orgAppID, DedupKey: notification.DedupKey, Type: notification.Type,
		Ref: notification.Ref, Facts: notification.Facts, ReceivedAt: now, DueAt: now,
	}})
	s.webhookSeen(ctx, provider, orgAppID, stored(err), now)
	if errors.Is(err, ErrDuplicate) {
		return nil
	}
	if err == nil {
		wake(s.webhooksDue)
	}
	return err
}

// A webhook whose link isn't stored yet is tried again for this long.
const holdWebhooks = 48 * time.Hour

// handleWebhook looks at the link that a stored webhook speaks of. The webhook is done only once that has worked.
func (s *Service) handleWebhook(ctx context.Context, hook *Webhook) (err error) {
	ctx, span := s.trace(ctx, "webhook.handle")
	defer span.end(&err)
	hook.Attempts++
	hook.DueAt = s.now().Add(retryPause(hook.Attempts))
	link, err := s.store.FindPaylink(ctx, hook.OrgAppID, hook.Ref)
	switch {
	case errors.Is(err, ErrNotFound):
		if s.now().Sub(hook.ReceivedAt) > holdWebhooks {
			hook.Done = true
			s.log.WarnContext(ctx, "a webhook speaks of a payment that is not ours", slog.String("provider", hook.Provider), slog.String("org_app_id", hook.OrgAppID))
		}
	case err != nil:
		return err
	default:
		hook.PaylinkID = link.ID
		about(ctx, link)
		hook.Done = s.follow(ctx, link, hook) == nil
	}
	if err := s.store.Write(ctx, Change{HandledWebhook: hook}); err != nil {
		return err
	}
	if hook.Done && hook.PaylinkID != "" {
		s.telemetry.observe(ctx, s.telemetry.webhookLag, s.now().Sub(hook.ReceivedAt), labels{provider: hook.Provider})
	}
	return nil
}

// follow reads the provider's truth after a webhook, and adds what only the webhook can tell.
func (s *Service) follow(ctx context.Context, link *Paylink, hook *Webhook) error {
	app, err := s.linkApp(ctx, link.OrgAppID)
	if err != nil {
		return err
	}
	info := app.Provider.Info()
	if link.Status == StatusCreating {
		// Its ids come from the provider's API alone: not every proof covers the body.
		return s.settleByWebhook(ctx, link)
	}
	if ref := link.Ref.learn(hook.Ref); ref != link.Ref {
		link.Ref = ref
		if link, err = s.record(ctx, link, news{source: SourceWebhook}, info); err != nil {
			return err
		}
	}
	link, err = s.refresh(ctx, link, app, glance{source: SourceWebhook, wait: s.opts.CallTimeout, fresh: true, told: hook.Facts})
	if err != nil || hook.Facts == nil || !link.Status.Paid() {
		return err
	}
	return s.decideRefund(ctx, link, info)
}

// settleByWebhook hurries the create operation of a link that a webhook proves to exist.
func (s *Service) settleByWebhook(ctx context.Context, link *Paylink) error {
	op, err := s.operation(ctx, link.ID, func(op *Operation) bool { return op.Open && op.Kind == OperationCreate })
	if err != nil || op == nil {
		return err
	}
	if op.Outcome != OutcomeUnknown && op.DueAt.After(s.now()) {
		return inProgress("create", CodeOperationInProgress, link.ID) // its own call will settle it in a moment
	}
	return s.recover(ctx, op)
}

// HandleCallback takes the query with which a buyer's browser comes back and says what to show. It's never proof of payment: the link is as the provider
// tells it. An unknown app is an error with [CodeOrgAppNotFound], a query that can't be read one with [CodeValidationFailed].
func (s *Service) HandleCallback(ctx context.Context, provider, orgAppID string, query url.Values) (_ CallbackResult, err error) {
	defer named("callback", &err)
	app, err := s.linkApp(ctx, orgAppID)
	if err != nil {
		return CallbackResult{}, err
	}
	receiver, ok := app.Provider.(CallbackReceiver)
	if !ok || app.Provider.Info().ID != provider {
		return CallbackResult{}, orgAppNotFound(orgAppID)
	}
	callback, err := receiver.ReceiveCallback(ctx, query)
	if err != nil {
		return CallbackResult{}, &Error{Code: CodeValidationFailed, Outcome: NotApplied, Op: "callback", Provider: provider, Message: "the query is not one that the provider makes", Err: err}
	}
	result := CallbackResult{Result: callback.Result}
	link, err := s.store.FindPaylink(ctx, orgAppID, callback.Ref)
	if errors.Is(err, ErrNotFound) {
		return result, nil
	}
	if err != nil {
		return result, err
	}
	if ref := link.Ref.learn(callback.Ref); ref != link.Ref {
		link.Ref = ref
		if link, err = s.record(ctx, link, news{source: SourceCallback}, app.Provider.Info()); err != nil {
			return result, err
		}
	}
	result.Paylink = link
	if s.mayHaveChanged(link) {
		if fresh, err := s.refresh(ctx, link, app, glance{source: SourceCallback, wait: s.opts.RefreshTimeout}); err == nil {
			result.Paylink = fresh
		}
	}
	return result, nil
}
