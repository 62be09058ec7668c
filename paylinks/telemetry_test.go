package paylinks_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// tower is a house that is watched: everything that it tells in traces, metrics and logs is kept.
type tower struct {
	*house
	spans   *tracetest.InMemoryExporter
	reader  *sdkmetric.ManualReader
	log     *journal
	gateway *walkedGateway
}

// journal is a log that several goroutines write.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// times is how often a message was logged.
func (j *journal) times(message string) int { return strings.Count(j.String(), message) }

func newTower(t *testing.T, change ...func(*paylinks.Options)) *tower {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	w := &tower{
		house: &house{t: t, provider: newFakeProvider(), store: store, clock: newClock()},
		spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader(), log: &journal{}, gateway: newWalkedGateway(25),
	}
	options := paylinks.Options{
		Now: w.clock.Now, Logger: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), PublicURL: "https://pay.example",
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(w.spans)), MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(w.reader)),
	}
	for _, c := range change {
		c(&options)
	}
	w.Service, err = paylinks.New(store, paylinks.StaticApps{"fake-main": w.provider, "gate-main": w.gateway}, options)
	require.NoError(t, err)
	t.Cleanup(w.Wait)
	return w
}

// span is the newest span of a name.
func (w *tower) span(name string) tracetest.SpanStub {
	w.t.Helper()
	spans := w.spans.GetSpans()
	for i := len(spans) - 1; i >= 0; i-- {
		if spans[i].Name == name {
			return spans[i]
		}
	}
	require.Failf(w.t, "no such span", "%s", name)
	return tracetest.SpanStub{}
}

func attributesOf(pairs []attribute.KeyValue) map[string]string {
	all := map[string]string{}
	for _, pair := range pairs {
		all[string(pair.Key)] = pair.Value.String()
	}
	return all
}

// point is one series of a metric: a counter's sum, a gauge's value or a histogram's count.
type point struct {
	labels map[string]string
	value  float64
}

// points are all series by the metric's name.
func (w *tower) points() map[string][]point {
	w.t.Helper()
	var gathered metricdata.ResourceMetrics
	require.NoError(w.t, w.reader.Collect(w.t.Context(), &gathered))
	all := map[string][]point{}
	for _, scope := range gathered.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					all[m.Name] = append(all[m.Name], point{attributesOf(p.Attributes.ToSlice()), float64(p.Value)})
				}
			case metricdata.Gauge[float64]:
				for _, p := range data.DataPoints {
					all[m.Name] = append(all[m.Name], point{attributesOf(p.Attributes.ToSlice()), p.Value})
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					all[m.Name] = append(all[m.Name], point{attributesOf(p.Attributes.ToSlice()), float64(p.Count)})
				}
			default:
				require.Failf(w.t, "unknown data", "%s: %T", m.Name, m.Data)
			}
		}
	}
	return all
}

// value adds up the series of a metric that have these labels, given as "key=value".
func (w *tower) value(name string, labels ...string) float64 {
	w.t.Helper()
	sum := 0.0
	for _, p := range w.points()[name] {
		fits := true
		for _, label := range labels {
			key, value, _ := strings.Cut(label, "=")
			fits = fits && p.labels["paylinks."+key] == value
		}
		if fits {
			sum += p.value
		}
	}
	return sum
}

