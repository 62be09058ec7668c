package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

const (
	writer = "till-token"
	reader = "prometheus-token"
	tenant = "tenant-token"
	// pace is how often a test looks again for what it waits for, patience for how long.
	pace     = 20 * time.Millisecond
	patience = time.Minute
)

// moody is a provider with bad days, and a gateway with one bad row.
type moody struct {
	mu       sync.Mutex
	refusals map[string]*paylinks.ProviderError
	word     string
	made     int
}

// refuse has calls of a kind fail from now on, nil: succeed.
func (m *moody) refuse(call string, refusal *paylinks.ProviderError) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusals[call] = refusal
}

func (m *moody) answer(call string, ref paylinks.Ref, amount paylinks.Money) (paylinks.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if refusal := m.refusals[call]; refusal != nil {
		return paylinks.Snapshot{}, refusal
	}
	facts := paylinks.Snapshot{Ref: ref, Status: paylinks.StatusCreated, ProviderStatus: "NEW", Amount: amount, CheckoutURL: "https://checkout.example/"}
	if call == "create" {
		m.made++
		facts.Ref = paylinks.Ref{PaymentID: fmt.Sprintf("pay_%d", m.made)}
	} else if m.word != "" {
		facts.Status, facts.ProviderStatus = paylinks.StatusUnknown, m.word
	}
	return facts, nil
}

func (m *moody) Info() paylinks.Info {
	return paylinks.Info{
		ID: "moody", Name: "Moody", Kind: paylinks.KindBNPL, Currencies: []paylinks.Currency{paylinks.SAR}, Checkout: paylinks.DeliveryQR,
		Capabilities: []paylinks.Capability{paylinks.CanCancel}, LinkLife: time.Hour, SettleLife: time.Hour, RateLimit: 1000,
	}
}

func (m *moody) Create(_ context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	return m.answer("create", paylinks.Ref{}, in.Amount)
}

func (m *moody) Fetch(_ context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	return m.answer("fetch", ref, ref.Amount)
}

func (m *moody) Capture(_ context.Context, ref paylinks.Ref, _ paylinks.CaptureInput) (paylinks.Snapshot, error) {
	return m.answer("capture", ref, ref.Amount)
}

func (m *moody) Cancel(_ context.Context, ref paylinks.Ref, _ paylinks.CancelInput) (paylinks.Snapshot, error) {
	return m.answer("cancel", ref, ref.Amount)
}

// patchy is a gateway with one row that can't be read.
type patchy struct{}

func (patchy) Info() paylinks.Info {
	return paylinks.Info{ID: "patchy", Name: "Patchy", Kind: paylinks.KindGatewaySync}
}

func (patchy) Payments(context.Context, paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		yield(paylinks.Payment{}, &paylinks.BadRow{ID: "row", Reason: "no amount"})
	}
}

// shop is the server as main puts it together, with simulated providers, one that is moody, and receivers of events that may be away.
type shop struct {
	t       *testing.T
	url     string
	service *paylinks.Service
	moody   *moody
	offset  atomic.Int64
	away    atomic.Bool
}

// Now is the real time, but for what a test has skipped.
func (s *shop) Now() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }

