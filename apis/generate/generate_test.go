package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

// maxDefinition is what fits in etcd's default request of 1.5 MiB many times
// over, also when a tool copies the definition to an annotation.
const maxDefinition = 200_000

// generatedBy is what the head of every generated file says.
const generatedBy = "Generated from the Go types by make generate. Do not edit."

var generated = sync.OnceValues(func() (map[string][]byte, error) { return Generate(root) })

func TestGeneratedFilesAreCurrent(t *testing.T) {
	want, err := generated()
	if err != nil {
		t.Fatal(err)
	}

	for path, content := range want {
		committed, err := os.ReadFile(filepath.Join(root, path)) //nolint:gosec // A path of this repository.
		if err != nil {
			t.Errorf("%s is missing, run make generate: %v", path, err)
			continue
		}

		if diff := cmp.Diff(string(content), string(committed)); diff != "" {
			t.Errorf("%s is stale, run make generate: -generated, +committed:\n%s", path, diff)
		}
	}
}

func TestNoGeneratedFileIsLeftOver(t *testing.T) {
	want, err := generated()
	if err != nil {
		t.Fatal(err)
	}

	for _, pattern := range []string{definitionDirectory + "/*.yaml", inputDirectory + "/*.yaml", managedDirectory + "/*.yaml",
		referenceDirectory + "/*.md", managedReferenceDirectory + "/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}

		for _, path := range paths {
			content, err := os.ReadFile(path) //nolint:gosec // A path of this repository.
			if err != nil {
				t.Fatal(err)
			}

			_, expected := want[filepath.Join(filepath.Dir(pattern), filepath.Base(path))]
			if bytes.Contains(content, []byte(generatedBy)) && !expected {
				t.Errorf("%s is generated from no type any more: delete it", path)
			}
		}
	}
}

func TestDefinitionsAreSmall(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}

	for path, content := range files {
		if strings.HasSuffix(path, ".yaml") && len(content) > maxDefinition {
			t.Errorf("%s has %d bytes, more than %d", path, len(content), maxDefinition)
		}
	}
}

func TestDescriptionsOfOurFieldsAreWhole(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}

	definition := string(files[filepath.Join(definitionDirectory, "mattermostinstallations.yaml")])

	for _, end := range []string{
		"restarted, replica by replica, when the Secret's values change.",
		"replaced. Default: none.",
	} {
		input := string(files[filepath.Join(inputDirectory, "inputs.yaml")])
		if !strings.Contains(definition+input, end) {
			t.Errorf("no definition has the end of a description of our own: %q", end)
		}
	}
}
