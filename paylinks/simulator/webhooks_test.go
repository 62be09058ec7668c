package simulator_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// merchant receives webhooks and answers them as told, 200 once it has run out of orders.
type merchant struct {
	url string

	mu      sync.Mutex
	answers []int
	bodies  []string
	headers []http.Header
}

func newMerchant(t *testing.T, answers ...int) *merchant {
	t.Helper()
	m := &merchant{answers: answers}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.bodies = append(m.bodies, string(body))
		m.headers = append(m.headers, r.Header)
		if len(m.answers) > 0 {
			w.WriteHeader(m.answers[0])
			m.answers = m.answers[1:]
		}
	}))
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *merchant) received() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.bodies...)
}

func (m *merchant) message(body string) simulator.Message {
	return simulator.Message{URL: m.url, Header: http.Header{"X-Proof": {"right"}}, Body: []byte(body), Key: body}
}

// frozen is a kit whose clock stands still, so that a retry comes only when the test says so.
func frozen(retries ...time.Duration) *simulator.Kit {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return simulator.New(simulator.Config{Now: func() time.Time { return start }, Retries: retries})
}

func run(t *testing.T, kit *simulator.Kit) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- kit.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done)
	})
}

func waitFor(t *testing.T, kit *simulator.Kit, n int) []simulator.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	deliveries, err := kit.Webhooks.WaitDelivered(ctx, n)
	require.NoError(t, err)
	return deliveries
}

func TestAWebhookIsSentAtOnceWithItsHeader(t *testing.T) {
	t.Parallel()
	merchant, kit := newMerchant(t), frozen()
	run(t, kit)
	kit.Webhooks.Queue(merchant.message("paid"))

	deliveries := waitFor(t, kit, 1)
	assert.Equal(t, []string{"paid"}, merchant.received())
	assert.Equal(t, "right", merchant.headers[0].Get("X-Proof"))
	assert.Equal(t, "application/json", merchant.headers[0].Get("Content-Type"))
	assert.Equal(t, 200, deliveries[0].Status)
	assert.Equal(t, 1, deliveries[0].Attempt)
	assert.Empty(t, kit.Webhooks.Pending())
}

func TestAFailedWebhookIsRepeatedOnScheduleUntilTheTriesAreUsedUp(t *testing.T) {
	t.Parallel()
	merchant, kit := newMerchant(t, 500, 500, 500, 500), frozen(time.Minute, 2*time.Minute)
	run(t, kit)
	kit.Webhooks.Queue(merchant.message("paid"))
	waitFor(t, kit, 1)
	require.Len(t, kit.Webhooks.Pending(), 1)

	kit.Clock.Advance(time.Minute)
	waitFor(t, kit, 2)
	kit.Clock.Advance(2 * time.Minute)
	deliveries := waitFor(t, kit, 3)

	assert.Empty(t, kit.Webhooks.Pending(), "three tries are all")
	var attempts []int
	for _, delivery := range deliveries {
		attempts = append(attempts, delivery.Attempt)
	}
	assert.Equal(t, []int{1, 2, 3}, attempts)
}

func TestARepeatedWebhookThatIsTakenIsDone(t *testing.T) {
	t.Parallel()
	merchant, kit := newMerchant(t, 404), frozen(time.Minute, time.Minute)
	kit.Webhooks.Queue(merchant.message("paid"))
	kit.Webhooks.Flush(t.Context())
	require.Len(t, kit.Webhooks.Pending(), 1)
	kit.Webhooks.Flush(t.Context())
	assert.Empty(t, kit.Webhooks.Pending())
	assert.Equal(t, []string{"paid", "paid"}, merchant.received())
}

func TestControls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		control func(*simulator.Webhooks)
		send    func(*simulator.Webhooks, context.Context)
		want    []string
	}{
		"none":       {want: []string{"a", "b"}},
		"off":        {control: func(w *simulator.Webhooks) { w.Off(true) }},
		"duplicated": {control: func(w *simulator.Webhooks) { w.Copies(2) }, want: []string{"a", "a", "b", "b"}},
		"reordered":  {send: func(w *simulator.Webhooks, ctx context.Context) { w.FlushReversed(ctx) }, want: []string{"b", "a"}},
		"forged": {control: func(w *simulator.Webhooks) {
			w.Tamper(func(m simulator.Message) simulator.Message { m.Body = []byte("x"); return m })
		}, want: []string{"x", "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			merchant, kit := newMerchant(t), frozen()
			if c.control != nil {
				c.control(kit.Webhooks)
			}
			kit.Webhooks.Queue(merchant.message("a"))
			kit.Webhooks.Queue(merchant.message("b"))
			kit.Webhooks.Queue(simulator.Message{Body: []byte("nowhere to go")})
			if c.send == nil {
				c.send = func(w *simulator.Webhooks, ctx context.Context) { w.Flush(ctx) }
			}
			c.send(kit.Webhooks, t.Context())
			assert.Equal(t, c.want, merchant.received())
		})
	}
}

func TestHeldWebhooksWaitUntilTheyAreLetGo(t *testing.T) {
	t.Parallel()
	merchant, kit := newMerchant(t), frozen()
	kit.Webhooks.Hold(true)
	run(t, kit)
	kit.Webhooks.Queue(merchant.message("first"))
	kit.Webhooks.Send(t.Context(), merchant.message("second"))
	assert.Equal(t, []string{"second"}, merchant.received(), "Send goes past the controls, what is held doesn't go")

	kit.Webhooks.Hold(false)
	waitFor(t, kit, 2)
	assert.Equal(t, []string{"second", "first"}, merchant.received())
}

func TestAWebhookThatReachesNobodyIsRecordedWithItsError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	kit := frozen()
	for _, url := range []string{server.URL, "::"} {
		delivery := kit.Webhooks.Send(t.Context(), simulator.Message{URL: url})
		require.Error(t, delivery.Err)
		assert.Zero(t, delivery.Status)
	}
	assert.Len(t, kit.Webhooks.Deliveries(), 2)
}

func TestWaitingForAWebhookEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := frozen().Webhooks.WaitDelivered(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}