// RoundTrip answers for whoever receives events.
func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.away.Load() {
		return nil, errors.New("nobody there")
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func openShop(t *testing.T) *shop {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	addr := front.Listener.Addr().String()
	environment := env(map[string]string{
		"PAYLINKS_PUBLIC_URL": "http://" + addr, "PAYLINKS_TOKENS": writer + "," + reader + ":ro," + tenant + ":ro=tabby-main",
	})
	config, err := readConfig(environment)
	require.NoError(t, err)
	s := &shop{t: t, url: "http://" + addr, moody: &moody{refusals: map[string]*paylinks.ProviderError{}}}
	log := slog.New(slog.DiscardHandler)

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var work sync.WaitGroup
	simulators, err := startSimulators(ctx, &work, config, addr, log)
	require.NoError(t, err)
	apps, err := config.apps(simulators, log)
	require.NoError(t, err)
	apps["moody-main"], apps["patchy-main"] = s.moody, patchy{}
	telemetry, err := startTelemetry(ctx, environment, log)
	require.NoError(t, err)
	store, err := sqlite.OpenMemory(ctx)
	require.NoError(t, err)
	s.service, err = paylinks.New(store, apps, paylinks.Options{
		PublicURL: config.publicURL, Logger: log, SigningKey: "0123456789abcdef0123456789abcdef", AllowPrivateEndpoints: true, EndpointTransport: s, Now: s.Now,
		PollInterval: pace, TracerProvider: telemetry.tracers, MeterProvider: telemetry.meters,
	})
	require.NoError(t, err)
	closing := make(chan struct{})
	front.Config.Handler, err = newHandler(s.service, config, simulators, telemetry, closing, log)
	require.NoError(t, err)
	front.Start()
	work.Go(func() { _ = s.service.Run(ctx) })
	t.Cleanup(func() {
		close(closing)
		stop()
		front.CloseClientConnections()
		front.Close()
		work.Wait()
		assert.NoError(t, store.Close())
		telemetry.close(ctx, log)
	})
	return s
}

// call asks the server for something and reads its answer.
func (s *shop) call(token, method, target, body string) (status int, answer string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, target, strings.NewReader(body))
	require.NoError(s.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(body, "decision=") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	require.NoError(s.t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res.StatusCode, string(text)
}

// post sends something to the API that must work, and returns a field of the answer for each name.
func (s *shop) post(path, body string, names ...string) []string {
	s.t.Helper()
	status, answer := s.call(writer, http.MethodPost, s.url+path, body)
	require.Less(s.t, status, 300, "%s: %s", path, answer)
	var fields map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(answer), &fields))
	values := make([]string, len(names))
	for i, name := range names {
		values[i], _ = fields[name].(string)
	}
	return values
}

func (s *shop) scrape() string {
	s.t.Helper()
	status, text := s.call(reader, http.MethodGet, s.url+"/metrics", "")
	require.Equal(s.t, http.StatusOK, status, text)
	return text
}

// until waits for a line of the scrape that begins so, and does something each time that it's not there.
func (s *shop) until(line string, meanwhile func()) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		if strings.Contains("\n"+s.scrape(), "\n"+line) {
			return true
		}
		meanwhile()
		return false
	}, patience, pace, line)
}

// moodyLink makes a link at the moody provider.
func (s *shop) moodyLink() (*paylinks.Paylink, error) {
	return s.service.Create(s.t.Context(), paylinks.CreateRequest{Provider: "moody", OrgAppID: "moody-main", OrderID: "POS-9", Amount: "10.00", Currency: "SAR"})
}

const paylinksPath = "/api/v1/providers/paylinks"

// goodDay sells at each provider, to the end.
func (s *shop) goodDay() {
	for _, provider := range []string{"tabby", "tamara", "mispay"} {
		made := s.post(paylinksPath, `{"provider":"`+provider+`","org_app_id":"`+provider+`-main","order_id":"POS-1","amount":"150.00","currency":"SAR","buyer_name":"Noura",`+
			`"buyer_phone":"0500000001","buyer_email":"noura@example.test","description":"sofa"}`, "paylink_id", "checkout_url")
		id, page := made[0], made[1]
		parsed, err := url.Parse(page)
		require.NoError(s.t, err)
		status, answer := s.call("", http.MethodPost, page, "decision=pay")
		require.Less(s.t, status, 400, "%s: %s", parsed.Path, answer)
		s.until(`paylinks_webhook_lag_seconds_count{paylinks_provider="`+provider+`"}`, func() {})
		s.post(paylinksPath+"/"+id+"/capture", `{}`)
		s.post(paylinksPath+"/"+id+"/refund", `{"reason":"wrong size"}`)
	}
	s.post("/api/v1/payments/sync", `{"org_app_id":"moyasar-main"}`)
	s.until(`paylinks_sync_last_completed_seconds{paylinks_org_app_id="moyasar-main"`, func() {})
	s.until(`paylinks_delivery_lag_seconds_count{paylinks_target="endpoint"}`, func() {})
}

