package engine

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// edit is a spec before and after an edit of one field. The function's own tests read them, too, and
// assert that every field has one.
type edit struct {
	// First spec that is applied, before the other two; none when empty.
	First string `json:"first"`
	// Without and With the field, or with two values of it.
	Without string `json:"without"`
	With    string `json:"with"`
	// Refused is what the API says to the field, whatever its value.
	Refused string `json:"refused"`
	// Then is the version that is asked for afterwards, for fields that matter to a change of version.
	Then string `json:"then"`
	// Once says that taking the field back has no effect: it was a consent.
	Once bool `json:"once"`
	// As is what a refusal names in place of the field: something that the field is in.
	As string `json:"as"`
}

// TestEveryEditIsAppliedOrRefused edits each field of a running installation, and takes the edit
// back. Both changes have an effect, or are refused with the field's name.
func TestEveryEditIsAppliedOrRefused(t *testing.T) {
	for _, file := range []string{"installation.yaml", "installation-pod.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "function", "testdata", "fields", file)) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		edits := map[string]edit{}
		if err := yaml.UnmarshalStrict(text, &edits); err != nil {
			t.Fatal(err)
		}
		for _, field := range slices.Sorted(maps.Keys(edits)) {
			of := edits[field]
			if of.Refused != "" {
				continue
			}
			t.Run(field, func(t *testing.T) {
				e := editable(t)
				if of.First != "" {
					e.accept(t, of.First)
				}
				e.accept(t, of.Without)
				named := cmp.Or(of.As, field)
				switch e.edit(t, named, of.Then, of.With) {
				case editIgnored:
					t.Errorf("%s is accepted and has no effect", of.With)
				case editRejected:
					return
				}
				if e.edit(t, named, of.Then, of.Without) == editIgnored && !of.Once {
					t.Errorf("%s is accepted again and has no effect", of.Without)
				}
			})
		}
	}
}

// editable is an installation without a spec, among everything that a spec may name.
func editable(t *testing.T) *engine {
	t.Helper()
	e := start(t, map[string]any{
		"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostInstallation",
		"metadata": map[string]any{"name": "chat", "namespace": "ns", "uid": "4f8b", "generation": 1},
	})
	steps := e.composition.GetFields()["spec"].GetStructValue().GetFields()["pipeline"].GetListValue().GetValues()
	steps[0].GetStructValue().GetFields()["input"].GetStructValue().Fields["releases"] = structpb.NewStructValue(structOf(t, parse(t, "channels: {ESR: 11.7.9, feature: 11.9.1}")))
	for kind, names := range map[string][]string{
		"Secret":                {"db", "other", "files", "s", "t", "l", "cert", "claimed-database", "claimed-bucket"},
		"PersistentVolumeClaim": {"a", "b"},
	} {
		for _, name := range names {
			o := preview.CompleteObject(kind, name)
			o.GetFields()["metadata"].GetStructValue().Fields["namespace"] = structpb.NewStringValue("ns")
			e.secrets[kind+"/"+name] = o
		}
	}
	// The one Secret with another database: postgres://other
	e.secrets["Secret/other"].GetFields()["data"].GetStructValue().Fields["DB_CONNECTION_STRING"] = structpb.NewStringValue("cG9zdGdyZXM6Ly9vdGhlcg==")
	return e
}

// accept a spec, whatever was before.
func (e *engine) accept(t *testing.T, spec string) {
	t.Helper()
	if problems := e.apply(t, spec); len(problems) > 0 {
		t.Fatalf("the API refuses %s: %v", spec, problems)
	}
	e.rest(t)
}

// What becomes of an edit.
const (
	editApplied  = "applied"
	editRefused  = "refused"
	editRejected = "rejected by the API"
	editIgnored  = "ignored"
)

