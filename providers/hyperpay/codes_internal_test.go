package hyperpay

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The class of each code: the patterns overlap, so this is a test of their order.
func TestClasses(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/result_codes.csv")
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		assert.Equal(t, row[0], classOf(row[2]).name, "the class of %q", row[2])
		seen[row[0]] = true
	}
	for _, c := range classes {
		assert.True(t, seen[c.name], "no case for %q", c.name)
	}
}
