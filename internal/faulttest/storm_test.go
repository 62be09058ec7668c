package faulttest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// lives are what becomes of the links of a storm, each step with a webhook of its own.
var lives = [][]func(w world, orderID string) error{
	{payHere},
	{payHere, dashboard("capture", saleAmount)},
	{payHere, dashboard("capture", "60.00"), dashboard("void", "")},
	{payHere, dashboard("capture", saleAmount), dashboard("refund", "10.00"), dashboard("refund", "20.00")},
	{payHere, dashboard("void", "")},
	{func(w world, orderID string) error { return w.decline(orderID) }},
}

func payHere(w world, orderID string) error { return w.pay(orderID) }

func dashboard(action, amount string) func(world, string) error {
	return func(w world, orderID string) error { return w.dashboard(orderID, action, amount) }
}

// Webhooks come in a storm: each several times, in any order, one in ten of them forged. Every link ends in the provider's state, and
// that by the webhooks, as the clock stands still and nothing is polled. No forgery is let in, and none has the provider called.
func TestAStormOfWebhooks(t *testing.T) {
	t.Parallel()
	const callers, canaries = 32, 20
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		total := size(flagWebhooks, 5000, 600)
		ctx, cancel := context.WithTimeout(t.Context(), patience+time.Duration(total)*5*time.Millisecond)
		defer cancel()
		now := newClock(false)
		w := open(now.Now)
		reads := &counting{world: w}
		s := openShop(t, blueprint{world: reads, options: paylinks.Options{Now: now.Now, PollInterval: 10 * time.Millisecond}})
		links := min(total/10, 1000)
		orders := s.open(ctx, t, links+canaries)
		proven := liveOn(t, w, orders[canaries:])
		require.Less(t, len(proven), total*9/10)

		// The canaries are paid, and only forgeries tell of it. Were one believed, the look at the provider would show.
		var forged []hook
		for i := range total / 10 {
			if i < canaries {
				require.NoError(t, w.pay(orders[i]))
			}
			h, err := w.webhook(orders[i%(2*canaries)])
			require.NoError(t, err)
			forged = append(forged, w.forge(h, i))
		}
		type delivery struct {
			hook
			want int
		}
		var storm []delivery
		for i := range total - len(forged) {
			storm = append(storm, delivery{proven[i%len(proven)], http.StatusOK})
		}
		for _, h := range forged {
			storm = append(storm, delivery{h, http.StatusUnauthorized})
		}
		rand.Shuffle(len(storm), func(i, j int) { storm[i], storm[j] = storm[j], storm[i] })

		s.run(t)
		before, started := reads.calls.Load(), time.Now()
		var next, wrong, letIn atomic.Int64
		var crew sync.WaitGroup
		for range callers {
			crew.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(storm)); i = next.Add(1) - 1 {
					switch s.post(t, storm[i].hook) {
					case storm[i].want:
					case http.StatusOK:
						letIn.Add(1)
					default:
						wrong.Add(1)
					}
				}
			})
		}
		crew.Wait()
		took := time.Since(started)
		assert.Zero(t, letIn.Load(), "forgeries let in")
		assert.Zero(t, wrong.Load(), "webhooks answered otherwise than they should")

		// A webhook that met another one at its link comes again after a pause. Links may be due for a poll by then: where an event came
		// from is told with it.
		now.advance(2500 * time.Millisecond)
		stored := s.follows(ctx, t, w, 50*time.Millisecond, func(d deal) bool { return !isCanary(orders[:canaries], d.OrderID) })
		for _, link := range stored {
			if !isCanary(orders[:canaries], link.OrderID) {
				continue
			}
			events, err := s.till.events(ctx, link.ID)
			require.NoError(t, err)
			for _, event := range events {
				assert.NotContains(t, string(event.Data), `"source":"webhook"`, "a forgery was believed")
			}
		}
		looked := reads.calls.Load() - before
		assert.LessOrEqual(t, looked, int64(2*len(proven)), "a look for each webhook, and some again")

		for _, orderID := range orders[:canaries] {
			assert.Equal(t, http.StatusOK, s.deliver(t, orderID))
		}
		s.follows(ctx, t, w, 50*time.Millisecond, func(deal) bool { return true })
		t.Logf("%d webhooks (%d distinct, %d forged) of %d links taken in, in %v: %.0f per second; the provider was asked %d times",
			total, len(proven), len(forged), links, took.Round(time.Millisecond), float64(total)/took.Seconds(), looked)
	})
}

// counting counts what a provider is asked.
type counting struct {
	world
	calls atomic.Int64
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.calls.Add(1)
	c.world.ServeHTTP(w, r)
}

// open makes n links and returns their orders.
func (s *shop) open(ctx context.Context, tb testing.TB, n int) []string {
	tb.Helper()
	orders := make([]string, n)
	var crew sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		crew.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				orders[i] = fmt.Sprintf("order-%06d", i)
				r, err := s.till.send(ctx, http.MethodPost, api.PathPaylinks, "", order(s.world, orders[i], saleAmount))
				assert.NoError(tb, err)
				assert.Equal(tb, http.StatusCreated, r.status, r)
			}
		})
	}
	crew.Wait()
	return orders
}

// liveOn brings each order through a life, and returns the webhooks about every step.
func liveOn(t *testing.T, w world, orders []string) []hook {
	t.Helper()
	var hooks []hook
	for i, orderID := range orders {
		for _, live := range lives[i%len(lives)] {
			if errors.Is(live(w, orderID), errCutShort) {
				break // the provider can't do that
			}
			h, err := w.webhook(orderID)
			require.NoError(t, err)
			hooks = append(hooks, h)
		}
	}
	return hooks
}

func isCanary(canaries []string, orderID string) bool {
	for _, canary := range canaries {
		if canary == orderID {
			return true
		}
	}
	return false
}

// follows waits until the stored links agree with the deals that count, and returns all links.
func (s *shop) follows(ctx context.Context, t *testing.T, w world, pause time.Duration, counts func(deal) bool) []api.Paylink {
	t.Helper()
	var links []api.Paylink
	wrong := until(ctx, pause, func() []string {
		var err error
		if links, err = s.till.list(ctx, ""); err != nil {
			return []string{err.Error()}
		}
		var deals []deal
		seen := map[string]bool{}
		for _, d := range w.deals() {
			if counts(d) {
				deals, seen[d.OrderID] = append(deals, d), true
			}
		}
		var ours []api.Paylink
		for _, link := range links {
			if seen[link.OrderID] {
				ours = append(ours, link)
			}
		}
		return compare(ours, deals)
	})
	require.Empty(t, few(wrong))
	return links
}