func TestEachCallHasItsSpanAndItsProviderCallBelow(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	ctx := t.Context()
	link := w.captured()
	_, err := w.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "50.00"})
	require.NoError(t, err)
	open := w.created()
	_, err = w.Send(ctx, open.ID, paylinks.SendRequest{})
	require.NoError(t, err)
	_, err = w.Cancel(ctx, open.ID)
	require.NoError(t, err)

	for work, call := range map[string]string{
		"paylinks.create": "fake create", "paylinks.get": "fake fetch", "paylinks.capture": "fake capture", "paylinks.refund": "fake refund",
		"paylinks.send": "fake send", "paylinks.cancel": "fake cancel",
	} {
		parent := w.span(work)
		assert.Equal(t, codes.Unset, parent.Status.Code, work)
		have := attributesOf(parent.Attributes)
		assert.Equal(t, "fake", have["paylinks.provider"], work)
		assert.Equal(t, "fake-main", have["paylinks.org_app_id"], work)
		assert.NotEmpty(t, have["paylinks.paylink_id"], work)
		if work != "paylinks.get" {
			assert.Equal(t, strings.TrimPrefix(work, "paylinks."), have["paylinks.operation"])
			assert.Equal(t, "applied", have["paylinks.outcome"], work)
		}
		below := false
		for _, span := range w.spans.GetSpans() {
			if span.Name == call && span.Parent.SpanID() == parent.SpanContext.SpanID() {
				below = true
				assert.Equal(t, trace.SpanKindClient, span.SpanKind, call)
				assert.Equal(t, "ok", attributesOf(span.Attributes)["paylinks.result"], call)
			}
		}
		assert.True(t, below, "%s below %s", call, work)
	}
	assert.InDelta(t, 2, w.value("paylinks.provider.call.duration", "provider=fake", "call=create", "result=ok"), 0)
	assert.InDelta(t, 2, w.value("paylinks.operations", "provider=fake", "operation=create", "outcome=applied", "open=false"), 0)
	assert.InDelta(t, 1, w.value("paylinks.operations", "operation=refund"), 0)
	assert.InDelta(t, 2, w.value("paylinks.link.status_changes", "provider=fake", "status=created"), 0)
	assert.InDelta(t, 1, w.value("paylinks.link.status_changes", "status=partially_refunded"), 0)
	assert.InDelta(t, 1, w.value("paylinks.events", "provider=fake", "event=paylink.cancelled"), 0)
}

func TestAFailedCallSaysWhy(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	w.provider.next("create", refused(paylinks.RefusedCredentials))
	_, err := w.Create(t.Context(), request())
	require.Error(t, err)
	span := w.span("paylinks.create")
	assert.Equal(t, codes.Error, span.Status.Code)
	assert.Equal(t, "provider_error", attributesOf(span.Attributes)["error.type"])
	assert.Equal(t, "not_applied", attributesOf(span.Attributes)["paylinks.outcome"])
	call := w.span("fake create")
	assert.Equal(t, codes.Error, call.Status.Code)
	assert.Equal(t, "credentials", attributesOf(call.Attributes)["error.type"])
	assert.Equal(t, "400", attributesOf(call.Attributes)["http.response.status_code"])
	assert.InDelta(t, 1, w.value("paylinks.provider.call.duration", "call=create", "result=credentials"), 0)

	w.provider.reject = &paylinks.Snapshot{Status: paylinks.StatusRejected, ProviderStatus: "NO", Reason: "not_eligible"}
	_, err = w.Create(t.Context(), request())
	require.ErrorIs(t, err, paylinks.CodeBuyerRejected)
	assert.Equal(t, codes.Unset, w.span("paylinks.create").Status.Code, "a buyer who isn't wanted is an answer")
	assert.InDelta(t, 1, w.value("paylinks.provider.call.duration", "call=create", "result=buyer"), 0)
	assert.InDelta(t, 2, w.value("paylinks.operations", "operation=create", "outcome=not_applied"), 0, "and there's no link to pay")
	assert.InDelta(t, 0, w.value("paylinks.operations", "operation=create", "outcome=applied"), 0)
}

