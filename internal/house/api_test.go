package house

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// importable tells whether strangers can import a package.
func importable(name string) bool {
	return !strings.HasPrefix(name, "examples/") && !strings.HasPrefix(name, "internal/") && !strings.Contains(name, "/internal/")
}

// TestTheExportedAPIIsAsAgreed: nothing is exported, changed or taken away unseen.
//
//	go test ./internal/house -run TheExportedAPI -update
func TestTheExportedAPIIsAsAgreed(t *testing.T) {
	t.Parallel()
	var all bytes.Buffer
	for _, p := range packages(t) {
		if importable(p.name()) {
			_, _ = fmt.Fprintf(&all, "package %s\n%s\n", p.name(), exported(t, filepath.Join(root, p.name())))
		}
	}
	golden(t, "api.txt", all.String())
}

// exported are the exported declarations of a package, without their comments and bodies.
func exported(t *testing.T, dir string) string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fset, files, dir)
	require.NoError(t, err)
	var out strings.Builder
	write := func(decl ast.Decl) {
		if f, ok := decl.(*ast.FuncDecl); ok {
			f.Body = nil
		}
		var text bytes.Buffer
		require.NoError(t, printer.Fprint(&text, fset, decl))
		for line := range strings.Lines(text.String()) {
			indent := line[:len(line)-len(strings.TrimLeft(line, "\t"))]
			if words := strings.Fields(line); len(words) > 0 { // however they are aligned
				out.WriteString("\t" + indent + strings.Join(words, " ") + "\n")
			}
		}
	}
	values := func(list []*doc.Value) {
		for _, value := range list {
			write(value.Decl)
		}
	}
	funcs := func(list []*doc.Func) {
		for _, f := range list {
			write(f.Decl)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	funcs(pkg.Funcs)
	for _, typ := range pkg.Types {
		write(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		funcs(typ.Funcs)
		funcs(typ.Methods)
	}
	return out.String()
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "if that's meant: go test ./internal/house -update")
}
