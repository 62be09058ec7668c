package simulator_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// shop is a simulated provider with one operation, "sell", whose effect is to count a sale.
type shop struct {
	*simulator.Kit
	url    string
	client *http.Client
	sales  chan struct{}
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{Kit: simulator.New(simulator.Config{}), sales: make(chan struct{}, 100)}
	server := httptest.NewServer(s.Handle("sell", "sale.reference", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.sales <- struct{}{}
		simulator.WriteJSON(w, http.StatusCreated, map[string]string{"status": "sold, and this is long enough to be cut"})
	})))
	t.Cleanup(server.Close)
	s.url, s.client = server.URL, server.Client()
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

// sell calls the operation and returns its status and body; the error says that no whole answer came.
func (s *shop) sell(ctx context.Context, t *testing.T) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/sales?fast=1", strings.NewReader(`{"sale":{"reference":"sale-1"}}`))
	require.NoError(t, err)
	res, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { assert.NoError(t, res.Body.Close()) }()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

func TestEveryFaultIsKnownByItsEffectAndItsAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ask      func(*simulator.Faults)
		effect   int
		status   int
		body     string
		lost     bool
		answered int
	}{
		"none":         {ask: func(*simulator.Faults) {}, effect: 1, status: 201, body: `"sold`, answered: 201},
		"fail before":  {ask: func(f *simulator.Faults) { f.FailBefore("sell", 1, 503) }, status: 503, body: "Service Unavailable", answered: 503},
		"fail after":   {ask: func(f *simulator.Faults) { f.FailAfter("sell", 1, 500) }, effect: 1, status: 500, answered: 500},
		"drop before":  {ask: func(f *simulator.Faults) { f.DropBefore("sell", 1) }, lost: true},
		"drop after":   {ask: func(f *simulator.Faults) { f.DropAfter("sell", 1) }, effect: 1, lost: true},
		"garbled":      {ask: func(f *simulator.Faults) { f.Garble("sell", 1) }, effect: 1, status: 200, body: "<!DOCTYPE html>", answered: 200},
		"truncated":    {ask: func(f *simulator.Faults) { f.Truncate("sell", 1) }, effect: 1, lost: true, answered: 201},
		"redirected":   {ask: func(f *simulator.Faults) { f.Redirect("sell", 1) }, status: 307, answered: 307},
		"bloated":      {ask: func(f *simulator.Faults) { f.Bloat("sell", 1) }, effect: 1, status: 201, body: `  {"status":"sold`, answered: 201},
		"endless":      {ask: func(f *simulator.Faults) { f.Add(simulator.Fault{Padding: 1 << 20, Truncate: true}) }, effect: 1, lost: true, answered: 201},
		"slow":         {ask: func(f *simulator.Faults) { f.Delay("sell", 1, time.Nanosecond) }, effect: 1, status: 201, answered: 201},
		"another's":    {ask: func(f *simulator.Faults) { f.FailBefore("buy", 1, 503) }, effect: 1, status: 201, answered: 201},
		"anybody's":    {ask: func(f *simulator.Faults) { f.FailBefore("", 1, 503) }, status: 503, answered: 503},
		"taken back":   {ask: func(f *simulator.Faults) { f.FailBefore("", 0, 503); f.Clear() }, effect: 1, status: 201, answered: 201},
		"slow, failed": {ask: func(f *simulator.Faults) { f.Add(simulator.Fault{Delay: 1, Status: 502}) }, status: 502, answered: 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			c.ask(shop.Faults)

			status, body, err := shop.sell(t.Context(), t)

			if c.lost {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				assert.Equal(t, c.status, status)
				assert.Contains(t, body, c.body)
			}
			assert.Len(t, shop.sales, c.effect)
			calls := shop.Calls.Calls("sell")
			require.Len(t, calls, 1)
			assert.Equal(t, c.answered, calls[0].Status)
		})
	}
}

func TestAFaultStrikesAsOftenAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.Faults.FailBefore("sell", 2, 500)
	shop.Faults.FailBefore("sell", 1, 429)
	var statuses []int
	for range 4 {
		status, _, err := shop.sell(t.Context(), t)
		require.NoError(t, err)
		statuses = append(statuses, status)
	}
	assert.Equal(t, []int{500, 500, 429, 201}, statuses)
	assert.Equal(t, 4, shop.Calls.Count("sell"))
	assert.Equal(t, 4, shop.Calls.Count(""), "every operation")
}