func TestAnUnknownOutcomeIsCountedOnceAndThenAsWhatItWas(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	link := w.paid()
	w.provider.next("capture", timeout())
	w.provider.next("fetch", timeout(), timeout())
	_, err := w.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.Equal(t, paylinks.OutcomeUnknown, asError(t, err).Outcome)
	assert.Equal(t, "unknown", attributesOf(w.span("paylinks.capture").Attributes)["paylinks.outcome"])
	unknown := []string{"provider=fake", "operation=capture", "outcome=unknown", "open=true"}
	assert.InDelta(t, 1, w.value("paylinks.operations", unknown...), 0)

	for range 3 {
		w.clock.Advance(time.Minute)
		require.NoError(t, w.SettleOperations(t.Context()))
	}
	assert.Equal(t, "applied", attributesOf(w.span("paylinks.recover").Attributes)["paylinks.outcome"])
	assert.InDelta(t, 1, w.value("paylinks.operations", unknown...), 0, "it was looked at twice and counts once")
	assert.InDelta(t, 1, w.value("paylinks.operations", "operation=capture", "outcome=applied", "open=false"), 0)
	assert.InDelta(t, 1, w.value("paylinks.recovery.age", "operation=capture", "outcome=unknown"), 0)
	assert.InDelta(t, 1, w.value("paylinks.recovery.age", "operation=capture", "outcome=applied"), 0)
}

func TestAnOutcomeThatNobodyWillKnowIsToldApart(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	link := w.created()
	w.provider.next("send", timeout())
	_, err := w.Send(t.Context(), link.ID, paylinks.SendRequest{})
	require.Error(t, err)
	assert.InDelta(t, 1, w.value("paylinks.operations", "operation=send", "outcome=unknown", "open=false"), 0)
	assert.InDelta(t, 1, w.value("paylinks.events", "event=operation.unknown"), 0)
	assert.Equal(t, 1, w.log.times("nobody knows whether it happened"))
}

func TestWebhooksAreCountedAtTheDoor(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	link := w.created()
	require.NoError(t, w.deliver(link.Ref.PaymentID, "1", "good"))
	require.NoError(t, w.deliver(link.Ref.PaymentID, "1", "good"))
	require.ErrorIs(t, w.deliver(link.Ref.PaymentID, "2", "bad"), paylinks.ErrUnproven)
	require.Error(t, w.HandleWebhook(t.Context(), "a-strangers-word", "another", paylinks.WebhookRequest{Header: http.Header{}}))
	require.Error(t, w.HandleWebhook(t.Context(), "a-strangers-word", "fake-main", paylinks.WebhookRequest{Header: http.Header{}}))
	for result, times := range map[string]float64{"accepted": 1, "duplicate": 1, "unproven": 1} {
		assert.InDelta(t, times, w.value("paylinks.webhooks", "provider=fake", "result="+result), 0, result)
	}
	assert.InDelta(t, 2, w.value("paylinks.webhooks", "result=unknown_app"), 0)
	assert.InDelta(t, float64(w.clock.Now().Unix()), w.value("paylinks.webhook.last_seen", "provider=fake", "org_app_id=fake-main"), 0.001)
	assert.Equal(t, 1, w.log.times("a webhook was refused"))

	w.clock.Advance(7 * time.Second)
	require.NoError(t, w.HandleWebhooks(t.Context()))
	assert.InDelta(t, 1, w.value("paylinks.webhook.lag", "provider=fake"), 0)
	assert.Equal(t, link.ID, attributesOf(w.span("paylinks.webhook.handle").Attributes)["paylinks.paylink_id"])
	for name, points := range w.points() {
		for _, p := range points {
			for key, value := range p.labels {
				assert.NotContains(t, value, "strangers-word", "%s of %s", key, name)
				assert.NotContains(t, value, link.ID, "%s of %s", key, name)
			}
		}
	}
}

func TestAnUnknownStatusIsToldOnceForEachWord(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	link := w.created()
	for _, word := range []string{"ODD", "ODD", "ODD", "EVEN"} {
		w.provider.set(link.Ref.PaymentID, func(s *paylinks.Snapshot) { s.Status, s.ProviderStatus = paylinks.StatusUnknown, word })
		w.clock.Advance(3 * time.Second)
		_, err := w.Get(t.Context(), link.ID)
		require.NoError(t, err)
	}
	assert.InDelta(t, 2, w.value("paylinks.provider.unknown_statuses", "provider=fake"), 0)
	assert.Equal(t, 1, w.log.times("provider_status=ODD"))
}

