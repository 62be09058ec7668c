package house

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "github.com/paylinks/paylinks-go/"
)

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, module) }

// packages are the module's packages as they're shipped, without their tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	command.Dir = root
	out, err := command.Output()
	require.NoError(t, err)
	var all []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			require.NotEmpty(t, all)
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// room is the provider that a package belongs to, "" for none.
func room(name string) string {
	first, rest, _ := strings.Cut(name, "/")
	switch first {
	case "tabby", "tamara", "mispay":
		return first
	case "providers":
		gateway, _, _ := strings.Cut(rest, "/")
		if gateway != "" && gateway != "gatewaytest" {
			return "providers/" + gateway
		}
	}
	return ""
}

// forTests tells whether a package is for tests: a conformance suite or a simulator.
func forTests(name string) bool {
	last := name[strings.LastIndex(name, "/")+1:]
	return strings.HasSuffix(last, "test") || name == "paylinks/simulator"
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			imported, ours := strings.CutPrefix(path, module)
			if !ours {
				continue
			}
			name := p.name()
			if name == "paylinks" {
				assert.True(t, strings.HasPrefix(imported, "internal/"), "the core imports %s", imported)
			}
			if strings.HasPrefix(name, "paylinks/") || strings.HasPrefix(name, "internal/") {
				assert.Empty(t, room(imported), "%s imports the provider %s", name, imported)
				assert.NotEqual(t, "httpserver", imported, name)
			}
			if mine, other := room(name), room(imported); mine != "" && other != "" {
				assert.Equal(t, mine, other, "one provider imports another")
			}
			if forTests(imported) {
				assert.True(t, forTests(name) || strings.HasPrefix(name, "examples/"), "%s ships the test helper %s", name, imported)
			}
		}
	}
}

// TestImportersPayForWhatTheyUse: the core, a provider and the HTTP API bring no database driver and nothing for tests. What they do bring is listed.
func TestImportersPayForWhatTheyUse(t *testing.T) {
	t.Parallel()
	heavy := []string{
		"modernc.org/", "github.com/jackc/", "github.com/nats-io/", "github.com/pressly/goose", "github.com/stretchr/", "github.com/jarcoal/", "pgregory.net/",
		"github.com/santhosh-tekuri/", "github.com/getkin/", "github.com/prometheus/", "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters",
	}
	light := []string{"paylinks", "paylinks/api", "paylinks/client", "tabby", "tamara", "mispay", "providers", "httpserver"}
	brought := map[string][]string{}
	for _, p := range packages(t) {
		if !slices.Contains(light, p.name()) {
			continue
		}
		for _, dep := range p.Deps {
			assert.NotEqual(t, "testing", dep, p.name())
			for _, prefix := range heavy {
				assert.False(t, strings.HasPrefix(dep, prefix), "%s brings %s", p.name(), dep)
			}
			if repo := repository(dep); repo != "" && !slices.Contains(brought[p.name()], repo) {
				brought[p.name()] = append(brought[p.name()], repo)
			}
		}
	}
	var list strings.Builder
	for _, name := range light {
		list.WriteString(name + "\n")
		for _, dep := range brought[name] {
			list.WriteString("\t" + dep + "\n")
		}
	}
	goldentest.Text(t, "brought.txt", list.String())
}

// repository is where a package of somebody else's is from, "" for the standard library's and ours.
func repository(pkg string) string {
	parts := strings.SplitN(pkg, "/", 4)
	if !strings.Contains(parts[0], ".") || strings.HasPrefix(pkg+"/", module) {
		return ""
	}
	depth := 2 // google.golang.org/protobuf
	if parts[0] == "github.com" || parts[0] == "golang.org" {
		depth = 3
	}
	return strings.Join(parts[:min(len(parts), depth)], "/")
}

// TestShippedCodeHasNoInit: nothing happens by being imported.
func TestShippedCodeHasNoInit(t *testing.T) {
	t.Parallel()
	walked := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		walked++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil {
				assert.NotEqual(t, "init", f.Name.Name, path)
			}
		}
		return nil
	}))
	assert.Positive(t, walked)
}
