package installation_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers of the packages that features share. A package imports those of earlier layers only.
var layers = []string{"objects", "release", "composed", "facts", "decision", "feature", "claim"}

// factsForTests is a package that only tests import.
const factsForTests = "factstest"

// TestRoomsDoNotImportRooms enforces that a feature imports no other feature, that what they share
// imports none, and that every feature is in the table.
func TestRoomsDoNotImportRooms(t *testing.T) {
	const below = "github.com/crossplane-mattermost/crossplane-mattermost/function/installation/"
	all := packages(t)
	var rooms []string
	for name, files := range all {
		if slices.ContainsFunc(files, declaresFeature) {
			rooms = append(rooms, name)
		}
	}
	for name, files := range all {
		for _, imported := range imports(files) {
			other, inside := strings.CutPrefix(imported, below)
			if !inside || name == factsForTests {
				continue
			}
			if slices.Contains(rooms, other) {
				t.Errorf("package %s imports feature %s: facts, decisions and the vocabulary are what features have in common", name, other)
			}
			if layer := slices.Index(layers, name); layer >= 0 && slices.Index(layers, other) >= layer {
				t.Errorf("package %s imports %s of a later layer", name, other)
			}
		}
	}
	for name := range all {
		if !slices.Contains(rooms, name) && !slices.Contains(layers, name) && name != factsForTests {
			t.Errorf("package %s is no feature and in no layer", name)
		}
	}
	table, err := os.ReadFile("features.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range rooms {
		if !strings.Contains(string(table), "\t"+name+".Feature,") {
			t.Errorf("feature %s is not in the table of features", name)
		}
	}
}

// packages below this one by name, with their files without tests.
func packages(t *testing.T) map[string][]*ast.File {
	t.Helper()
	paths, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Dir(path)] = append(out[filepath.Dir(path)], file)
	}
	return out
}

func declaresFeature(file *ast.File) bool {
	return file.Scope.Lookup("Feature") != nil && file.Name.Name != "feature"
}

func imports(files []*ast.File) []string {
	var out []string
	for _, file := range files {
		for _, i := range file.Imports {
			out = append(out, strings.Trim(i.Path.Value, `"`))
		}
	}
	return out
}
