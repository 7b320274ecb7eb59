package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	quickstart  = "../../examples/external.yaml"
	composition = "../../package/configuration/composition.yaml"
)

func TestRender(t *testing.T) {
	var out bytes.Buffer
	c := &command{Manifest: quickstart, Composition: composition}
	if err := c.run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# reconcile 1: +",
		"# composed as deployment\napiVersion: apps/v1\nkind: Deployment",
		"sizing:",
		"state: stable",
		"reason: Accepted",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("what is printed lacks %q", want)
		}
	}
	if strings.Contains(out.String(), "managedFields") {
		t.Error("what is printed has managed fields, which nobody wants to read")
	}
}

func TestRenderRefusal(t *testing.T) {
	manifest := edited(t, quickstart, "version: 11.4.0", "version: 12.0.0")
	policy := edited(t, composition, "kind: Input", "kind: Input\n      versions: [\"<12\"]")

	var out bytes.Buffer
	err := (&command{Manifest: manifest, Composition: policy}).run(t.Context(), &out)
	var refused refusal
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if refused.ExitCode() != 2 {
		t.Errorf("exit code %d, want 2", refused.ExitCode())
	}
	if !strings.Contains(err.Error(), `spec.version "12.0.0" is not allowed`) {
		t.Errorf("the refusal does not name the field: %v", err)
	}
	if !strings.Contains(out.String(), "reason: VersionNotAllowed") {
		t.Error("the conditions are not printed")
	}
}

// edited copy of a file, by the replacement of some of its text.
func edited(t *testing.T, file, before, after string) string {
	t.Helper()
	b, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), before) {
		t.Fatalf("%s has no %q", file, before)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), before, after, 1)), 0o600); err != nil { //nolint:gosec // A directory of the test.
		t.Fatal(err)
	}
	return path
}
