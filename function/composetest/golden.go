package composetest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

//nolint:gochecknoglobals // A flag of go test.
var update = flag.Bool("update", false, "write what is made to testdata, to be reviewed as a diff")

// GoldenObjects compares what builders make with the files in testdata that are named
// after it, one for each object.
func GoldenObjects(t *testing.T, built map[string]any) {
	t.Helper()
	all := map[string]any{}
	for name, object := range built {
		s, err := compose.Struct(object)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = s.AsMap()
	}
	golden(t, all)
}

// GoldenAnswers compares what answers compose with the files in testdata that are named
// after them, one for each answer that composes anything. Each object is changed before,
// if there is a change.
func GoldenAnswers(t *testing.T, answers map[string]*fnv1.RunFunctionResponse, change func(*structpb.Struct) *structpb.Struct) {
	t.Helper()
	all := map[string]any{}
	for name, rsp := range answers {
		objects := map[string]any{}
		for composed, r := range rsp.GetDesired().GetResources() {
			o := r.GetResource()
			if change != nil {
				o = change(o)
			}
			objects[composed] = o.AsMap()
		}
		if len(objects) > 0 {
			all[name] = objects
		}
	}
	golden(t, all)
}

// Golden compares values with the files in testdata that are named after them.
func Golden(t *testing.T, all map[string]any) {
	t.Helper()
	golden(t, all)
}

func golden(t *testing.T, all map[string]any) {
	t.Helper()
	for name, made := range all {
		t.Run(name, func(t *testing.T) {
			got, err := yaml.Marshal(made)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".yaml")
			if *update {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path) //nolint:gosec // A file of the test.
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-%s, +made (go test -update writes it):\n%s", path, diff)
			}
		})
	}
	written, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(written) != len(all) {
		t.Errorf("testdata has %d files for %d that are made", len(written), len(all))
	}
}
