package paging_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/paging"
)

var pages = map[string]struct {
	items []int
	next  string
}{
	"":  {[]int{1, 2}, "b"},
	"b": {nil, "c"},
	"c": {[]int{3}, ""},
}

func fetch(fetched *[]string) func(string) ([]int, string, error) {
	return func(cursor string) ([]int, string, error) {
		*fetched = append(*fetched, cursor)
		return pages[cursor].items, pages[cursor].next, nil
	}
}

func TestAllReadsEveryPage(t *testing.T) {
	t.Parallel()
	var fetched []string
	var got []int
	all := paging.All("", fetch(&fetched))
	for range 2 { // a walk can be walked again
		for n, err := range all {
			require.NoError(t, err)
			got = append(got, n)
		}
	}
	assert.Equal(t, []int{1, 2, 3, 1, 2, 3}, got)
	assert.Equal(t, []string{"", "b", "c", "", "b", "c"}, fetched)
}

func TestAllStopsWithTheLoop(t *testing.T) {
	t.Parallel()
	var fetched []string
	for n, err := range paging.All("", fetch(&fetched)) {
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		break
	}
	assert.Equal(t, []string{""}, fetched)
}

func TestAWalkInCirclesEnds(t *testing.T) {
	t.Parallel()
	calls := 0
	var last error
	for _, last = range paging.All("", func(string) ([]int, string, error) { calls++; return []int{9}, "again", nil }) {
		require.Less(t, calls, 5)
	}
	require.Error(t, last)
	assert.Equal(t, 2, calls)
}

func TestAnErrorEndsTheWalk(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	calls := 0
	var got []error
	for _, err := range paging.All("b", func(string) ([]int, string, error) { calls++; return []int{9}, "more", broken }) {
		got = append(got, err)
	}
	assert.Equal(t, []error{broken}, got)
	assert.Equal(t, 1, calls)
}
