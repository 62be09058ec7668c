package httpserver

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/paylinks/paylinks-go/paylinks"
)

// watch has a server tell what it does.
func watch(o *Options) (*tracetest.InMemoryExporter, *sdkmetric.ManualReader) {
	spans, reader := tracetest.NewInMemoryExporter(), sdkmetric.NewManualReader()
	o.TracerProvider = sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	o.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	o.Propagator = propagation.TraceContext{}
	return spans, reader
}

// measured is how many requests were measured, by "METHOD route status"; streams is how many event streams are open.
func measured(t *testing.T, reader *sdkmetric.ManualReader) (counts map[string]uint64, streams int64) {
	t.Helper()
	var gathered metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.WithoutCancel(t.Context()), &gathered))
	counts = map[string]uint64{}
	for _, scope := range gathered.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				require.Equal(t, "http.server.request.duration", m.Name)
				for _, p := range data.DataPoints {
					method, _ := p.Attributes.Value("http.request.method")
					route, _ := p.Attributes.Value("http.route")
					status, _ := p.Attributes.Value("http.response.status_code")
					counts[method.AsString()+" "+route.AsString()+" "+status.String()] = p.Count
				}
			case metricdata.Sum[int64]:
				require.Equal(t, "paylinks.http.event_streams", m.Name)
				streams = data.DataPoints[0].Value
			}
		}
	}
	return counts, streams
}

func TestRequestsAreMeasuredByRouteAndNeverByPath(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	spans, reader := watch(&options)
	options.Prefix = "/pay"
	svc := &fake{
		get: func(context.Context, string) (*paylinks.Paylink, error) {
			return nil, &paylinks.Error{Code: paylinks.CodePaylinkNotFound}
		},
		webhook: func(context.Context, string, string, paylinks.WebhookRequest) error { return nil },
	}
	server := newServer(svc, options)
	call(t, server, http.MethodGet, "/pay"+linksPath+"/plk_1", "", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	call(t, server, http.MethodGet, "/pay"+linksPath+"/plk_2?token=secret", "")
	call(t, server, http.MethodPost, "/pay/api/v1/providers/webhooks/mispay/shop-a/the-secret", "{}")
	call(t, server, "BREW", "/pay/healthz", "")
	call(t, server, http.MethodGet, "/elsewhere/secret", "")
	call(t, server, http.MethodPost, "/pay"+linksPath, "{")

	counts, _ := measured(t, reader)
	assert.Equal(t, map[string]uint64{
		"GET /api/v1/providers/paylinks/{id} 404":                               2,
		"POST /api/v1/providers/webhooks/{provider}/{org_app_id}/{rest...} 200": 1,
		"_OTHER /healthz 405":                 1,
		"GET  404":                            1,
		"POST /api/v1/providers/paylinks 400": 1,
	}, counts)

	all := spans.GetSpans()
	require.Len(t, all, 6)
	first := all[0]
	assert.Equal(t, "GET /api/v1/providers/paylinks/{id}", first.Name)
	assert.Equal(t, trace.SpanKindServer, first.SpanKind)
	assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", first.SpanContext.TraceID().String(), "the caller's trace goes on")
	assert.Equal(t, "b7ad6b7169203331", first.Parent.SpanID().String())
	assert.Equal(t, codes.Unset, first.Status.Code, "a caller's mistake isn't the server's failure")
	for _, span := range all {
		for _, pair := range append(span.Attributes, attribute.String("name", span.Name)) {
			for _, secret := range []string{"secret", "plk_", "tok_", "BREW"} {
				assert.NotContains(t, pair.Value.String(), secret, pair.Key)
			}
		}
	}
}

func TestAFailureOfTheServerIsOneInItsSpan(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	spans, reader := watch(&options)
	server := newServer(&fake{get: func(context.Context, string) (*paylinks.Paylink, error) { panic("oops") }}, options)
	call(t, server, http.MethodGet, linksPath+"/plk_1", "")
	assert.Equal(t, codes.Error, spans.GetSpans()[0].Status.Code)
	counts, _ := measured(t, reader)
	assert.Equal(t, map[string]uint64{"GET /api/v1/providers/paylinks/{id} 500": 1}, counts)
}

// TestTheServicesSpansAreBelowTheRequests: the context that the Service gets carries the request's span.
func TestTheServicesSpansAreBelowTheRequests(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	spans, _ := watch(&options)
	var seen trace.SpanContext
	server := newServer(&fake{get: func(ctx context.Context, _ string) (*paylinks.Paylink, error) {
		seen = trace.SpanContextFromContext(ctx)
		return nil, &paylinks.Error{Code: paylinks.CodePaylinkNotFound}
	}}, options)
	call(t, server, http.MethodGet, linksPath+"/plk_1", "")
	assert.Equal(t, spans.GetSpans()[0].SpanContext.SpanID(), seen.SpanID())
}

func TestEventStreamsAreCountedApart(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	_, reader := watch(&options)
	svc := history(1, nil)
	inside := make(chan struct{})
	svc.watch = func(ctx context.Context, _ string, _ int64) iter.Seq2[paylinks.Event, error] {
		return func(func(paylinks.Event, error) bool) {
			close(inside)
			<-ctx.Done()
		}
	}
	front := httptest.NewServer(newServer(svc, options))
	defer front.Close()
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, front.URL+eventsPath, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+fullToken)
	r.Header.Set("Accept", "text/event-stream")
	res, err := front.Client().Do(r)
	require.NoError(t, err)
	<-inside
	_, open := measured(t, reader)
	assert.Equal(t, int64(1), open)
	leave()
	_, _ = io.Copy(io.Discard, res.Body)
	require.NoError(t, res.Body.Close())
	front.Close() // waits for the handler
	counts, open := measured(t, reader)
	assert.Zero(t, open)
	assert.Empty(t, counts)
}

func TestMetricsAreForThoseWhoMaySeeEverything(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	assert.Equal(t, http.StatusNotFound, call(t, newServer(&fake{}, options), http.MethodGet, "/metrics", "").Code)
	options.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "figures") })
	server := newServer(&fake{}, options)
	for token, status := range map[string]int{fullToken: 200, readToken: 200, scopedToken: 403, "nobody-0123456789": 401} {
		w := call(t, server, http.MethodGet, "/metrics", "", "Authorization", "Bearer "+token)
		assert.Equal(t, status, w.Code, token)
		if status == http.StatusOK {
			assert.Equal(t, "figures", w.Body.String())
		} else {
			assert.Contains(t, []string{"unauthenticated", "forbidden"}, errorOf(t, w))
			assert.NotContains(t, w.Body.String(), "figures")
		}
	}
	assert.Equal(t, http.StatusUnauthorized, call(t, server, http.MethodGet, "/metrics", "", "Authorization", "").Code)
	assert.Equal(t, http.StatusMethodNotAllowed, call(t, server, http.MethodPost, "/metrics", "").Code)
}
