package engine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	renderv1alpha1 "github.com/crossplane/crossplane/v2/proto/render/v1alpha1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// reconciled once, without an error.
func reconciled(t *testing.T, e *engine) *renderv1alpha1.CompositeOutput {
	t.Helper()
	out, err := e.reconcile(t)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// announced are the events about what we decide; Crossplane has its own about
// what it applies.
func announced(out *renderv1alpha1.CompositeOutput) []string {
	var said []string
	for _, e := range out.GetEvents() {
		if slices.Contains([]string{"ComposeResources", "SelectComposition"}, e.GetReason()) {
			continue
		}
		said = append(said, e.GetType()+" "+e.GetReason())
	}
	return said
}

func condition(e *engine, kind string) compose.Condition {
	return compose.NewResource(e.composite).Condition(kind)
}

// TestRequirements asserts that an installation requires what its spec names, and the names
// of new objects only in the reconcile that composes them.
func TestRequirements(t *testing.T) {
	e := installation(t)
	named := []string{"MattermostRestore  in ns", "Secret db in ns"}
	composed := []string{"Job chat-migrate-60b6dd25 in ns", "PersistentVolumeClaim chat in ns", "Service chat in ns", "Service chat-metrics in ns", "ServiceAccount chat in ns"}
	if diff := cmp.Diff(slices.Sorted(slices.Values(slices.Concat(named, composed))), required(t, e)); diff != "" {
		t.Errorf("at first, -want, +got required:\n%s", diff)
	}
	settle(t, e)
	if diff := cmp.Diff(named, required(t, e)); diff != "" {
		t.Errorf("when all is there, -want, +got required:\n%s", diff)
	}
}

// required returns the objects that one reconcile requires, sorted.
func required(t *testing.T, e *engine) []string {
	t.Helper()
	var out []string
	for _, selector := range reconciled(t, e).GetRequiredResources() {
		r := compose.NewResource(selector)
		out = append(out, r.String("kind")+" "+r.String("matchName")+" in "+r.String("namespace"))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestNamesOfOthers asserts that taken names are refused under Crossplane's own reconciler,
// which then applies nothing.
func TestNamesOfOthers(t *testing.T) {
	e := installation(t)
	e.secrets["Service/chat"] = structOf(t, map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "chat", "namespace": "ns"}})
	settle(t, e)
	if got := condition(e, "Accepted"); got.Reason != "NameTaken" || len(e.composed) > 0 {
		t.Errorf("Accepted is %s: %s; composed are %d objects", got.Reason, got.Message, len(e.composed))
	}
	delete(e.secrets, "Service/chat")
	settle(t, e)
	if got := condition(e, "Accepted"); got.Status != compose.True || e.composed["deployment"] == nil {
		t.Errorf("the name is free, and Accepted is %s: %s", got.Reason, got.Message)
	}
}

func TestEventsTellTransitionsOnly(t *testing.T) {
	e := installation(t)
	settle(t, e)
	if got := announced(reconciled(t, e)); len(got) > 0 {
		t.Errorf("nothing changed, and %v was announced", got)
	}

	secret := e.secrets["db"]
	delete(e.secrets, "db")
	want := []string{"Warning SecretNotFound", "Warning SecretNotFound", "Warning Refused"}
	if diff := cmp.Diff(want, announced(reconciled(t, e))); diff != "" {
		t.Errorf("a Secret vanished, -want, +got:\n%s", diff)
	}
	if got := announced(reconciled(t, e)); len(got) > 0 {
		t.Errorf("it is still gone, and %v was announced again", got)
	}

	e.secrets["db"] = secret
	if got := announced(reconciled(t, e)); !slices.Contains(got, "Normal Accepted") {
		t.Errorf("the Secret is back, and %v was announced", got)
	}
}

func TestReadiness(t *testing.T) {
	e := installation(t)
	reconciled(t, e)
	if got := condition(e, "Ready").Status; got != compose.False {
		t.Errorf("the migration has only begun, and Ready is %s", got)
	}
	settle(t, e)
	if got := condition(e, "Ready").Status; got != compose.True {
		t.Errorf("everything runs, and Ready is %s", got)
	}
}

func TestARefusedInstallationIsNotReady(t *testing.T) {
	e := installation(t)
	delete(e.secrets, "db")
	settle(t, e)
	if got := condition(e, "Ready").Status; got != compose.False {
		t.Errorf("nothing is composed, and Ready is %s", got)
	}
	if got := condition(e, "DatabaseReady"); got.Status != compose.False || got.Reason != "SecretNotFound" {
		t.Errorf("DatabaseReady is %s: %s", got.Status, got.Reason)
	}
}

func TestConsentedDeletions(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(e *engine)
		undo   func(e *engine)
		want   string
	}{
		"Ingress": {
			reason: "An Ingress that is switched off leaves.",
			edit: func(e *engine) {
				spec(e)["ingress"] = object(t, map[string]any{"enabled": true, "host": "chat.example.com"})
			},
			undo: func(e *engine) { delete(spec(e), "ingress") },
			want: "Ingress",
		},
		"Claim": {
			reason: "A volume leaves when its user consents.",
			edit:   func(*engine) {},
			undo: func(e *engine) {
				spec(e)["fileStore"] = object(t, map[string]any{"discardLocal": true, "external": map[string]any{
					"url": "s3.example.com", "bucket": "b", "useServiceAccount": true,
				}})
			},
			want: "PersistentVolumeClaim",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := installation(t)
			tc.edit(e)
			settle(t, e)
			tc.undo(e)
			if diff := cmp.Diff([]string{tc.want}, settle(t, e)); diff != "" {
				t.Errorf("%s\n-want, +got deleted:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAFailedMigrationHoldsTheVersion(t *testing.T) {
	e := installation(t)
	settle(t, e)
	e.progress = failJobs
	spec(e)["version"] = structpb.NewStringValue("11.5.0")
	settle(t, e)

	if got := servedImage(e); got != "mattermost/mattermost-enterprise-edition:11.4.0" {
		t.Errorf("the server runs %s", got)
	}
	if got := condition(e, "MigrationComplete"); got.Status != compose.False || got.Reason != "Failed" {
		t.Errorf("MigrationComplete is %s: %s", got.Status, got.Reason)
	}

	spec(e)["version"] = structpb.NewStringValue("11.4.0")
	if diff := cmp.Diff([]string{"Job"}, settle(t, e)); diff != "" {
		t.Errorf("the version is put back, -want, +got deleted:\n%s", diff)
	}
	if got := condition(e, "RolloutComplete").Status; got != compose.True {
		t.Errorf("the version is put back, and RolloutComplete is %s", got)
	}
}

func servedImage(e *engine) string {
	for _, c := range compose.NewResource(e.composed["deployment"]).List("spec", "template", "spec", "containers") {
		if c.String("name") == "mattermost" {
			return c.String("image")
		}
	}
	return ""
}

// failJobs is a cluster in which everything succeeds but Jobs.
func failJobs(o *structpb.Struct) {
	preview.Succeed(o)
	if o.GetFields()["kind"].GetStringValue() == "Job" {
		preview.SetStatus(o, map[string]any{"conditions": []any{map[string]any{"type": "Failed", "status": "True"}}})
	}
}

func object(t *testing.T, m map[string]any) *structpb.Value {
	t.Helper()
	return structpb.NewStructValue(structOf(t, m))
}