// edit the spec, and say what becomes of it. A refusal names the field or what it is in, and changes no
// object.
func (e *engine) edit(t *testing.T, field, then, spec string) string {
	t.Helper()
	before := *e
	if problems := e.apply(t, spec); len(problems) > 0 {
		e.composite = before.composite
		assertNames(t, field, strings.Join(problems, "; "))
		return editRejected
	}
	e.rest(t)
	applied := !sameObjects(before.composed, e.composed)
	if compose.NewResource(e.composite).Condition("Stalled").Status == compose.True {
		assertNames(t, field, refusalsOf(e))
		if applied {
			t.Errorf("%s is refused and changes objects", spec)
		}
		return editRefused
	}
	if applied || !slices.Equal(conditions(before), conditions(*e)) || then != "" && !slices.Equal(before.history(t, then), e.history(t, then)) {
		return editApplied
	}
	return editIgnored
}

// rest reconciles until neither objects nor conditions change. Conditions follow a change of the
// status in a call of their own, so that one quiet reconcile is not enough.
func (e *engine) rest(t *testing.T) {
	t.Helper()
	quiet := 0
	for range 20 {
		before := *e
		if _, err := e.reconcileOnce(t); err != nil {
			t.Fatal(err)
		}
		if !sameObjects(before.composed, e.composed) || !slices.Equal(conditions(before), conditions(*e)) {
			quiet = 0
			continue
		}
		if quiet++; quiet == 2 {
			return
		}
	}
	t.Fatal("it never comes to rest")
}

// history of a change of version: every object that is composed meanwhile, and all conditions. The
// installation itself stays as it is.
func (e engine) history(t *testing.T, version string) []string {
	t.Helper()
	spec(&e)["version"] = structpb.NewStringValue(version)
	var out []string
	for range 12 {
		before := e.composed
		if _, err := e.reconcile(t); err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(e.composed)) {
			out = append(out, name+" "+jsonOf(t, compose.NewResource(e.composed[name]).At("spec").Struct())+jsonOf(t, compose.NewResource(e.composed[name]).At("metadata").Struct()))
		}
		out = append(out, conditions(e)...)
		if sameObjects(before, e.composed) {
			return out
		}
	}
	t.Fatal("it never settles")
	return nil
}

// refusalsOf an installation: what the conditions say that are False.
func refusalsOf(e *engine) string {
	var out []string
	composite := compose.NewResource(e.composite)
	for _, c := range composite.List("status", "conditions") {
		if c.String("status") == "False" {
			out = append(out, c.String("message"))
		}
	}
	return strings.Join(out, "; ")
}

// assertNames asserts that a refusal has the path of the field to its first part, and its name or that
// of what it is in.
func assertNames(t *testing.T, field, refusal string) {
	t.Helper()
	path := strings.Split(strings.NewReplacer("[]", "", "{}", "").Replace(field), ".")
	named := slices.ContainsFunc(path[max(0, len(path)-2):], func(part string) bool { return strings.Contains(refusal, part) })
	if !strings.Contains(refusal, "spec."+path[0]) || !named {
		t.Errorf("%s is refused without the name of the field: %s", field, refusal)
	}
}

// apply a spec if the API accepts it instead of the one before. It says what the API refuses.
func (e *engine) apply(t *testing.T, text string) (problems []string) {
	t.Helper()
	var old map[string]any
	was, updated := e.composite.GetFields()["spec"]
	if updated {
		old = parse(t, jsonOf(t, e.composite))
	}
	problems, unknown := judge(t).Judge(t.Context(), named(t, "chat", text), old)
	if problems = append(problems, unknown...); len(problems) > 0 {
		return problems
	}
	now := structOf(t, parse(t, text))
	if refs, ok := was.GetStructValue().GetFields()["crossplane"]; ok {
		now.Fields["crossplane"] = refs
	}
	e.composite = proto.CloneOf(e.composite)
	e.composite.Fields["spec"] = structpb.NewStructValue(now)
	return nil
}

func jsonOf(t *testing.T, s *structpb.Struct) string {
	t.Helper()
	b, err := s.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sameObjects(a, b map[string]*structpb.Struct) bool {
	return maps.EqualFunc(a, b, func(x, y *structpb.Struct) bool { return proto.Equal(x, y) })
}
