package house

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	fence   = regexp.MustCompile("(?ms)^```([a-z]*)[^\n]*\n(.*?)^```[ \t]*$")
	code    = regexp.MustCompile("`[^`\n]*`")
	link    = regexp.MustCompile(`\[[^\]\n]*\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	linked  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_ -]`)
)

// files reads all files of the repository with an ending, by their paths from its root.
func files(t *testing.T, ending string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ending) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		all[filepath.ToSlash(name)] = string(text)
		return err
	}))
	require.NotEmpty(t, all)
	return all
}

// TestLinksOfDocumentsResolve: every relative link of every document leads to a file, and its fragment to a heading of it.
func TestLinksOfDocumentsResolve(t *testing.T) {
	t.Parallel()
	documents := files(t, ".md")
	for name, text := range documents {
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(fence.ReplaceAllString(text, ""), ""), -1) {
			target := match[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			path, fragment, hasFragment := strings.Cut(target, "#")
			to := name
			if path != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(name), path))
			}
			_, err := os.Stat(filepath.Join(root, to))
			require.NoError(t, err, "%s links to %s", name, target)
			if hasFragment && strings.HasSuffix(to, ".md") {
				assert.Contains(t, anchors(documents[to]), fragment, "%s links to %s", name, target)
			}
		}
	}
}

// anchors are the names of a document's headings, as GitHub makes them.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		plain := strings.ToLower(linked.ReplaceAllString(match[1], "$1"))
		name := strings.ReplaceAll(dropped.ReplaceAllString(plain, ""), " ", "-")
		numbered := name
		for i := 1; names[numbered]; i++ {
			numbered = fmt.Sprintf("%s-%d", name, i)
		}
		names[numbered] = true
	}
	return names
}

// TestGoInDocumentsIsCode: every Go block of docs/ stands word for word in some Go file, so that it compiles; most are of an Example, and are checked by it.
func TestGoInDocumentsIsCode(t *testing.T) {
	t.Parallel()
	var sources []string
	for _, text := range files(t, ".go") {
		sources = append(sources, unindented(text))
	}
	checked := 0
	for name, text := range files(t, ".md") {
		if !strings.HasPrefix(name, "docs/") {
			continue
		}
		for _, match := range fence.FindAllStringSubmatch(text, -1) {
			if match[1] != "go" {
				continue
			}
			checked++
			found := false
			for _, source := range sources {
				found = found || strings.Contains(source, unindented(match[2]))
			}
			assert.True(t, found, "%s: no Go file has this block:\n%s", name, match[2])
		}
	}
	assert.Positive(t, checked)
}

// unindented is text whose lines have lost the space around them.
func unindented(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}
