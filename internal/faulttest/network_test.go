package faulttest

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The network between us and the provider loses, cuts and delays what it carries. Each call that had an effect is found to have had it,
// none has it twice, and once the network is well everything settles by itself.
func TestTheNetworkIsBad(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		now := newClock(true)
		w := open(now.Now)
		front := httptest.NewServer(w)
		t.Cleanup(front.Close)
		var healthy atomic.Bool
		network := newWire(t, strings.TrimPrefix(front.URL, "http://"), anyMishap(&healthy, 0.3))
		transport := &http.Transport{MaxIdleConnsPerHost: 16}
		t.Cleanup(transport.CloseIdleConnections)
		s := openShop(t, blueprint{
			world: w, baseURL: network.url(), client: &http.Client{Transport: transport},
			options: paylinks.Options{
				CallTimeout: 250 * time.Millisecond, RefreshTimeout: 150 * time.Millisecond, RefreshInterval: 10 * time.Millisecond,
				PollInterval: 20 * time.Millisecond, Now: now.Now,
			},
		})
		s.run(t)

		var finished atomic.Int64
		sales := salesOf(w, s.till, size(flagSales, 60, 18))
		require.Empty(t, few(<-run(ctx, sales, 8, func(int) {}, &finished)))
		healthy.Store(true)
		// What nobody can know is given up once the life of a link is over; everything else has settled long before.
		now.advance(26 * time.Hour)

		links := agreeInTheEnd(ctx, t, s.till, w)
		assert.Empty(t, few(broken(sales, links)))
		assert.Zero(t, s.till.inside.Load(), "answers that say internal")
		for _, link := range links {
			assert.NotContains(t, []paylinks.Status{paylinks.StatusCreating, paylinks.StatusCreated}, link.Status, "order %s", link.OrderID)
		}
		seen := network.seen()
		for _, what := range mishaps() {
			assert.Positive(t, seen[what], what)
		}
		t.Logf("%d sales, %d retries; %s; on the wire: %v", finished.Load(), s.till.retries.Load(), tally(links), sorted(seen))
	})
}

// anyMishap goes wrong with a share of all exchanges until the network is healthy.
func anyMishap(healthy *atomic.Bool, share float64) func() mishap {
	var mu sync.Mutex
	next := 0 // each in turn, so that none is left out
	random := rand.New(rand.NewPCG(1, 2))
	return func() mishap {
		mu.Lock()
		defer mu.Unlock()
		if healthy.Load() || random.Float64() >= share {
			return fine
		}
		next++
		return mishaps()[next%len(mishaps())]
	}
}

// sorted is a map of counts in a fixed order, for the log.
func sorted(counts map[mishap]int) []any {
	var list []any
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, what, counts[what])
	}
	return list
}
