package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGuidesQuoteTheirExamples: the Go code of a guide is code that compiles and is tested. Each block occurs in the example that the guide is about, line
// by line, apart from indentation.
func TestGuidesQuoteTheirExamples(t *testing.T) {
	t.Parallel()
	for guide, example := range map[string]string{
		"docs/new-provider.md": "examples/customprovider",
		"docs/new-store.md":    "examples/customstore",
		"docs/tenancy.md":      "examples/tenants",
	} {
		sources := trimmed(sourcesOf(t, filepath.Join(root, example)))
		text, err := os.ReadFile(filepath.Join(root, guide))
		require.NoError(t, err)
		blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(text), -1)
		assert.NotEmpty(t, blocks, guide)
		for _, block := range blocks {
			assert.Contains(t, sources, trimmed(block[1]), "%s quotes what isn't in %s", guide, example)
		}
	}
}

// sourcesOf is every Go file below a folder, tests included.
func sourcesOf(t *testing.T, folder string) string {
	t.Helper()
	var sources strings.Builder
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		source, err := os.ReadFile(path)
		sources.Write(source)
		return err
	}))
	return sources.String()
}

// trimmed is a text without the white space around its lines.
func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}
