package httpserver

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// telemetryScope is the package's name in traces and metrics.
const telemetryScope = "github.com/paylinks/paylinks-go/httpserver"

// telemetry is what the handler tells of requests, in the names of OpenTelemetry's conventions for HTTP servers: by route and never by path or query, in
// which providers put tokens.
type telemetry struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
	duration   metric.Float64Histogram
	streams    metric.Int64UpDownCounter
	// sets keeps what labels are made into, since the same few come again and again.
	sets sync.Map
}

// labels are the attributes of a request.
type labels struct {
	method, route, scheme string
	status                int
}

// durationBounds are the convention's, in seconds.
var durationBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

func newTelemetry(o Options) *telemetry {
	meter := o.MeterProvider.Meter(telemetryScope)
	duration, err := meter.Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Requests but for event streams, which last as long as somebody looks."), metric.WithExplicitBucketBoundaries(durationBounds...))
	if err != nil {
		otel.Handle(err)
	}
	streams, err := meter.Int64UpDownCounter("paylinks.http.event_streams", metric.WithUnit("{stream}"), metric.WithDescription("Event streams that are open."))
	if err != nil {
		otel.Handle(err)
	}
	return &telemetry{tracer: o.TracerProvider.Tracer(telemetryScope), propagator: o.Propagator, duration: duration, streams: streams}
}

// begin begins a request's span. The route isn't known yet, so its name is the method alone until the end.
func (t *telemetry) begin(r *http.Request) (*http.Request, trace.Span) {
	ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, methodOf(r), trace.WithSpanKind(trace.SpanKindServer))
	return r.WithContext(ctx), span
}

// end measures a request that was answered.
func (t *telemetry) end(r *http.Request, span trace.Span, status int, took time.Duration) {
	defer span.End()
	x := exchangeOf(r)
	l := labels{method: methodOf(r), route: x.route, scheme: schemeOf(r), status: status}
	if !x.stream && t.duration.Enabled(r.Context()) {
		t.duration.Record(r.Context(), took.Seconds(), t.set(l))
	}
	if !span.IsRecording() {
		return
	}
	if l.route != "" {
		span.SetName(l.method + " " + l.route)
	}
	span.SetAttributes(l.attributes()...)
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}

// streaming counts an event stream while it's open. Its duration isn't a request's like others.
func (t *telemetry) streaming(ctx context.Context, x *exchange) (done func()) {
	x.stream = true
	t.streams.Add(ctx, 1)
	return func() { t.streams.Add(ctx, -1) }
}

func (t *telemetry) set(l labels) metric.MeasurementOption {
	if known, ok := t.sets.Load(l); ok {
		return known.(metric.MeasurementOption)
	}
	made, _ := t.sets.LoadOrStore(l, metric.WithAttributeSet(attribute.NewSet(l.attributes()...)))
	return made.(metric.MeasurementOption)
}

func (l labels) attributes() []attribute.KeyValue {
	all := []attribute.KeyValue{
		attribute.String("http.request.method", l.method), attribute.String("url.scheme", l.scheme), attribute.Int("http.response.status_code", l.status),
	}
	if l.route != "" {
		all = append(all, attribute.String("http.route", l.route))
	}
	if l.status >= http.StatusInternalServerError {
		all = append(all, attribute.String("error.type", strconv.Itoa(l.status)))
	}
	return all
}

// methodOf is a request's method, or the convention's word for one that HTTP doesn't know: strangers can make up any.
func methodOf(r *http.Request) string {
	known := [...]string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace,
	}
	if slices.Contains(known[:], r.Method) {
		return r.Method
	}
	return "_OTHER"
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}
