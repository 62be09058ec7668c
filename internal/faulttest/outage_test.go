package faulttest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// line is the way to a provider that can be cut.
type line struct {
	next  http.RoundTripper
	cut   atomic.Bool
	tried atomic.Int64
}

var errCut = errors.New("the provider is away")

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.tried.Add(1)
	if l.cut.Load() {
		return nil, errCut
	}
	return l.next.RoundTrip(r)
}

// A provider is away, with many links open and some operations without a known outcome. Meanwhile it's called no more often than its
// limit allows, and memory doesn't grow; once it's back, everything settles by itself, and soon. Time is virtual here.
func TestTheProviderIsAway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		away        time.Duration
		full, brief int
	}{
		"for a day, with some links open":        {24 * time.Hour, 30, 0},
		"for half an hour, with many links open": {30 * time.Minute, 2000, 60},
	} {
		if size(flagLinks, c.full, c.brief) == 0 {
			continue // a day is too long for a brief run, even a virtual one
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWorld(t, func(t *testing.T, open newWorld) {
				t.Helper()
				synctest.Test(t, func(t *testing.T) {
					outage(t, open(nil), size(flagLinks, c.full, c.brief), cmp.Or(*flagOutage, c.away))
				})
			})
		})
	}
}

// tries is how often a read is sent that fails: retries are the HTTP client's.
const tries = 3

// callsPerSecond is the provider's limit, 10 where it tells none.
func callsPerSecond(w world) int { return cmp.Or(w.info().RateLimit, 10) }

func outage(t *testing.T, w world, links int, away time.Duration) {
	t.Helper()
	ctx := t.Context()
	way := &line{next: direct{w}}
	poll := max(time.Second, away/10_000, time.Duration(one(raceEnabled))*5*time.Second) // a day of looking every second is a long time, even a virtual one
	s := openShop(t, blueprint{
		world: w, baseURL: "http://provider.test", client: &http.Client{Transport: way}, memory: true,
		options: paylinks.Options{PollInterval: poll},
	})
	orders := s.open(ctx, t, links)
	stop := s.run(t)
	defer stop()

	// Just before, a tenth had a capture whose answer was lost. During the outage buyers pay, or don't.
	var early, late []string
	for i, orderID := range orders {
		switch {
		case i%10 == 0:
			early = append(early, orderID)
		case i%2 == 0:
			late = append(late, orderID)
		}
	}
	require.NoError(t, w.pay(early...))
	require.NoError(t, s.loseCaptures(ctx, w, 10))
	way.cut.Store(true)
	require.NoError(t, w.pay(late...))
	before, heap := way.tried.Load(), heapSize()
	wait(ctx, away)
	tried := way.tried.Load() - before
	grown := int64(heapSize()) - int64(heap)

	way.cut.Store(false)
	back := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Hour)
	defer cancel()
	s.follows(ctx, t, w, time.Minute, func(deal) bool { return true })
	settled := time.Since(back)
	t.Logf("%d links, away for %v: the provider was tried %d times (%.1f per second), the heap grew by %d KiB; all settled %v after its return, with %d calls",
		len(orders), away, tried, float64(tried)/away.Seconds(), grown>>10, settled.Round(time.Second), way.tried.Load()-before-tried)
	assert.Less(t, grown, int64(64<<20))
	limit := float64(callsPerSecond(w)) // of which the Service keeps half free for callers
	assert.LessOrEqual(t, float64(tried)/away.Seconds(), tries*limit/2)
	// Every link looked at once, at that pace, twice where its money is still to be taken, and some room for claims and rests to run out. However seldom Run polls.
	once := time.Duration(float64(links) / (limit / 2) * float64(time.Second))
	assert.LessOrEqual(t, settled, 2*once+5*time.Minute+max(0, w.info().SettleLife-away))
}

// loseCaptures captures every nth link; the capture happens and its answer is lost.
func (s *shop) loseCaptures(ctx context.Context, w world, n int) error {
	links, err := s.till.list(ctx, "")
	if err != nil {
		return err
	}
	for _, link := range links {
		var i int
		if _, err := fmt.Sscanf(link.OrderID, "order-%d", &i); err != nil || i%n != 0 {
			continue
		}
		lostAnswer.inject(w.faults(), w.ops()[paylinks.OperationCapture])
		lostAnswer.inject(w.faults(), w.ops()[""])
		if _, err := s.till.send(ctx, http.MethodPost, linkPath(link.ID, "capture"), "lost-"+link.ID, nil); err != nil {
			return err
		}
		w.faults().Clear()
	}
	return nil
}

func heapSize() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
