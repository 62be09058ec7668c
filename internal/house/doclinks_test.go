package house

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// meant is text that is meant to be a link and isn't one: pkg.go.dev shows its brackets.
var meant = regexp.MustCompile(`(?:^|[\s(])(\[\*?(?:[A-Z]\w*|[a-z]\w*\.[A-Z]\w*)(?:\.[A-Z]\w*)?\])`)

// TestDocLinksResolve walks the comments of every package that others can import: what is written as a link is one, and leads somewhere.
func TestDocLinksResolve(t *testing.T) {
	t.Parallel()
	docs := map[string]*doc.Package{}
	for _, p := range packages(t) {
		if !strings.Contains("/"+p.name()+"/", "/internal/") && !strings.HasPrefix(p.name(), "examples/") {
			docs[p.ImportPath] = documentation(t, p)
		}
	}
	require.NotEmpty(t, docs)
	for path, p := range docs {
		for name, text := range comments(p) {
			for _, block := range p.Parser().Parse(text).Content {
				walkText(block, func(part comment.Text) {
					switch part := part.(type) {
					case comment.Plain:
						for _, match := range meant.FindAllStringSubmatch(string(part), -1) {
							assert.Fail(t, "no link", "%s, %s: %s", path, name, match[1])
						}
					case *comment.DocLink:
						if other, ours := docs[part.ImportPath]; ours && part.Name != "" {
							assert.True(t, has(other, part.Recv, part.Name), "%s, %s: no %s.%s in %s", path, name, part.Recv, part.Name, part.ImportPath)
						}
					}
				})
			}
		}
	}
}

// documentation is what go doc knows of a package.
func documentation(t *testing.T, p pkg) *doc.Package {
	t.Helper()
	dir := filepath.Join(root, p.name())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	files, set := []*ast.File{}, token.NewFileSet()
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, filepath.Join(dir, entry.Name()), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	documentation, err := doc.NewFromFiles(set, files, p.ImportPath)
	require.NoError(t, err)
	return documentation
}

// comments are a package's comments by what they are about.
func comments(p *doc.Package) map[string]string {
	all := map[string]string{"package": p.Doc}
	values := func(values []*doc.Value) {
		for _, v := range values {
			all[v.Names[0]] = v.Doc
		}
	}
	funcs := func(prefix string, funcs []*doc.Func) {
		for _, f := range funcs {
			all[prefix+f.Name] = f.Doc
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs("", p.Funcs)
	for _, t := range p.Types {
		all[t.Name] = t.Doc
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
	}
	return all
}

// has tells whether a package exports a name, or a type a method or field of that name.
func has(p *doc.Package, recv, name string) bool {
	for _, t := range p.Types {
		if recv == "" && t.Name == name {
			return true
		}
		if t.Name != recv {
			continue
		}
		for _, m := range t.Methods {
			if m.Name == name {
				return true
			}
		}
		found := false
		ast.Inspect(t.Decl, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				for _, ident := range field.Names {
					found = found || ident.Name == name
				}
			}
			return true
		})
		return found
	}
	_, ok := comments(p)[name]
	return recv == "" && (ok || inGroup(p, name))
}

// inGroup tells whether a constant or variable of that name is in a group.
func inGroup(p *doc.Package, name string) bool {
	groups := append(append([]*doc.Value(nil), p.Consts...), p.Vars...)
	for _, t := range p.Types {
		groups = append(append(groups, t.Consts...), t.Vars...)
	}
	for _, group := range groups {
		for _, n := range group.Names {
			if n == name {
				return true
			}
		}
	}
	return false
}

// walkText calls f with every piece of text in a block.
func walkText(block comment.Block, f func(comment.Text)) {
	each := func(text []comment.Text) {
		for _, part := range text {
			f(part)
		}
	}
	switch block := block.(type) {
	case *comment.Paragraph:
		each(block.Text)
	case *comment.Heading:
		each(block.Text)
	case *comment.List:
		for _, item := range block.Items {
			for _, inner := range item.Content {
				walkText(inner, f)
			}
		}
	}
}
