package paylinks_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// TestStatesAsDocumented compares docs/states.md with the transition table: its own table cell by cell, and each arrow of its diagram.
func TestStatesAsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/states.md")
	require.NoError(t, err)
	statuses := paylinks.Statuses()

	rows := map[string][]string{}
	for _, match := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|(( (?:·|→|late) \\|)+)$").FindAllStringSubmatch(string(text), -1) {
		rows[match[1]] = strings.Fields(strings.ReplaceAll(match[2], "|", " "))
	}
	assert.Len(t, rows, len(statuses))
	for _, from := range statuses {
		row := rows[string(from)]
		require.Len(t, row, len(statuses), from)
		for column, to := range statuses {
			assert.Equal(t, cell(from, to), row[column], "%s → %s", from, to)
		}
	}

	arrows := regexp.MustCompile(`(?m)^    ([a-z_]+) --> ([a-z_]+)(?:: (.+))?$`).FindAllStringSubmatch(string(text), -1)
	assert.NotEmpty(t, arrows)
	for _, arrow := range arrows {
		want := "→"
		if strings.Contains(arrow[3], "late") {
			want = "late"
		}
		assert.Equal(t, want, cell(paylinks.Status(arrow[1]), paylinks.Status(arrow[2])), arrow[0])
	}
}

// cell is what the document has for a transition.
func cell(from, to paylinks.Status) string {
	switch next, late := paylinks.Advance(from, to); {
	case late:
		return "late"
	case next != from:
		return "→"
	default:
		return "·"
	}
}
