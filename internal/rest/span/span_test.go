package span_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/internal/rest/span"
)

func TestEarlierAndLater(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	second := first.Add(time.Nanosecond)
	for _, pair := range [][2]time.Time{{first, second}, {second, first}} {
		assert.Equal(t, first, span.Earlier(pair[0], pair[1]))
		assert.Equal(t, second, span.Later(pair[0], pair[1]))
	}
	assert.Equal(t, first, span.Later(first, time.Time{}), "a time that isn't known is no later one")
}

func TestUpToSecond(t *testing.T) {
	t.Parallel()
	whole := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for add, want := range map[time.Duration]time.Duration{
		0: 0, time.Nanosecond: time.Second, 999 * time.Millisecond: time.Second, -time.Nanosecond: 0, time.Second: time.Second,
	} {
		assert.Equal(t, whole.Add(want), span.UpToSecond(whole.Add(add)), add)
	}
	before := time.Date(1969, 12, 31, 23, 59, 58, 1, time.UTC)
	assert.Equal(t, int64(-1), span.UpToSecond(before).Unix(), "before 1970, too")
}

func TestOr(t *testing.T) {
	t.Parallel()
	assert.Equal(t, time.Second, span.Or(time.Second, time.Hour))
	assert.Equal(t, time.Hour, span.Or(0, time.Hour))
	assert.Zero(t, span.Or(-1, time.Hour))
}
