package paylinks

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// telemetryScope is the library's name in traces and metrics.
const telemetryScope = "github.com/paylinks/paylinks-go/paylinks"

// The attributes of spans and metrics: ids and words of a table, nothing of the buyer, no amount, no URL and no text of a provider. What is unbounded, a
// link's id above all, is on spans alone.
const (
	attrProvider  = attribute.Key("paylinks.provider")
	attrOrgApp    = attribute.Key("paylinks.org_app_id")
	attrPaylink   = attribute.Key("paylinks.paylink_id")
	attrOperation = attribute.Key("paylinks.operation")
	attrOutcome   = attribute.Key("paylinks.outcome")
	attrOpen      = attribute.Key("paylinks.open")
	attrCall      = attribute.Key("paylinks.call")
	attrResult    = attribute.Key("paylinks.result")
	attrStatus    = attribute.Key("paylinks.status")
	attrEvent     = attribute.Key("paylinks.event")
	attrTarget    = attribute.Key("paylinks.target")
	attrEndpoint  = attribute.Key("paylinks.endpoint_id")
	attrWork      = attribute.Key("paylinks.work")
	attrSync      = attribute.Key("paylinks.sync_id")
	attrHTTP      = attribute.Key("http.response.status_code")
	attrError     = attribute.Key("error.type")
)

// telemetry is what the Service tells of its work to whoever watches it.
type telemetry struct {
	tracer trace.Tracer
	instruments
	labelSets labelSets
}

func newTelemetry(tracers trace.TracerProvider, meters metric.MeterProvider) (*telemetry, error) {
	if tracers == nil {
		tracers = otel.GetTracerProvider()
	}
	if meters == nil {
		meters = otel.GetMeterProvider()
	}
	made, err := newInstruments(meters.Meter(telemetryScope))
	return &telemetry{tracer: tracers.Tracer(telemetryScope), instruments: made}, err
}

// activity is a piece of work while its span is open.
type activity struct{ span trace.Span }

// trace begins a span for a piece of work. Its end is deferred, with the error that the work returns.
func (s *Service) trace(ctx context.Context, name string) (context.Context, activity) {
	ctx, span := s.telemetry.tracer.Start(ctx, "paylinks."+name)
	return ctx, activity{span}
}

// end ends the span. A buyer whom a provider doesn't want is an answer, every other error a failure; of an error only the code is told.
func (a activity) end(err *error) {
	defer a.span.End()
	if *err == nil || !a.span.IsRecording() {
		return
	}
	code := errorType(*err)
	a.span.SetAttributes(attrError.String(code))
	var known *Error
	if errors.As(*err, &known) && known.Outcome != "" {
		a.span.SetAttributes(attrOutcome.String(string(known.Outcome)))
	}
	if code != string(CodeBuyerRejected) {
		a.span.SetStatus(codes.Error, code)
	}
}

// errorType is the code of an error, or a word for what isn't an [Error].
func errorType(err error) string {
	var known *Error
	var refused *ProviderError
	switch {
	case errors.As(err, &known):
		return string(known.Code)
	case errors.As(err, &refused):
		return string(refused.Refusal)
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, ErrUnproven):
		return resultUnproven
	default:
		return string(CodeInternal)
	}
}

// about says on the current span which link the work is for.
func about(ctx context.Context, link *Paylink) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(attrProvider.String(link.Provider), attrOrgApp.String(link.OrgAppID), attrPaylink.String(link.ID))
	}
}

// exchange is one call to a provider about a link: a span and a measurement around it.
func (s *Service) exchange(ctx context.Context, link *Paylink, name string, do func(context.Context) (Snapshot, error)) (Snapshot, error) {
	started := s.opts.Now()
	ctx, span := s.telemetry.tracer.Start(ctx, link.Provider+" "+name, asClient)
	defer span.End()
	facts, err := s.promised(ctx, link, name, do)
	result := callResult(name, facts, err)
	s.telemetry.observe(ctx, s.telemetry.callDuration, s.opts.Now().Sub(started), labels{provider: link.Provider, call: name, result: result})
	if err == nil {
		s.tellRest(ctx, link, s.paces.of(link.OrgAppID).learn(nil, s.opts.Now()), nil) // whoever has asked, the provider is back
	}
	if !span.IsRecording() {
		return facts, err
	}
	about(ctx, link)
	span.SetAttributes(attrCall.String(name), attrResult.String(result))
	if err != nil {
		cause := asProviderError(err)
		span.SetStatus(codes.Error, result)
		span.SetAttributes(attrError.String(result), attrOutcome.String(string(cause.Outcome)))
		if cause.Status != 0 {
			span.SetAttributes(attrHTTP.Int(cause.Status))
		}
	}
	return facts, err
}

var asClient = trace.WithSpanKind(trace.SpanKindClient)

// The names of calls that aren't operations.
const (
	callFetch   = "fetch"
	callConfirm = "confirm"
	callFind    = "find"
)

// fetch reads the provider's truth about a link.
func (s *Service) fetch(ctx context.Context, provider Provider, link *Paylink) (Snapshot, error) {
	return s.exchange(ctx, link, callFetch, func(ctx context.Context) (Snapshot, error) { return provider.Fetch(ctx, link.Ref) })
}

// callResult is what a call came to: "ok", or the [Refusal].
func callResult(name string, facts Snapshot, err error) string {
	switch {
	case err != nil:
		return string(asProviderError(err).Refusal)
	case name == string(OperationCreate) && facts.Status == StatusRejected:
		return string(RefusedBuyer)
	default:
		return resultOK
	}
}

// operationSettled tells of an operation that was settled: how it ended, or that its outcome has become unknown. was is the outcome that it had before.
func (s *Service) operationSettled(ctx context.Context, link *Paylink, op *Operation, was Outcome, v verdict) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(attrOperation.String(string(op.Kind)), attrOutcome.String(string(op.Outcome)))
	}
	if v.already || (op.Open && was == OutcomeUnknown) {
		return // nothing was done; or it's still as unknown as it was
	}
	open := "false"
	if op.Open {
		open = "true"
	}
	outcome := op.Outcome
	if op.Kind == OperationCreate && link.Status == StatusRejected {
		outcome = NotApplied // the call went through, and there's no link to pay
	}
	s.telemetry.count(ctx, s.telemetry.operations, 1, labels{provider: link.Provider, operation: string(op.Kind), outcome: string(outcome), open: open})
}

// statusChanged tells of a link that has moved, in a write that is done.
func (s *Service) statusChanged(ctx context.Context, before Status, link *Paylink) {
	if link.Status != before {
		s.telemetry.count(ctx, s.telemetry.statusChanges, 1, labels{provider: link.Provider, status: string(link.Status)})
	}
}
