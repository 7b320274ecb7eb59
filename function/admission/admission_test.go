package admission_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// container of the pods that are judged.
const container = "server"

// judged is what was written, and the beginnings of the errors that it has, none if it is fine.
type judged struct {
	Written json.RawMessage `json:"written"`
	Want    []string        `json:"want"`
	// Stricter is why it is refused though the API server accepts it. The end-to-end tests compare.
	Stricter string `json:"stricter"`
}

// check that a judge finds exactly the errors that are wanted in the cases of a file.
func check[T any](t *testing.T, file string, judge func(at *field.Path, written T) field.ErrorList) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file+".yaml")) //nolint:gosec // A file of the test.
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]judged
	if err := yaml.UnmarshalStrict(text, &cases); err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var written T
			if err := yaml.UnmarshalStrict(tc.Written, &written); err != nil {
				t.Fatal(err)
			}
			errs := judge(field.NewPath("x"), written)
			if len(errs) != len(tc.Want) {
				t.Fatalf("%s: %d errors, want %d: %v", tc.Written, len(errs), len(tc.Want), errs)
			}
			for i, want := range tc.Want {
				if got := errs[i].Error(); !strings.HasPrefix(got, want) {
					t.Errorf("%s\nwant %s…\ngot  %s", tc.Written, want, got)
				}
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	if v := admission.Verdict(nil); !v.Pass {
		t.Errorf("no errors: %s", v.Message)
	}
	at := field.NewPath("a")
	errs := field.ErrorList{field.Required(at, "set it"), field.Forbidden(at.Child("b"), "remove it"), field.Required(at, "1"), field.Required(at, "2")}
	want := compose.Verdict{Reason: "SpecInvalid", Message: "a: Required value: set it; a.b: Forbidden: remove it; a: Required value: 1; and more"}
	if diff := cmp.Diff(want, admission.Verdict(errs)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestVariable(t *testing.T) {
	check(t, "variables", func(at *field.Path, e corev1.EnvVar) field.ErrorList {
		errs := admission.Variable(at, e, container)
		if e.Value != "" && strings.Contains(admission.Verdict(errs).Message, e.Value) {
			t.Errorf("the value of a variable is shown: %v", errs)
		}
		return errs
	})
}

func TestResources(t *testing.T) {
	type resources struct{ Requests, Limits corev1.ResourceList }
	check(t, "resources", func(at *field.Path, r resources) field.ErrorList {
		return admission.Resources(at, r.Requests, r.Limits)
	})
}

func TestSchedule(t *testing.T) {
	check(t, "schedules", admission.Schedule)
}

func TestTimeZone(t *testing.T) {
	check(t, "time-zones", admission.TimeZone)
}

func TestAnnotationKeys(t *testing.T) {
	check(t, "annotations", admission.AnnotationKeys[string])
}
