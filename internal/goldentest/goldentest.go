// Package goldentest compares what is written with files of testdata. go test -update writes the files anew: read the change before you commit it.
package goldentest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Updating tells whether files are written anew.
func Updating() bool { return *update }

// Text compares a text with the file of that name in testdata.
func Text(tb testing.TB, name, got string) {
	tb.Helper()
	File(tb, filepath.Join("testdata", name), got)
}

// File compares a text with a file.
func File(tb testing.TB, path, got string) {
	tb.Helper()
	if *update {
		require.NoError(tb, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(tb, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		tb.Errorf("%s isn't as agreed (-it, +what is written now); if that's meant: go test -update, in this package\n%s", path, diff)
	}
}

// Body compares a JSON body with the file of that name in testdata. White space doesn't count, the order of fields does.
func Body(tb testing.TB, name string, body []byte) {
	tb.Helper()
	var indented bytes.Buffer
	require.NoError(tb, json.Indent(&indented, body, "", "  "))
	indented.WriteByte('\n')
	Text(tb, name, indented.String())
}

// JSON compares a value, as JSON, with the file of that name in testdata. It returns the JSON.
func JSON(tb testing.TB, name string, v any) string {
	tb.Helper()
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(tb, encoder.Encode(v))
	Text(tb, name, got.String())
	return got.String()
}
