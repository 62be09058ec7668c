package bench

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// contender is one way to do a job.
type contender struct {
	name string
	// do does the job once. It's called from several goroutines.
	do func() error
}

// rounds is how many turns each contender has; the ratio reported is the median of theirs.
const rounds = 9

// compare has contenders do b.N jobs each, side by side for the given number of clients, and reports how many the first does per second, and
// how that compares with each of the others.
func compare(b *testing.B, clients int, contenders ...contender) {
	b.Helper()
	per := max(b.N/rounds, clients)
	rates := make([][]float64, len(contenders))
	for _, c := range contenders {
		require.NoError(b, c.do()) // a warm-up
	}
	b.ResetTimer()
	for round := range rounds {
		for offset := range contenders {
			i := (round + offset) % len(contenders)
			elapsed, err := take(contenders[i], clients, per)
			require.NoError(b, err)
			rates[i] = append(rates[i], float64(per)/elapsed.Seconds())
		}
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op") // it would be all contenders' together
	b.ReportMetric(median(rates[0]), contenders[0].name+"/s")
	for i := 1; i < len(contenders); i++ {
		ratios := make([]float64, rounds)
		for round := range ratios {
			ratios[round] = rates[0][round] / rates[i][round]
		}
		b.ReportMetric(median(ratios), "x-"+contenders[i].name)
	}
}

// take has one contender do n jobs.
func take(c contender, clients, n int) (time.Duration, error) {
	var left atomic.Int64
	left.Store(int64(n))
	var group sync.WaitGroup
	errs := make([]error, clients)
	start := time.Now()
	for i := range clients {
		group.Go(func() {
			for left.Add(-1) >= 0 && errs[i] == nil {
				errs[i] = c.do()
			}
		})
	}
	group.Wait()
	elapsed := time.Since(start)
	for _, err := range errs {
		if err != nil {
			return 0, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return elapsed, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
