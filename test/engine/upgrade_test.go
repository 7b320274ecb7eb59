package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// events of a cluster, by name, that the steps of a test are made of.
var events = map[string]func(e *engine){
	"want 11.1.0": want("11.1.0"),
	"want 11.4.0": want("11.4.0"),
	"want 11.5.0": want("11.5.0"),
	"want 9.10.0": want("9.10.0"),
	"want digest": want("sha256:" + strings.Repeat("0a", 32)),
	"allow back":  allow("Downgrade"),
	"try again": func(e *engine) {
		spec(e)["upgrade"] = fields(map[string]*structpb.Value{"attempt": structpb.NewNumberValue(1)})
	},
	"job starts":   jobs(map[string]any{"active": 1, "ready": 1}),
	"job retries":  jobs(map[string]any{"active": 1, "ready": 1, "failed": 1}),
	"job fails":    jobs(map[string]any{"failed": 2, "conditions": []any{map[string]any{"type": "Failed", "status": "True"}}}),
	"job succeeds": jobs(map[string]any{"succeeded": 1, "conditions": []any{map[string]any{"type": "Complete", "status": "True"}}}),
	"rolled out":   deployments(preview.Succeed),
	"secret lost":  func(e *engine) { delete(e.secrets, "db") },
}

func want(version string) func(*engine) {
	return func(e *engine) { spec(e)["version"] = structpb.NewStringValue(version) }
}

func allow(rule string) func(*engine) {
	lifted := fields(map[string]*structpb.Value{"rule": structpb.NewStringValue(rule), "reason": structpb.NewStringValue("tried on a copy")})
	return func(e *engine) {
		spec(e)["upgrade"] = fields(map[string]*structpb.Value{"allow": structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{lifted}})})
	}
}

func fields(named map[string]*structpb.Value) *structpb.Value {
	return structpb.NewStructValue(&structpb.Struct{Fields: named})
}

func jobs(status map[string]any) func(*engine) {
	return each("Job", func(o *structpb.Struct) { preview.SetStatus(o, status) })
}

func deployments(progress func(*structpb.Struct)) func(*engine) { return each("Deployment", progress) }

func each(kind string, change func(*structpb.Struct)) func(*engine) {
	return func(e *engine) {
		for _, o := range e.composed {
			if o.GetFields()["kind"].GetStringValue() == kind {
				change(o)
			}
		}
	}
}

// TestEveryEdgeOfAnUpgrade begins with a server that runs 11.1.0, lets one event
// happen at a time, and looks at it after each under Crossplane's own reconciler.
func TestEveryEdgeOfAnUpgrade(t *testing.T) {
	const steady = "11.1.0 by 2, no Jobs, stable, -, Complete, Complete"
	// A step is an event and what is then the case: the image and number of replicas in
	// desired, the Jobs, the state, the phase, and what MigrationComplete and
	// RolloutComplete say.
	type steps [][2]string
	cases := map[string]struct {
		reason string
		steps  steps
	}{
		"Straight": {
			reason: "The schema first, then the replicas.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job starts", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds", "11.4.0 by 2, Job 11.4.0, upgrading, Rolling, Complete, Rolling"},
				{"", "11.4.0 by 2, no Jobs, upgrading, Rolling, Complete, Rolling"},
				{"rolled out", "11.4.0 by 2, no Jobs, stable, Complete, Complete, Complete"},
				{"", "11.4.0 by 2, no Jobs, stable, Complete, Complete, Complete"},
			},
		},
		"PutBackBefore": {
			reason: "Before the schema moved, the way back is immediate.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job starts", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"want 11.1.0", steady},
			},
		},
		"PutBackAfter": {
			reason: "After it moved, the way back is refused, and nothing is forgotten.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds, want 11.1.0", "11.1.0 by 2, Job 11.4.0, refused, Migrating, Pending, Refused"},
				{"want 11.4.0", "11.4.0 by 2, Job 11.4.0, upgrading, Rolling, Complete, Rolling"},
			},
		},
		"PutBackInsisted": {
			reason: "The user who insists may stay with a later schema.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds, want 11.1.0, allow back", steady},
			},
		},
		"Downgrade": {
			reason: "An earlier version is refused, and allowed.",
			steps: steps{
				{"want 9.10.0", "11.1.0 by 2, no Jobs, refused, -, Complete, Refused"},
				{"allow back", "11.1.0 by 2, Job 9.10.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds", "9.10.0 by 2, Job 9.10.0, upgrading, Rolling, Complete, Rolling"},
			},
		},
		"Digest": {
			reason: "What cannot be compared is refused.",
			steps: steps{
				{"want digest", "11.1.0 by 2, no Jobs, refused, -, Complete, Refused"},
				{"want 11.1.0", steady},
			},
		},
		"Superseded": {
			reason: "Another version waits for the migration to end that is no longer wanted.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job starts, want 11.5.0", "11.1.0 by 2, no Jobs, upgrading, Superseding, Superseding, Migrating"},
				{"", "11.1.0 by 2, Job 11.5.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds", "11.5.0 by 2, Job 11.5.0, upgrading, Rolling, Complete, Rolling"},
			},
		},
		"SupersededAfter": {
			reason: "A schema that moved on the way stays known.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds, want 11.5.0", "11.1.0 by 2, Job 11.4.0 and 11.5.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds", "11.5.0 by 2, Job 11.4.0 and 11.5.0, upgrading, Rolling, Complete, Rolling"},
				{"", "11.5.0 by 2, no Jobs, upgrading, Rolling, Complete, Rolling"},
			},
		},
		"Retrying": {
			reason: "An attempt that fails is told of.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job retries", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Retrying, Migrating"},
			},
		},
		"FailedThenAnother": {
			reason: "A failed migration holds the version until another is wanted.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job fails", "11.1.0 by 2, Job 11.4.0, upgrading, Failed, Failed, MigrationFailed"},
				{"", "11.1.0 by 2, Job 11.4.0, upgrading, Failed, Failed, MigrationFailed"},
				{"want 11.5.0", "11.1.0 by 2, Job 11.5.0, upgrading, Migrating, Pending, Migrating"},
			},
		},
		"FailedThenAgain": {
			reason: "A failed migration is tried again when the user says so.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job fails, try again", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds", "11.4.0 by 2, Job 11.4.0, upgrading, Rolling, Complete, Rolling"},
			},
		},
		"FailedThenBack": {
			reason: "A failed migration leaves nothing behind.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job fails, want 11.1.0", steady},
			},
		},
		"AgainWhileRunning": {
			reason: "Another attempt waits for the one that still tries.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job retries, try again", "11.1.0 by 2, no Jobs, upgrading, Superseding, Superseding, Migrating"},
				{"", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
			},
		},
		"SecretLost": {
			reason: "A refusal meanwhile keeps the migration.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"secret lost", "11.1.0 by 2, Job 11.4.0, refused, Migrating, Pending, Refused"},
			},
		},
		"SecretLostWhileRolling": {
			reason: "A refusal lets a migration go that is rolled out.",
			steps: steps{
				{"want 11.4.0", "11.1.0 by 2, Job 11.4.0, upgrading, Migrating, Pending, Migrating"},
				{"job succeeds", "11.4.0 by 2, Job 11.4.0, upgrading, Rolling, Complete, Rolling"},
				{"secret lost", "11.4.0 by 2, no Jobs, refused, Rolling, Complete, Refused"},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := installation(t)
			want("11.1.0")(e)
			settle(t, e)
			e.progress = func(*structpb.Struct) {}
			if diff := cmp.Diff(steady, look(e)); diff != "" {
				t.Fatalf("it begins differently, -want, +got:\n%s", diff)
			}
			for i, step := range tc.steps {
				for _, event := range strings.Split(step[0], ", ") {
					if event != "" {
						events[event](e)
					}
				}
				reconciled(t, e)
				if diff := cmp.Diff(step[1], look(e)); diff != "" {
					t.Fatalf("%s\nstep %d, %q, -want, +got:\n%s", tc.reason, i, step[0], diff)
				}
			}
		})
	}
}