func TestAProviderThatIsAwayIsToldOnceAndSoIsItsReturn(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	for range 12 {
		w.created()
	}
	for range 40 {
		w.provider.next("fetch", timeout())
	}
	for range 40 {
		w.clock.Advance(time.Minute)
		require.NoError(t, w.CheckLinks(t.Context()))
		if w.log.times("a provider is away") == 1 && w.log.times("answers again") == 0 {
			assert.InDelta(t, 1, w.value("paylinks.provider.resting", "provider=fake", "org_app_id=fake-main"), 0)
		}
	}
	assert.Equal(t, 1, w.log.times("a provider is away"))
	assert.Equal(t, 1, w.log.times("answers again"))
	assert.InDelta(t, 0, w.value("paylinks.provider.resting"), 0)
	assert.Positive(t, w.value("paylinks.check.lag", "provider=fake"))
	assert.Equal(t, "fake-main", attributesOf(w.span("paylinks.check").Attributes)["paylinks.org_app_id"])
}

// Whoever sees first that a provider is back, even a caller: nobody is paged for a provider that answers.
func TestACallersSuccessEndsTheRest(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	var link *paylinks.Paylink
	for range 12 {
		link = w.created()
	}
	for range 40 {
		w.provider.next("fetch", timeout())
	}
	for w.log.times("a provider is away") == 0 {
		w.clock.Advance(time.Minute)
		require.NoError(t, w.CheckLinks(t.Context()))
	}
	require.InDelta(t, 1, w.value("paylinks.provider.resting", "provider=fake", "org_app_id=fake-main"), 0)
	for range 40 { // the faults that are left
		_, err := w.Get(t.Context(), link.ID)
		require.NoError(t, err)
		w.clock.Advance(time.Minute)
	}
	assert.Equal(t, 1, w.log.times("answers again"))
	assert.InDelta(t, 0, w.value("paylinks.provider.resting"), 0)
}

func TestASyncIsCounted(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	w.gateway.bad["pi_003"] = "no amount"
	_, err := w.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main"})
	require.NoError(t, err)
	require.NoError(t, w.RunSyncs(t.Context()))
	assert.InDelta(t, 24, w.value("paylinks.sync.rows", "provider=gate", "result=stored"), 0)
	assert.InDelta(t, 1, w.value("paylinks.sync.rows", "provider=gate", "result=skipped"), 0)
	assert.InDelta(t, 3, w.value("paylinks.sync.pages", "provider=gate"), 0)
	assert.InDelta(t, 1, w.value("paylinks.sync.runs", "provider=gate", "result=completed"), 0)
	completed := float64(w.clock.Now().Unix())
	assert.InDelta(t, completed, w.value("paylinks.sync.last_completed", "org_app_id=gate-main"), 0.001)

	w.clock.Advance(time.Hour)
	w.gateway.before = func(context.Context, int) error { return refused(paylinks.RefusedCredentials).err }
	_, err = w.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main"})
	require.NoError(t, err)
	require.NoError(t, w.RunSyncs(t.Context()))
	assert.InDelta(t, 1, w.value("paylinks.sync.runs", "provider=gate", "result=failed"), 0)
	assert.Equal(t, 1, w.log.times("level=ERROR msg=\"a sync of payments stopped\""))
	assert.Equal(t, "credentials", attributesOf(w.span("paylinks.sync").Attributes)["error.type"])

	require.NoError(t, w.ScheduleSyncs(t.Context()))
	assert.InDelta(t, completed, w.value("paylinks.sync.last_completed", "org_app_id=gate-main"), 0.001, "as the store has it")
}

