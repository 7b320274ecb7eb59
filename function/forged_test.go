package function_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// victim is in every forged value, and must be in no composed object.
const victim = "tenant-b-victim"

// statuses of the composed kinds.
var statuses = map[string]any{
	"MattermostInstallation": v1alpha1.MattermostInstallationStatus{},
	"MattermostDatabase":     v1alpha1.MattermostDatabaseStatus{},
	"MattermostBucket":       v1alpha1.MattermostBucketStatus{},
	"MattermostBackup":       v1alpha1.MattermostBackupStatus{},
	"MattermostRestore":      v1alpha1.MattermostRestoreStatus{},
}

// enumerations are the valid values of some text types, besides forged ones.
var enumerations = map[reflect.Type][]string{
	reflect.TypeFor[v1alpha1.RestoreStep]():        {"Waiting", "Recovering", "Checking", "Quiescing", "Replacing", "Resuming", "Dropping", "Done"},
	reflect.TypeFor[v1alpha1.RestoreState]():       {"restoring", "finished", "failed"},
	reflect.TypeFor[v1alpha1.ParticipationPhase](): {"Stopping", "Quiesced", "Resuming", "Serving"},
	reflect.TypeFor[v1alpha1.UpgradePhase]():       {"AwaitingBackup", "Superseding", "Migrating", "Rolling", "Complete", "Failed"},
	reflect.TypeFor[v1alpha1.BackupState]():        {"waiting", "scheduled", "running", "complete", "failed"},
}

// TestForgedStateGivesNothing asserts that a tenant cannot reach another tenant's objects
// by forging what it may write: a status, annotations, a claimRef, and objects under the
// names of composed ones.
func TestForgedStateGivesNothing(t *testing.T) {
	for name, c := range tenants(t) {
		t.Run(name, func(t *testing.T) {
			kind, backend, _ := strings.Cut(name, " ")
			if backendsOf[kind] == nil {
				backend = ""
			}
			for stage, c := range stages(t, c) {
				t.Run(stage, func(t *testing.T) {
					t.Run("Status", func(t *testing.T) { forgedStatus(t, c, backend) })
					t.Run("Metadata", func(t *testing.T) { forgedMetadata(t, c) })
					t.Run("Names", func(t *testing.T) { foreignNames(t, c) })
				})
			}
		})
	}
}

// forgedStatus asserts that a forged status leads to no other names than an honest one.
func forgedStatus(t *testing.T, c *preview.Cluster, backend string) {
	t.Helper()
	kind := compose.NewResource(c.Composite).String("kind")
	honest := names(reconciled(t, copied(c)))
	rapid.Check(t, func(rt *rapid.T) {
		forged := copied(c)
		value := reflect.New(reflect.TypeOf(statuses[kind])).Elem()
		forge(rt, value, "status")
		status, err := compose.Struct(map[string]any{"forged": value.Interface()})
		if err != nil {
			rt.Fatal(err)
		}
		s := status.GetFields()["forged"].GetStructValue()
		if backend != "" {
			s.Fields["backend"] = structpb.NewStringValue(backend)
		}
		forged.Composite.Fields["status"] = structpb.NewStructValue(s)
		rsp := reconciled(rt, forged)
		for composed, r := range rsp.GetDesired().GetResources() {
			if got := foreignText(r.GetResource()); got != "" {
				rt.Fatalf("%s names what is somebody else's: %s", composed, got)
			}
			if want, known := honest[composed]; known && want != named(r.GetResource()) {
				rt.Fatalf("%s is %s, and was %s", composed, named(r.GetResource()), want)
			}
		}
		own := compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status")
		for _, field := range []string{"connection", "archive", "endpoint", "selector", "administrator", "location"} {
			if v := own.Value(field); v != nil && strings.Contains(v.String(), victim) {
				rt.Fatalf("status.%s tells others of what is somebody else's: %s", field, v)
			}
		}
	})
}

// foreignText returns a text of an object that names the victim, or an empty string. A
// restore may use any backup of its own MattermostBackup, which spec.from.name could name
// as well.
func foreignText(o *structpb.Struct) string {
	for _, c := range compose.NewResource(o).List("spec", "template", "spec", "containers") {
		for _, e := range c.List("env") {
			name, own := strings.CutPrefix(e.String("value"), "ns/nightly/")
			if e.String("name") == "SOURCE" && own && job.CheckName(name) == nil {
				return foreignText(replaced(o, e.String("value"), "a backup of its own"))
			}
		}
	}
	return textWith(structpb.NewStructValue(o), victim)
}

