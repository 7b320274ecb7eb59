package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func TestRuntime(t *testing.T) {
	type want struct {
		config v1.Config
		modes  map[string]int64
	}

	cases := map[string]struct {
		reason  string
		dir     string
		runtime packaged
		want    want
	}{
		"Function": {
			reason:  "the function's image runs the function, which serves gRPC and metrics",
			dir:     functionDirectory,
			runtime: function(),
			want: want{
				config: v1.Config{
					User:         "65532:65532",
					Entrypoint:   []string{"/function"},
					WorkingDir:   "/",
					ExposedPorts: map[string]struct{}{"9443/tcp": {}, "8080/tcp": {}},
				},
				modes: map[string]int64{"etc/passwd": 0o644, "function": 0o755, "package.yaml": 0o644},
			},
		},
		"Provider": {
			reason:  "the provider's image runs the provider, which serves metrics",
			dir:     providerDirectory,
			runtime: provider(),
			want: want{
				config: v1.Config{
					User:         "65532:65532",
					Entrypoint:   []string{"/provider"},
					WorkingDir:   "/",
					ExposedPorts: map[string]struct{}{"8080/tcp": {}},
				},
				modes: map[string]int64{"etc/passwd": 0o644, "provider": 0o755, "package.yaml": 0o644},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			img := asWritten(t, build(t, tc.dir, runtimeOf(t, tc.runtime, "arm64")))

			file, err := img.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}

			// The labels repeat digests of layers, which other tests look at.
			file.Config.Labels = nil

			if diff := cmp.Diff(tc.want.config, file.Config); diff != "" {
				t.Errorf("\n%s\nconfiguration: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff("linux/arm64", file.OS+"/"+file.Architecture); diff != "" {
				t.Errorf("\n%s\nplatform: -want, +got:\n%s", tc.reason, diff)
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

			if diff := cmp.Diff(tc.want.modes, modes); diff != "" {
				t.Errorf("\n%s\nfiles and their modes: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