// badDay has everything go wrong at the moody provider.
func (s *shop) badDay() {
	away := &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown}
	s.moody.refuse("create", &paylinks.ProviderError{Refusal: paylinks.RefusedCredentials, Outcome: paylinks.NotApplied, Status: http.StatusUnauthorized})
	_, err := s.moodyLink()
	require.ErrorIs(s.t, err, paylinks.CodeProviderError)
	s.moody.refuse("create", &paylinks.ProviderError{Refusal: paylinks.RefusedBuyer, Outcome: paylinks.NotApplied})
	_, err = s.moodyLink()
	require.ErrorIs(s.t, err, paylinks.CodeBuyerRejected)
	s.moody.refuse("create", nil)
	var links []*paylinks.Paylink
	for range 9 {
		link, err := s.moodyLink()
		require.NoError(s.t, err)
		links = append(links, link)
	}
	s.moody.refuse("fetch", away)
	s.moody.refuse("cancel", away)
	_, err = s.service.Cancel(s.t.Context(), links[0].ID)
	require.ErrorIs(s.t, err, paylinks.CodeProviderTimeout)
	skip := func() { s.offset.Add(int64(3 * time.Second)) }
	s.until(`paylinks_provider_resting{paylinks_org_app_id="moody-main",paylinks_provider="moody"} 1`, skip)
	s.until(`paylinks_recovery_age_seconds_count{paylinks_operation="cancel",paylinks_outcome="unknown",paylinks_provider="moody"}`, skip)
	s.moody.mu.Lock()
	s.moody.word = "ODD"
	s.moody.mu.Unlock()
	s.moody.refuse("fetch", nil)
	s.until(`paylinks_provider_resting{paylinks_org_app_id="moody-main",paylinks_provider="moody"} 0`, skip)
	s.until(`paylinks_delivery_duration_seconds_count{paylinks_result="failed",paylinks_target="endpoint"}`, func() {
		s.away.Store(true)
		_, err := s.moodyLink()
		assert.NoError(s.t, err)
	})
	s.post("/api/v1/payments/sync", `{"org_app_id":"patchy-main"}`)
	s.until(`paylinks_sync_rows_total{paylinks_provider="patchy",paylinks_result="skipped"} 1`, func() {})
}

// TestTheScrapeTellsTheTruth drives the server through good and bad days and compares what it tells with what has happened, and with what the
// dashboard, the alerts and the operator's handbook speak of.
func TestTheScrapeTellsTheTruth(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.post("/api/v1/webhook-endpoints", `{"url":"http://127.0.0.1:1/hook"}`)
	s.goodDay()
	text := s.scrape()
	for _, provider := range []string{"tabby", "tamara", "mispay"} {
		for _, line := range []string{
			`paylinks_link_status_changes_total{paylinks_provider="` + provider + `",paylinks_status="created"} 1`,
			`paylinks_link_status_changes_total{paylinks_provider="` + provider + `",paylinks_status="refunded"} 1`,
			`paylinks_operations_total{paylinks_open="false",paylinks_operation="create",paylinks_outcome="applied",paylinks_provider="` + provider + `"} 1`,
			`paylinks_operations_total{paylinks_open="false",paylinks_operation="create",paylinks_outcome="unknown",paylinks_provider="` + provider + `"} 0`,
			`paylinks_provider_call_duration_seconds_count{paylinks_call="refund",paylinks_provider="` + provider + `",paylinks_result="ok"} 1`,
		} {
			assert.Contains(t, text, line+"\n")
		}
	}
	assert.Contains(t, text, `http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="201",http_route="/api/v1/providers/paylinks",url_scheme="http"} 3`+"\n")
	assert.Contains(t, text, `paylinks_sync_rows_total{paylinks_provider="moyasar",paylinks_result="stored"} 200`+"\n")
	assert.Contains(t, text, "\ngo_goroutines ")
	assert.Contains(t, text, "\nprocess_resident_memory_bytes ")

	stream, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+paylinksPath, http.NoBody)
	require.NoError(t, err)
	stream.Header.Set("Authorization", "Bearer "+writer)
	s.badDay()
	link, err := s.moodyLink()
	require.NoError(t, err)
	stream.URL.Path += "/" + link.ID + "/events"
	stream.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultTransport.RoundTrip(stream)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	s.until("paylinks_http_event_streams 1", func() {})

	text = s.scrape()
	words := regexp.MustCompile(`(?m) [0-9.e+-]+$`).ReplaceAllString(text, "") // without the figures, which may have any digits
	for _, secret := range []string{"Noura", "noura", "500000001", "sofa", "POS-1", link.ID, "checkout", writer, "127.0.0.1"} {
		assert.NotContains(t, words, secret)
	}
	figures := readScrape(t, text)
	checkDashboard(t, figures)
	checkAlerts(t, figures)
	checkHandbook(t, figures)
}

func TestMetricsAreForTheServersOwnReaders(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for token, want := range map[string]int{writer: 200, reader: 200, tenant: 403, "stranger": 401} {
		status, answer := s.call(token, http.MethodGet, s.url+"/metrics", "")
		assert.Equal(t, want, status, token)
		if want != http.StatusOK {
			assert.Contains(t, answer, `"success":false`)
		}
	}
}