// What follows a redirect is answered well, so that a caller who does can be told from one who doesn't.
func TestACallThatFollowsARedirectHasItsEffect(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.client.CheckRedirect = nil
	shop.Faults.Redirect("", 0)
	status, _, err := shop.sell(t.Context(), t)
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, status)
	assert.Len(t, shop.sales, 1)
	var asked []string
	for _, call := range shop.Calls.Calls("sell") {
		asked = append(asked, call.Path+"?"+call.Query+" "+string(call.Body))
	}
	const first = `/sales?fast=1 {"sale":{"reference":"sale-1"}}`
	assert.Equal(t, []string{first, strings.Replace(first, " ", "&simulator_redirected ", 1)}, asked)
}

// The caller of a bloated answer who hangs up has the server stop: it has nobody to write to.
func TestABloatedAnswerEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.Faults.Bloat("sell", 1)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shop.url, nil)
	require.NoError(t, err)
	res, err := shop.client.Do(req)
	require.NoError(t, err)
	blanks, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat(" ", 1<<20), string(blanks))
	require.NoError(t, res.Body.Close())
	status, _, err := shop.sell(t.Context(), t)
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, status)
}

func TestA429SaysHowLongToWait(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{http.StatusTooManyRequests: "90", http.StatusServiceUnavailable: ""} {
		kit := simulator.New(simulator.Config{RetryAfter: 90 * time.Second})
		kit.Faults.FailBefore("", 1, status)
		answer := httptest.NewRecorder()
		kit.Handle("sell", "", http.NotFoundHandler()).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		assert.Equal(t, status, answer.Code)
		assert.Equal(t, want, answer.Header().Get("Retry-After"))
	}
}

func TestAHangingCallEndsWithItsReleaseOrItsCaller(t *testing.T) {
	t.Parallel()
	shop := newShop(t)

	release := shop.Faults.Hang("sell", 1)
	answered := make(chan int)
	go func() {
		status, _, _ := shop.sell(t.Context(), t)
		answered <- status
	}()
	require.Eventually(t, func() bool { return shop.Calls.Count("sell") == 1 }, time.Minute, time.Millisecond)
	assert.Empty(t, shop.sales, "it must not have its effect while it hangs")
	release()
	release()
	assert.Equal(t, 201, <-answered)

	shop.Faults.Hang("sell", 1)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, _, err := shop.sell(ctx, t)
		gone <- err
	}()
	require.Eventually(t, func() bool { return shop.Calls.Count("sell") == 2 }, time.Minute, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled)
	assert.Len(t, shop.sales, 1)
}

func TestTheLedgerHasWhatWasAskedWordForWord(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	shop.Clock.Set(noon)
	_, _, err := shop.sell(t.Context(), t)
	require.NoError(t, err)

	calls := shop.Calls.Calls()
	require.Len(t, calls, 1)
	call := calls[0]
	assert.WithinDuration(t, noon, call.At, time.Minute)
	call.At = time.Time{}
	assert.Equal(t, simulator.Call{
		Op: "sell", Method: http.MethodPost, Path: "/sales", Query: "fast=1", Reference: "sale-1",
		Body: []byte(`{"sale":{"reference":"sale-1"}}`), Status: 201,
	}, call)
	assert.Empty(t, shop.Calls.Calls("buy"))
}

func TestABodyWithoutLimitIsRefused(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shop.url, strings.NewReader(strings.Repeat(" ", 2<<20)))
	require.NoError(t, err)
	res, err := shop.client.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	assert.Empty(t, shop.sales)
}

func TestTheClockRunsAndCanBeMoved(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("AST", 3*3600))
	now := start
	clock := simulator.NewClock(func() time.Time { return now })
	assert.Equal(t, start.UTC(), clock.Now())
	clock.Advance(20 * time.Minute)
	assert.Equal(t, start.Add(20*time.Minute).UTC(), clock.Now())
	now = now.Add(time.Second)
	assert.Equal(t, start.Add(20*time.Minute+time.Second).UTC(), clock.Now())
	clock.Set(start)
	assert.Equal(t, start.UTC(), clock.Now())
}

func TestUUIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		id := simulator.NewUUID()
		assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
		assert.False(t, seen[id])
		seen[id] = true
	}
}