// replaced returns an object with one text replaced by another.
func replaced(o *structpb.Struct, was, is string) *structpb.Struct {
	out := &structpb.Struct{}
	if err := protojson.Unmarshal([]byte(strings.ReplaceAll(protojson.Format(o), `"`+was+`"`, `"`+is+`"`)), out); err != nil {
		panic(err)
	}
	return out
}

// textWith returns a text in a value that contains another, or an empty string.
func textWith(v *structpb.Value, part string) string {
	if s := v.GetStringValue(); strings.Contains(s, part) {
		return s
	}
	for field, below := range v.GetStructValue().GetFields() {
		if found := textWith(below, part); found != "" {
			return field + ": " + found
		}
	}
	for _, below := range v.GetListValue().GetValues() {
		if found := textWith(below, part); found != "" {
			return found
		}
	}
	return ""
}

// forge a value: any field may be set to a name of the victim.
func forge(t *rapid.T, v reflect.Value, at string) {
	switch of := v.Type(); {
	case of == reflect.TypeFor[v1alpha1.RestoreParticipation]():
		// The handshake names restores, which the installation's user may create.
		v.Set(reflect.ValueOf(v1alpha1.RestoreParticipation{Name: "undo", UID: "u", Phase: v1alpha1.ParticipationPhase(
			rapid.SampledFrom(enumerations[reflect.TypeFor[v1alpha1.ParticipationPhase]()]).Draw(t, at))}))
		return
	case at == "status.Version":
		// This is like spec.version, for which the platform's policy decides.
		v.SetString(rapid.SampledFrom([]string{"", "11.4.0", "10.11.3"}).Draw(t, at))
		return
	case of == reflect.TypeFor[metav1.Time]():
		v.Set(reflect.ValueOf(metav1.NewTime(time.Unix(int64(rapid.IntRange(0, 2e9).Draw(t, at)), 0).UTC())))
		return
	case of == reflect.TypeFor[metav1.Condition]():
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, at) {
			v.Set(reflect.New(v.Type().Elem()))
			forge(t, v.Elem(), at)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				forge(t, v.Field(i), at+"."+v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || !rapid.Bool().Draw(t, at) {
			return
		}
		item := reflect.New(v.Type().Elem()).Elem()
		forge(t, item, at)
		v.Set(reflect.Append(v, item))
	case reflect.String:
		forms := []string{"", victim, "../../" + victim, "s3://" + victim + "/../" + victim, "https://" + victim}
		v.SetString(rapid.SampledFrom(append(forms, enumerations[v.Type()]...)).Draw(t, at))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, at))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(rapid.IntRange(0, 9).Draw(t, at)))
	}
}

// forgedMetadata asserts that forged metadata changes nothing.
func forgedMetadata(t *testing.T, c *preview.Cluster) {
	t.Helper()
	honest := reconciled(t, copied(c))
	forged := copied(c)
	metadata := forged.Composite.GetFields()["metadata"].GetStructValue()
	for field, more := range map[string]string{
		"annotations": "{crossplane.io/external-name: V, crossplane.io/composition-resource-name: V, mattermost.crossplane.io/stopped-for: V/V, mattermost.crossplane.io/restored: V}",
		"labels":      "{crossplane.io/composite: V, crossplane.io/claim-name: V, crossplane.io/claim-namespace: V, mattermost.crossplane.io/holds-data: 'true'}",
	} {
		metadata.Fields[field] = structpb.NewStructValue(document(t, strings.ReplaceAll(more, "V", victim)))
	}
	spec := maps.Clone(forged.Composite.GetFields()["spec"].GetStructValue().GetFields())
	if spec == nil {
		spec = map[string]*structpb.Value{}
	}
	forged.Composite.Fields["spec"] = structpb.NewStructValue(&structpb.Struct{Fields: spec})
	spec["claimRef"] = structpb.NewStructValue(document(t,
		strings.ReplaceAll("{apiVersion: claims.mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, namespace: V, name: V}", "V", victim)))
	rsp := reconciled(t, forged)
	if got, want := names(rsp), names(honest); !maps.Equal(got, want) {
		t.Errorf("composed are %v, want %v", got, want)
	}
	if got := protojson.Format(rsp); strings.Contains(got, victim) {
		t.Errorf("it names what is somebody else's: %s", got)
	}
	for requirement, s := range rsp.GetRequirements().GetResources() {
		if own := s.GetKind() == "Namespace" && s.GetMatchName() == "ns"; s.GetNamespace() != "ns" && !own {
			t.Errorf("%s is looked for in namespace %q", requirement, s.GetNamespace())
		}
	}
}
