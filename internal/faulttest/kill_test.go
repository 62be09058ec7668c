package faulttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The process is killed again and again, wherever it happens to be, while tills do their sales. What a till was told stays true,
// nothing happens twice, and both ledgers agree in the end.
func TestTheProcessIsKilledAtRandom(t *testing.T) {
	t.Parallel()
	const clients = 32
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		flows, kills := size(flagFlows, 150, 40), size(flagKills, 25, 6)
		ctx, cancel := context.WithTimeout(t.Context(), patience+time.Duration(kills)*3*time.Second)
		defer cancel()
		w := open(nil)
		if !served(w) {
			t.Skipf("the server doesn't know %s yet", idOf(w))
		}
		s := newServer(t, slowly{w})
		require.NoError(t, s.start(ctx, ""))
		till := s.till(100 * time.Millisecond)

		var killed, finished atomic.Int64
		sales := salesOf(w, till, flows)
		failures := run(ctx, sales, clients, func(i int) {
			// The sales are spread over the kills: none is spared, and none comes after the last.
			for killed.Load() < int64(i*kills/flows) && ctx.Err() == nil {
				wait(ctx, 20*time.Millisecond)
			}
		}, &finished)
		for ; int(killed.Load()) < kills && ctx.Err() == nil; killed.Add(1) {
			wait(ctx, 50*time.Millisecond+rand.N(400*time.Millisecond))
			s.kill()
			require.NoError(t, s.start(ctx, ""))
		}
		require.Empty(t, few(<-failures))

		links := agreeInTheEnd(ctx, t, till, w)
		assert.Empty(t, few(broken(sales, links)))
		assert.Zero(t, till.inside.Load(), "answers that say internal")
		t.Logf("%d kills, %d sales, %d retries; %s", killed.Load(), finished.Load(), till.retries.Load(), tally(links))
	})
}

// slowly is a world that takes its time, so that a kill finds calls under way.
type slowly struct{ world }

func (s slowly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wait(r.Context(), rand.N(80*time.Millisecond))
	s.world.ServeHTTP(w, r)
	wait(r.Context(), rand.N(80*time.Millisecond))
}

// salesOf are n sales, all ways in turn.
func salesOf(w world, till *till, n int) []*sale {
	sales := make([]*sale, n)
	for i := range sales {
		sales[i] = &sale{world: w, till: till, order: fmt.Sprintf("order-%05d", i), way: i % len(ways)}
	}
	return sales
}

// run does the sales, as many at a time as there are clients, and hands over what failed once all are done. before is called before each.
func run(ctx context.Context, sales []*sale, clients int, before func(i int), finished *atomic.Int64) <-chan []error {
	var mu sync.Mutex
	var failures []error
	var crew sync.WaitGroup
	next := make(chan int)
	for range clients {
		crew.Go(func() {
			for i := range next {
				before(i)
				if err := sales[i].run(ctx); err != nil {
					mu.Lock()
					failures = append(failures, err)
					mu.Unlock()
				}
				finished.Add(1)
			}
		})
	}
	result := make(chan []error, 1)
	go func() {
		for i := range sales {
			next <- i
		}
		close(next)
		crew.Wait()
		result <- failures
	}()
	return result
}

// few is the first of a long list.
func few[T any](list []T) []T { return list[:min(len(list), 5)] }
