package function_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listed matches a line of the table in the package documentation: a function, by the folder that
// it is in, and the paths that it reads below a status.
var listed = regexp.MustCompile(`^//\t((?:[a-z/]+\.)?[A-Za-z]+): ([A-Za-z.]+(?:, [A-Za-z.]+)*)$`)

// TestEveryReadOfStatusIsListed asserts that every read of a status is listed in the
// package documentation, which says why it is safe.
func TestEveryReadOfStatusIsListed(t *testing.T) {
	table := map[string][]string{}
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if m := listed.FindStringSubmatch(c.Text); m != nil {
				table[m[1]] = strings.Split(m[2], ", ")
			}
		}
	}
	if diff := cmp.Diff(table, readsOfStatus(t)); diff != "" {
		t.Errorf("function/doc.go has to say why a read of status is safe, -listed, +read:\n%s", diff)
	}
}

// readsOfStatus returns the paths below a status that each function reads.
func readsOfStatus(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"composetest", "factstest", "preview", "testdata"}, d.Name()):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			for name, paths := range readsOf(decl) {
				name = strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path))+"."+name, "..")
				out[name] = append(out[name], paths...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, paths := range out {
		slices.Sort(paths)
		out[name] = slices.Compact(paths)
	}
	if len(out) == 0 {
		t.Error("nothing reads a status")
	}
	return out
}

// readsOf a declaration: a function, or a table whose functions have no names.
func readsOf(decl ast.Decl) map[string][]string {
	name := "table"
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name = d.Name.Name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				name = v.Names[0].Name
			}
		}
	}
	out := map[string][]string{}
	ast.Inspect(decl, func(n ast.Node) bool {
		var args []ast.Expr
		switch n := n.(type) {
		case *ast.CallExpr:
			s, method := n.Fun.(*ast.SelectorExpr)
			switch {
			case !method, s.Sel.Name == "String" && len(n.Args) == 1:
				// Conditions, and values that are not objects, have such a field as well.
				return true
			case s.Sel.Name == "Condition":
				out[name] = append(out[name], "conditions")
			}
			args = n.Args
		case *ast.CompositeLit:
			if _, list := n.Type.(*ast.ArrayType); list {
				args = n.Elts
			}
		}
		if path, reads := below(args); reads {
			out[name] = append(out[name], path)
		}
		return true
	})
	return out
}

// below returns what follows "status" in arguments that are a path.
func below(args []ast.Expr) (path string, reads bool) {
	var parts []string
	for _, a := range args {
		text := "*"
		if l, ok := a.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text = strings.Trim(l.Value, `"`)
		}
		if reads && text != "*" {
			parts = append(parts, text)
		}
		reads = reads || text == "status"
	}
	if len(parts) == 0 {
		parts = []string{"all"}
	}
	return strings.Join(parts, "."), reads
}
