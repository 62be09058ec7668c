package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programs are the whole programs of a document, as a reader pastes them.
func programs(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var list []string
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(block[1], "package main\n") {
			list = append(list, block[1])
		}
	}
	return list
}

// bodyLines counts the lines of a program's functions that aren't blank.
func bodyLines(t *testing.T, program string) int {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", program, parser.SkipObjectResolution)
	require.NoError(t, err)
	lines := strings.Split(program, "\n")
	count := 0
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			for _, line := range lines[fset.Position(f.Body.Lbrace).Line : fset.Position(f.Body.Rbrace).Line-1] {
				if strings.TrimSpace(line) != "" {
					count++
				}
			}
		}
	}
	return count
}

// stranger makes a module outside this one that takes it from here, as a new user has it after go get.
func stranger(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	home, err := filepath.Abs(root)
	require.NoError(t, err)
	ours, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	_, requires, found := strings.Cut(string(ours), "\nrequire (")
	require.True(t, found)
	name := strings.TrimSuffix(module, "/")
	mod := "module example.com/shop\n\ngo 1.26.0\n\nrequire " + name + " v0.0.0\n\nreplace " + name + " => " + home + "\n\nrequire (" + requires
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o600))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	return dir
}

// goCommand runs the go command in a module of its own.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// TestProgramsOfTheReadmeCompileAsPasted: in a module of a stranger's, and within the lines that a reader is promised.
func TestProgramsOfTheReadmeCompileAsPasted(t *testing.T) {
	t.Parallel()
	list := programs(t, filepath.Join(root, "README.md"))
	require.Len(t, list, 3)
	for i, limit := range []int{20, 15, 10} { // the SDK, the server, the client
		assert.LessOrEqual(t, bodyLines(t, list[i]), limit)
	}
	dir := stranger(t)
	for i, program := range list {
		place := filepath.Join(dir, []string{"sdk", "server", "client"}[i])
		require.NoError(t, os.Mkdir(place, 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(place, "main.go"), []byte(program), 0o600))
	}
	goCommand(t, dir, "vet", "./...")
	// The first one needs nobody else.
	assert.Contains(t, goCommand(t, dir, "run", "./sdk"), "created http://127.0.0.1:")
}
