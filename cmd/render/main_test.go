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
	definition  = "../../package/configuration/mattermostinstallations.yaml"
)

func TestRender(t *testing.T) {
	var out bytes.Buffer
	c := &command{Manifest: quickstart, Composition: composition, Definition: definition}
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
	err := (&command{Manifest: manifest, Composition: policy, Definition: definition}).run(t.Context(), &out)
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

// TestRenderJudgesAsTheAPIServerDoes: manifests passed that no API server accepts.
func TestRenderJudgesAsTheAPIServerDoes(t *testing.T) {
	const size = "size: 1000users"
	for written, want := range map[string]string{
		size + "\n  replicas: a lot":                         "spec.replicas",
		size + "\n  replicaz: 2":                             "spec.replicaz: unknown field",
		"size: 5000user":                                     "spec.size is not a known size",
		size + "\n  licenseSecret: A_B":                      "spec.licenseSecret must be the name of a Secret",
		size + "\n  upgrade: {channel: ESR}":                 "spec.version and spec.upgrade.channel exclude each other",
		size + "\n  volumes: [{name: a, hostPath: {}}]":      "hostPath and nfs volumes are not allowed",
		size + "\n  ingress: {enabled: true, host: '1.2.3'}": "spec.ingress.host must be a DNS name",
	} {
		var out bytes.Buffer
		err := (&command{Manifest: edited(t, quickstart, size, written), Composition: composition, Definition: definition}).run(t.Context(), &out)
		var refused refusal
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want a refusal that has %q", written, err, want)
		}
	}
}

// TestRenderRefusesFieldsThatAreWrittenTwice, as kubectl does: the second would win in silence.
func TestRenderRefusesFieldsThatAreWrittenTwice(t *testing.T) {
	var out bytes.Buffer
	err := (&command{Manifest: edited(t, quickstart, "size: 1000users", "size: 1000users\n  size: 100users"), Composition: composition, Definition: definition}).run(t.Context(), &out)
	if err == nil || !strings.Contains(err.Error(), `"size" already set`) {
		t.Errorf("got %v, want an error that names the field", err)
	}
}

// TestRenderAssumesKeys: a manifest was refused because of a key that no other manifest has.
func TestRenderAssumesKeys(t *testing.T) {
	const variable = "mattermostEnv: [{name: MM_EMAILSETTINGS_SMTPPASSWORD, valueFrom: {secretKeyRef: {name: mail, key: smtp-password}}}]"
	var out bytes.Buffer
	if err := (&command{Manifest: edited(t, quickstart, "\nspec:", "\nspec:\n  "+variable), Composition: composition, Definition: definition}).run(t.Context(), &out); err != nil {
		t.Error(err)
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
