package httpserver

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// TestErrorsAsDocumented: docs/errors.md has every code once, with the status that it's answered with, and no other.
func TestErrorsAsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/errors.md")
	require.NoError(t, err)
	source, err := os.ReadFile("../paylinks/errors.go")
	require.NoError(t, err)

	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (\\d{3}) \\|").FindAllStringSubmatch(string(text), -1) {
		assert.NotContains(t, documented, row[1])
		documented[row[1]] = row[2]
	}
	codes := regexp.MustCompile(`(?m)^\tCode\w+ +Code = "([a-z_]+)"$`).FindAllStringSubmatch(string(source), -1)
	assert.NotEmpty(t, codes)
	assert.Len(t, documented, len(codes))
	for _, code := range codes {
		assert.Equal(t, strconv.Itoa(statuses[paylinks.Code(code[1])]), documented[code[1]], code[1])
	}
}
