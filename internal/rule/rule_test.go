package rule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rule"
)

func TestNamesAreVisibleASCII(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "r-1", `"quoted"`, strings.Repeat("n", 255)} {
		assert.Nil(t, rule.Name(name), name)
		assert.Nil(t, rule.Key(name), name)
	}
	for name, code := range map[string]string{"two words": "invalid", "línea": "invalid", "a\n": "invalid", "\xff": "invalid", strings.Repeat("n", 256): "too_long"} {
		require.NotNil(t, rule.Name(name), name)
		assert.Equal(t, code, rule.Name(name).Code, name)
		assert.Equal(t, rule.Name(name), rule.Key(name), name)
	}
}

func TestAnEmptyKeyInQuotesIsNone(t *testing.T) {
	t.Parallel()
	assert.Nil(t, rule.Name(`""`))
	assert.NotNil(t, rule.Key(`""`))
}
