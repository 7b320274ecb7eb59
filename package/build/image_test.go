package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func TestFunctionRuntime(t *testing.T) {
	img := asWritten(t, build(t, functionDirectory, runtimeOf(t, "arm64")))

	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}

	// The labels repeat digests of layers, which other tests look at.
	file.Config.Labels = nil

	want := v1.Config{
		User:         "65532:65532",
		Entrypoint:   []string{"/function"},
		WorkingDir:   "/",
		ExposedPorts: map[string]struct{}{"9443/tcp": {}, "8080/tcp": {}},
	}
	if diff := cmp.Diff(want, file.Config); diff != "" {
		t.Errorf("configuration: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff("linux/arm64", file.OS+"/"+file.Architecture); diff != "" {
		t.Errorf("platform: -want, +got:\n%s", diff)
	}

	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}

	modes := map[string]int64{}

	for _, layer := range layers {
		for path, f := range filesOf(t, layer) {
			modes[path] = f.mode
		}
	}

	if diff := cmp.Diff(map[string]int64{"etc/passwd": 0o644, "function": 0o755, "package.yaml": 0o644}, modes); diff != "" {
		t.Errorf("files and their modes: -want, +got:\n%s", diff)
	}
}
