package paylinks

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// instruments are the metrics. docs/operations.md says what each means and what to do about it.
type instruments struct {
	callDuration  metric.Float64Histogram
	resting       metric.Float64Gauge
	operations    metric.Int64Counter
	recoveryAge   metric.Float64Histogram
	statusChanges metric.Int64Counter
	events        metric.Int64Counter
	unknownWords  metric.Int64Counter

	webhooks    metric.Int64Counter
	webhookLag  metric.Float64Histogram
	lastWebhook metric.Float64Gauge
	checkLag    metric.Float64Histogram

	deliveryDuration metric.Float64Histogram
	deliveryLag      metric.Float64Histogram
	deadLetters      metric.Int64Counter

	syncRuns  metric.Int64Counter
	syncPages metric.Int64Counter
	syncRows  metric.Int64Counter
	lastSync  metric.Float64Gauge

	failures metric.Int64Counter
}

// The bounds of histograms in seconds: calls over the network; work that should follow at once; and what may take hours.
var (
	callBounds = []float64{0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20}
	lagBounds  = []float64{0.1, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600}
	longBounds = []float64{1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 72 * 3600}
)

func newInstruments(meter metric.Meter) (instruments, error) {
	var problems []error
	seconds := func(name, description string, bounds []float64) metric.Float64Histogram {
		made, err := meter.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(description), metric.WithExplicitBucketBoundaries(bounds...))
		problems = append(problems, err)
		return made
	}
	counter := func(name, unit, description string) metric.Int64Counter {
		made, err := meter.Int64Counter(name, metric.WithUnit("{"+unit+"}"), metric.WithDescription(description))
		problems = append(problems, err)
		return made
	}
	gauge := func(name, unit, description string) metric.Float64Gauge {
		made, err := meter.Float64Gauge(name, metric.WithUnit(unit), metric.WithDescription(description))
		problems = append(problems, err)
		return made
	}
	made := instruments{
		callDuration:  seconds("paylinks.provider.call.duration", "Calls to providers by call and result: ok, or why it was refused.", callBounds),
		resting:       gauge("paylinks.provider.resting", "{app}", "1 while an app's provider is taken for away and asked seldom, 0 once it answers."),
		operations:    counter("paylinks.operations", "operation", "Operations by outcome. An unknown one that is open is being settled and counts again once it is; one that isn't open needs a person."),
		recoveryAge:   seconds("paylinks.recovery.age", "Age of an operation after recovery has looked at it, by the outcome that is known then.", longBounds),
		statusChanges: counter("paylinks.link.status_changes", "change", "Links that moved to a status."),
		events:        counter("paylinks.events", "event", "Events raised by type."),
		unknownWords:  counter("paylinks.provider.unknown_statuses", "status", "Times that a provider used a status for a link that no table knows."),

		webhooks:    counter("paylinks.webhooks", "webhook", "Webhooks that arrived, by what became of them at the door."),
		webhookLag:  seconds("paylinks.webhook.lag", "From a webhook's arrival until its payment was read.", lagBounds),
		lastWebhook: gauge("paylinks.webhook.last_seen", "s", "When this process last took a proven webhook of an app, in seconds since 1970."),
		checkLag:    seconds("paylinks.check.lag", "From when a link was due to be looked at until the provider was asked.", lagBounds),

		deliveryDuration: seconds("paylinks.delivery.duration", "Tries to deliver an event by result.", callBounds),
		deliveryLag:      seconds("paylinks.delivery.lag", "From an event until it was delivered.", longBounds),

		deadLetters: counter("paylinks.delivery.dead", "delivery", "Deliveries that were given up after the last try."),

		syncRuns:  counter("paylinks.sync.runs", "run", "Walks through a gateway's payments that ended, by what became of the sync; running: it will go on."),
		syncPages: counter("paylinks.sync.pages", "page", "Pages of payments stored."),
		syncRows:  counter("paylinks.sync.rows", "row", "Rows of gateways that were stored, or skipped since they can't be read."),
		lastSync:  gauge("paylinks.sync.last_completed", "s", "When the last sync of an app was completed, in seconds since 1970."),

		failures: counter("paylinks.background.failures", "failure", "Rounds of background work that failed, such as for a store that can't answer."),
	}
	return made, errors.Join(problems...)
}

// The results at doors.
const (
	resultOK         = "ok"
	resultAccepted   = "accepted"
	resultDuplicate  = "duplicate"
	resultUnproven   = "unproven"
	resultUnreadable = "unreadable"
	resultUnknownApp = "unknown_app"
	resultFailed     = "failed"
	resultStored     = "stored"
	resultSkipped    = "skipped"
)

// labels are the attributes of a measurement. Empty ones are left out.
type labels struct {
	provider, orgApp, operation, outcome, open, call, result, status, event, target, work string
}

// labelSets keeps what labels are made into, since the same few come again and again.
type labelSets struct{ made sync.Map }

func (s *labelSets) of(l labels) metric.MeasurementOption {
	if known, ok := s.made.Load(l); ok {
		return known.(metric.MeasurementOption)
	}
	var pairs []attribute.KeyValue
	for _, label := range []struct {
		key   attribute.Key
		value string
	}{
		{attrProvider, l.provider},
		{attrOrgApp, l.orgApp},
		{attrOperation, l.operation},
		{attrOutcome, l.outcome},
		{attrOpen, l.open},
		{attrCall, l.call},
		{attrResult, l.result},
		{attrStatus, l.status},
		{attrEvent, l.event},
		{attrTarget, l.target},
		{attrWork, l.work},
	} {
		if label.value != "" {
			pairs = append(pairs, label.key.String(label.value))
		}
	}
	made, _ := s.made.LoadOrStore(l, metric.WithAttributeSet(attribute.NewSet(pairs...)))
	return made.(metric.MeasurementOption)
}

// observe, count and mark cost next to nothing while nobody listens.

func (t *telemetry) observe(ctx context.Context, histogram metric.Float64Histogram, d time.Duration, l labels) {
	if histogram.Enabled(ctx) {
		histogram.Record(ctx, max(d, 0).Seconds(), t.labelSets.of(l))
	}
}

func (t *telemetry) count(ctx context.Context, counter metric.Int64Counter, n int, l labels) {
	if n > 0 && counter.Enabled(ctx) {
		counter.Add(ctx, int64(n), t.labelSets.of(l))
	}
}

// zero has a counter exist before it counts anything. A rise from nothing to one is none to those who look at rates.
func (t *telemetry) zero(ctx context.Context, counter metric.Int64Counter, l labels) {
	if counter.Enabled(ctx) {
		counter.Add(ctx, 0, t.labelSets.of(l))
	}
}

// mark notes a time in a gauge.
func (t *telemetry) mark(ctx context.Context, gauge metric.Float64Gauge, at time.Time, l labels) {
	if gauge.Enabled(ctx) {
		gauge.Record(ctx, float64(at.UnixMilli())/1000, t.labelSets.of(l))
	}
}

// turn switches a gauge on or off.
func (t *telemetry) turn(ctx context.Context, gauge metric.Float64Gauge, on bool, l labels) {
	if !gauge.Enabled(ctx) {
		return
	}
	value := 0.0
	if on {
		value = 1
	}
	gauge.Record(ctx, value, t.labelSets.of(l))
}