func TestADeadLetterIsTold(t *testing.T) {
	t.Parallel()
	broken := true
	w := newTower(t, func(o *paylinks.Options) {
		o.OnEvent = func(context.Context, paylinks.Event) error {
			if broken {
				return errors.New("not now")
			}
			return nil
		}
	})
	require.NoError(t, w.PlaceLocalEndpoint(t.Context()))
	w.created()
	for range 12 {
		require.NoError(t, w.DeliverEvents(t.Context()))
		w.clock.Advance(40 * time.Hour)
	}
	assert.InDelta(t, 11, w.value("paylinks.delivery.duration", "target=program", "result=failed"), 0)
	assert.InDelta(t, 1, w.value("paylinks.delivery.dead", "target=program"), 0)
	assert.Equal(t, 1, w.log.times("could not be delivered in three days"))

	broken = false
	w.created()
	require.NoError(t, w.DeliverEvents(t.Context()))
	assert.InDelta(t, 1, w.value("paylinks.delivery.duration", "target=program", "result=delivered"), 0)
	assert.InDelta(t, 1, w.value("paylinks.delivery.lag", "target=program"), 0)
	assert.Equal(t, "paylink.created", attributesOf(w.span("paylinks.event.deliver").Attributes)["paylinks.event"])
}

// TestTelemetryKnowsNoBuyer: neither traces nor metrics nor logs have anything of a buyer, of what was bought, or of the amounts.
func TestTelemetryKnowsNoBuyer(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	ctx := t.Context()
	buy := request()
	buy.OrderID, buy.Amount = "ORDER-SECRET-1", "98765432109.87"
	buy.BuyerName, buy.BuyerEmail, buy.BuyerPhone = "Noura Alqahtani", "noura@example.test", "0512345678"
	buy.Description, buy.Metadata = "a velvet sofa", map[string]string{"note": "gift for Huda"}
	buy.IdempotencyKey = "idem-key-secret"
	w.provider.next("create", fault{}, refused(paylinks.RefusedRequest), timeout())
	link, err := w.Create(ctx, buy)
	require.NoError(t, err)
	for _, key := range []string{"second", "third"} {
		buy.IdempotencyKey = key
		_, err = w.Create(ctx, buy)
		require.Error(t, err)
	}
	buy.BuyerPhone, buy.BuyerEmail = "0512345678-noura", "noura@"
	_, err = w.Create(ctx, buy)
	require.ErrorIs(t, err, paylinks.CodeValidationFailed)
	w.provider.next("send", timeout())
	_, err = w.Send(ctx, link.ID, paylinks.SendRequest{})
	require.Error(t, err)
	require.NoError(t, w.deliver(link.Ref.PaymentID, "1", "good"))
	w.provider.pay(link.Ref.PaymentID)
	require.NoError(t, w.HandleWebhooks(ctx))
	_, err = w.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: "till-7"})
	require.NoError(t, err)
	w.provider.next("refund", timeout())
	w.provider.next("fetch", timeout())
	_, err = w.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "45678901234.56", Reason: "Noura didn't like it"})
	require.Error(t, err)
	w.clock.Advance(time.Hour)
	require.NoError(t, w.SettleOperations(ctx))
	require.NoError(t, w.CheckLinks(ctx))

	told := []string{w.log.String()}
	for _, span := range w.spans.GetSpans() {
		told = append(told, span.Name, span.Status.Description)
		for key, value := range attributesOf(span.Attributes) {
			told = append(told, key+"="+value)
		}
		assert.Empty(t, span.Events, "an event would carry an error's text")
	}
	for name, points := range w.points() {
		for _, p := range points {
			for key, value := range p.labels {
				told = append(told, name+" "+key+"="+value)
			}
		}
	}
	require.Greater(t, len(told), 100)
	all := strings.Join(told, "\n")
	for _, secret := range []string{
		"Noura", "noura", "Alqahtani", "512345678", "velvet", "Huda", "ORDER-SECRET", "98765432109.87", "45678901234.56", "idem-key-secret", "till-7", "checkout.example", "pay.example",
	} {
		assert.NotContains(t, all, secret)
	}
}