// look at what Crossplane applied and reported.
func look(e *engine) string {
	status := compose.NewResource(e.composite).At("status")
	phase := status.String("upgrade", "phase")
	if phase == "" {
		phase = "-"
	}
	_, version, _ := strings.Cut(servedImage(e), ":")
	return fmt.Sprintf("%s by %d, %s, %s, %s, %s, %s", version, compose.NewResource(e.composed["deployment"]).Int("spec", "replicas"),
		jobsOf(e), status.String("state"), phase, condition(e, "MigrationComplete").Reason, condition(e, "RolloutComplete").Reason)
}

func jobsOf(e *engine) string {
	var versions []string
	for _, o := range e.composed {
		if o.GetFields()["kind"].GetStringValue() != "Job" {
			continue
		}
		for _, c := range compose.NewResource(o).List("spec", "template", "spec", "containers") {
			_, version, _ := strings.Cut(c.String("image"), ":")
			versions = append(versions, version)
		}
	}
	if len(versions) == 0 {
		return "no Jobs"
	}
	slices.Sort(versions)
	return "Job " + strings.Join(versions, " and ")
}

func TestUpgradeAnnouncesTransitionsOnly(t *testing.T) {
	e := installation(t)
	settle(t, e)
	e.progress = func(*structpb.Struct) {}
	steps := []struct {
		event string
		want  []string
	}{
		{"want 11.5.0", []string{"Normal Pending", "Normal Migrating"}},
		{"", nil},
		{"job starts", nil},
		{"job retries", []string{"Warning Retrying"}},
		{"job succeeds", []string{"Normal Complete"}},
		{"", nil},
		{"rolled out", []string{"Normal Complete"}},
		{"", nil},
	}
	for _, s := range steps {
		if s.event != "" {
			events[s.event](e)
		}
		if diff := cmp.Diff(s.want, announced(reconciled(t, e))); diff != "" {
			t.Errorf("%q, -want, +got announced:\n%s", s.event, diff)
		}
	}
}

// TestConditionsAreOfTheirGeneration lets nobody take the RolloutComplete of before
// for that of a version that was just applied.
func TestConditionsAreOfTheirGeneration(t *testing.T) {
	e := installation(t)
	settle(t, e)
	e.progress = func(*structpb.Struct) {}
	want("11.5.0")(e)
	e.composite.GetFields()["metadata"].GetStructValue().Fields["generation"] = structpb.NewNumberValue(2)
	generation := func() int64 { return compose.NewResource(e.composite).Int("status", "observedGeneration") }
	reconciled(t, e)
	if got := generation(); got != 1 {
		t.Errorf("status is written before conditions, and tells generation %d already", got)
	}
	reconciled(t, e)
	if got := generation(); got != 2 {
		t.Errorf("the conditions are of generation 2, and status tells %d", got)
	}
	if got := condition(e, "RolloutComplete").Status; got != compose.False {
		t.Errorf("RolloutComplete is %s of a version that is not rolled out", got)
	}
}
