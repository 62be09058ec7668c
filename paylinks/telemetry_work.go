package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// What background work tells of itself: recovery, webhooks, events out, syncs.

// recovered tells how old an operation is after recovery has looked at it, and whether its outcome is known now. One that has ended without isn't waited for
// any more: it's counted as that.
func (s *Service) recovered(ctx context.Context, link *Paylink, op *Operation) {
	outcome := op.Outcome
	if !op.Open && outcome == OutcomeUnknown {
		return
	}
	if outcome == "" {
		outcome = OutcomeUnknown
	}
	s.telemetry.observe(ctx, s.telemetry.recoveryAge, s.now().Sub(op.StartedAt), labels{provider: link.Provider, operation: string(op.Kind), outcome: string(outcome)})
}

// webhookSeen tells of a webhook for an app that exists.
func (s *Service) webhookSeen(ctx context.Context, provider, orgAppID, result string, now time.Time) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(attrProvider.String(provider), attrOrgApp.String(orgAppID), attrResult.String(result))
	}
	s.telemetry.count(ctx, s.telemetry.webhooks, 1, labels{provider: provider, result: result})
	if result == resultAccepted || result == resultDuplicate {
		s.telemetry.mark(ctx, s.telemetry.lastWebhook, now, labels{provider: provider, orgApp: orgAppID})
	}
}

// webhookRefused tells of a webhook for no app. What a stranger's URL names is in no metric.
func (s *Service) webhookRefused(ctx context.Context, err error) {
	result := resultFailed
	if errors.Is(err, CodeOrgAppNotFound) {
		result = resultUnknownApp
	}
	s.telemetry.count(ctx, s.telemetry.webhooks, 1, labels{result: result})
}

// stored is what became of a proven webhook.
func stored(err error) string {
	switch {
	case err == nil:
		return resultAccepted
	case errors.Is(err, ErrDuplicate):
		return resultDuplicate
	default:
		return resultFailed
	}
}

// delivered tells of one try to deliver an event.
func (s *Service) delivered(ctx context.Context, d *EventDelivery, started time.Time, try DeliveryTry) {
	result, target := resultFailed, "endpoint"
	if d.State == DeliveryDelivered {
		result = string(DeliveryDelivered)
	}
	if d.EndpointID == LocalEndpoint {
		target = "program"
	}
	now := s.now()
	s.telemetry.observe(ctx, s.telemetry.deliveryDuration, now.Sub(started), labels{target: target, result: result})
	if d.State == DeliveryDelivered {
		s.telemetry.observe(ctx, s.telemetry.deliveryLag, now.Sub(d.Event.OccurredAt), labels{target: target})
	}
	if d.State == DeliveryDead {
		s.telemetry.count(ctx, s.telemetry.deadLetters, 1, labels{target: target})
	}
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attrEndpoint.String(d.EndpointID), attrEvent.String(string(d.Event.Type)), attrPaylink.String(d.Event.PaylinkID), attrOrgApp.String(d.Event.OrgAppID), attrResult.String(result))
	if try.Status != 0 {
		span.SetAttributes(attrHTTP.Int(try.Status))
	}
	if d.State != DeliveryDelivered {
		span.SetStatus(codes.Error, result)
	}
}

// walked tells how a walk through a gateway's payments ended.
func (s *Service) walked(ctx context.Context, sync *Sync) {
	s.telemetry.count(ctx, s.telemetry.syncRuns, 1, labels{provider: sync.Provider, result: string(sync.Status)})
	if sync.Status == SyncCompleted && !sync.Explicit {
		s.telemetry.mark(ctx, s.telemetry.lastSync, sync.FinishedAt, labels{provider: sync.Provider, orgApp: sync.OrgAppID})
	}
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(attrProvider.String(sync.Provider), attrOrgApp.String(sync.OrgAppID), attrSync.String(sync.ID), attrResult.String(string(sync.Status)))
	}
}

// countFromZero has the counters of what should never happen exist for each provider before it does.
func (s *Service) countFromZero(ctx context.Context) {
	s.telemetry.zero(ctx, s.telemetry.deadLetters, labels{target: "program"})
	s.telemetry.zero(ctx, s.telemetry.deadLetters, labels{target: "endpoint"})
	apps, err := s.apps.List(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "apps could not be listed: metrics of what should never happen begin when it does", slog.Any("cause", err))
	}
	for _, app := range apps {
		if app.installed() == nil {
			continue
		}
		provider := app.info().ID
		for _, result := range []string{resultAccepted, resultDuplicate, resultUnproven, resultUnreadable, resultFailed} {
			s.telemetry.zero(ctx, s.telemetry.webhooks, labels{provider: provider, result: result})
		}
		if app.Provider == nil {
			s.telemetry.zero(ctx, s.telemetry.syncRuns, labels{provider: provider, result: string(SyncFailed)})
			s.telemetry.zero(ctx, s.telemetry.syncRows, labels{provider: provider, result: resultSkipped})
			continue
		}
		s.telemetry.zero(ctx, s.telemetry.unknownWords, labels{provider: provider})
		for _, kind := range []OperationKind{OperationCreate, OperationCapture, OperationCancel, OperationRefund, OperationSend} {
			for _, open := range []string{"true", "false"} {
				s.telemetry.zero(ctx, s.telemetry.operations, labels{provider: provider, operation: string(kind), outcome: string(OutcomeUnknown), open: open})
			}
		}
		for _, event := range []EventType{EventPaidAfterEnd, EventAmountMismatch, EventDuplicatePayment, EventOperationUnknown, EventOperationFailed} {
			s.telemetry.zero(ctx, s.telemetry.events, labels{provider: provider, event: string(event)})
		}
	}
}
