package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// pair is an installation and a restore of its data, each under Crossplane's reconciler
// and each seen by the other.
type pair struct {
	installation, restore *engine
}

// restoring an installation that serves.
func restoring(t *testing.T, spec map[string]any) *pair {
	t.Helper()
	return restoringOf(t, installation(t), spec)
}

// restoringOf an installation once it serves.
func restoringOf(t *testing.T, of *engine, spec map[string]any) *pair {
	t.Helper()
	p := &pair{installation: of}
	settle(t, p.installation)
	p.installation.progress = func(*structpb.Struct) {}
	spec["mattermostClusterName"] = "chat"
	if spec["from"] == nil {
		spec["initBucketURL"] = "s3://backups/dump.gz"
	}
	p.restore = startWith(t, "composition-restore.yaml", map[string]any{
		"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostRestore",
		"metadata": map[string]any{"name": "undo", "namespace": "ns", "uid": "2c9a", "generation": 1, "creationTimestamp": "2026-03-01T03:00:00Z"},
		"spec":     spec,
	})
	p.restore.progress = func(*structpb.Struct) {}
	return p
}

// see what the other reported last.
func (p *pair) see() {
	p.restore.secrets["chat"] = proto.CloneOf(p.installation.composite)
	if p.restore.composite != nil {
		p.installation.secrets["undo"] = proto.CloneOf(p.restore.composite)
	}
}

// turns that events of a restore take, by name.
var turns = map[string]func(t *testing.T, p *pair){
	"":           func(*testing.T, *pair) {},
	"stopped":    func(_ *testing.T, p *pair) { deployments(preview.Succeed)(p.installation) },
	"serving":    func(_ *testing.T, p *pair) { deployments(preview.Succeed)(p.installation) },
	"migrated":   func(_ *testing.T, p *pair) { events["job succeeds"](p.installation) },
	"unmigrated": func(_ *testing.T, p *pair) { events["job fails"](p.installation) },
	"checked":    ends("check", 0, `{"restored":{"version":"11.1.0"}}`),
	"uncheckable": ends("check", 2,
		`{"reason":"UnknownFormat","message":"the object begins with PK"}`),
	"replaced": ends("restore", 0, `{"restored":{"at":"2026-03-01T03:09:00Z","replaced":"replaced_2c9a","tables":70,"rows":9}}`),
	"failed":   ends("restore", 2, `{"reason":"DiskFull","message":"no room"}`),
	"dropped":  ends("forget", 0, `{}`),
	"refused": func(_ *testing.T, p *pair) {
		delete(p.installation.secrets, "db")
	},
	"accepted": func(t *testing.T, p *pair) {
		t.Helper()
		p.installation.secrets["db"] = installation(t).secrets["db"]
	},
	"deleted": func(_ *testing.T, p *pair) {
		delete(p.installation.secrets, "undo")
		p.restore.composite, p.restore.composed = nil, nil
	},
	"wiped":  func(_ *testing.T, p *pair) { delete(p.restore.composite.GetFields(), "status") },
	"forgot": func(_ *testing.T, p *pair) { delete(p.restore.composed, "restore") },
	"upgrade": func(_ *testing.T, p *pair) {
		want("11.5.0")(p.installation)
	},
}

// ends a Job with a code and a message.
func ends(name string, code int, message string) func(*testing.T, *pair) {
	return func(t *testing.T, p *pair) {
		t.Helper()
		of := p.restore.composed[name]
		if of == nil {
			t.Fatalf("there is no Job %s", name)
		}
		status := map[string]any{"completionTime": "2026-03-01T03:10:00Z", "conditions": []any{map[string]any{"type": "Complete", "status": "True"}}}
		phase := "Succeeded"
		if code != 0 {
			status = map[string]any{"conditions": []any{map[string]any{"type": "Failed", "status": "True", "reason": "PodFailurePolicy"}}}
			phase = "Failed"
		}
		preview.SetStatus(of, status)
		job := compose.NewResource(of).Name()
		p.restore.secrets["pod of "+name] = documentOf(t, fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: %s-x, namespace: ns, labels: {mattermost.crossplane.io/restore: undo, batch.kubernetes.io/job-name: %s}}, "+
			"status: {phase: %s, containerStatuses: [{name: dbtool, state: {terminated: {exitCode: %d, message: '%s'}}}]}}", job, job, phase, code, message))
	}
}

// TestEveryEdgeOfARestore lets one event happen at a time, and looks at the restore and
// at its installation after each under Crossplane's own reconciler.
func TestEveryEdgeOfARestore(t *testing.T) {
	const steady = "11.4.0 by 2, stable"
	// A step is an event and what is then the case: the restore's step, state and Jobs, and
	// the installation's image, replicas, state and part in the restore.
	type steps [][2]string
	begins := steps{
		{"", "Checking restoring [check] | " + steady},
		{"checked", "Quiescing restoring [check] | 11.4.0 by 0, restoring, Stopping"},
		{"stopped", "Quiescing restoring [check] | 11.4.0 by 0, restoring, Quiesced"},
		{"", "Replacing restoring [check restore] | 11.4.0 by 0, restoring, Quiesced"},
	}
	cases := map[string]struct {
		reason string
		spec   map[string]any
		steps  steps
	}{
		"Straight": {
			reason: "The server stops once, and the first replica starts alone.",
			steps: append(slices.Clone(begins), steps{
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
				{"migrated", "Resuming restoring [check restore] | 11.4.0 by 1, Job 11.4.0, restoring, Resuming"},
				{"serving", "Resuming restoring [check restore] | 11.4.0 by 2, reconciling, Serving"},
				{"serving", "Done finished [check restore] | 11.4.0 by 2, stable, Serving"},
				{"", "Done finished [check restore] | 11.4.0 by 2, stable, Serving"},
			}...),
		},
		"Dropped": {
			reason: "What was replaced is dropped after a server has answered.",
			spec:   map[string]any{"replacedData": "Delete"},
			steps: append(slices.Clone(begins), steps{
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
				{"migrated", "Resuming restoring [check restore] | 11.4.0 by 1, Job 11.4.0, restoring, Resuming"},
				{"serving", "Resuming restoring [check restore] | 11.4.0 by 2, reconciling, Serving"},
				{"serving", "Dropping finished [check forget restore] | 11.4.0 by 2, stable, Serving"},
				{"dropped", "Done finished [check forget restore] | 11.4.0 by 2, stable, Serving"},
			}...),
		},
		"Uncheckable": {
			reason: "The installation never notices.",
			steps:  steps{begins[0], {"uncheckable", "Done failed [check] | " + steady}, {"", "Done failed [check] | " + steady}},
		},
		"Failed": {
			reason: "The old data is served without a migration.",
			steps: append(slices.Clone(begins), steps{
				{"failed", "Resuming failed [check restore] | 11.4.0 by 1, restoring, Resuming"},
				{"serving", "Resuming failed [check restore] | 11.4.0 by 2, reconciling, Serving"},
				{"serving", "Done failed [check restore] | 11.4.0 by 2, stable, Serving"},
			}...),
		},
		"Refused": {
			reason: "A spec that is refused stops nothing, and starts nothing.",
			steps: append(slices.Clone(begins), steps{
				{"refused", "Replacing restoring [check restore] | 11.4.0 by 0, refused, Quiesced"},
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, refused, Resuming"},
				{"accepted", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
			}...),
		},
		"RefusedBefore": {
			reason: "A spec that is refused stops nothing.",
			steps: steps{
				begins[0],
				{"refused, checked", "Quiescing restoring [check] | 11.4.0 by 2, refused"},
				{"accepted", "Quiescing restoring [check] | 11.4.0 by 0, restoring, Stopping"},
			},
		},
		"Deleted": {
			reason: "Whoever deletes a restore midway gets a server that runs.",
			steps: append(slices.Clone(begins[:3]), steps{
				{"deleted", "- | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
				{"migrated", "- | 11.4.0 by 1, Job 11.4.0, restoring, Resuming"},
				{"serving", "- | 11.4.0 by 2, reconciling, Serving"},
			}...),
		},
		"Wiped": {
			reason: "A status that is wiped is recovered, and nothing is done twice.",
			steps: append(slices.Clone(begins), steps{
				{"replaced, wiped", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
				{"wiped", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
				{"migrated, forgot", "Resuming restoring [check] | 11.4.0 by 1, Job 11.4.0, restoring, Resuming"},
				{"serving, wiped", "Resuming restoring [check] | 11.4.0 by 2, reconciling, Serving"},
				{"serving, wiped", "Done finished [check] | 11.4.0 by 2, stable, Serving"},
			}...),
		},
		"Upgrade": {
			reason: "An upgrade that is wished for meanwhile waits, and restored data is migrated to it at once.",
			steps: append(slices.Clone(begins), steps{
				{"upgrade", "Replacing restoring [check restore] | 11.4.0 by 0, restoring, Quiesced"},
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.5.0, restoring, Resuming"},
				{"migrated", "Resuming restoring [check restore] | 11.5.0 by 1, Job 11.5.0, restoring, Resuming"},
			}...),
		},
		"UpgradeAfterFailure": {
			reason: "On the old data the server before serves first.",
			steps: append(slices.Clone(begins), steps{
				{"upgrade, failed", "Resuming failed [check restore] | 11.4.0 by 1, restoring, Resuming"},
				{"serving", "Resuming failed [check restore] | 11.4.0 by 2, upgrading, Serving"},
				{"serving", "Done failed [check restore] | 11.4.0 by 2, Job 11.5.0, upgrading, Serving"},
			}...),
		},
		"Unmigrated": {
			reason: "Data that cannot be migrated is not served.",
			steps: append(slices.Clone(begins), steps{
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
				{"unmigrated", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming"},
			}...),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := tc.spec
			if spec == nil {
				spec = map[string]any{}
			}
			p := restoring(t, spec)
			for i, step := range tc.steps {
				for _, event := range strings.Split(step[0], ", ") {
					turns[event](t, p)
				}
				p.see()
				if p.restore.composite != nil {
					assertKept(t, p.restore)
				}
				p.see()
				reconciled(t, p.installation)
				if diff := cmp.Diff(step[1], p.look()); diff != "" {
					t.Fatalf("%s\nstep %d, %q, -want, +got:\n%s", tc.reason, i, step[0], diff)
				}
			}
		})
	}
}

// assertKept reconciles a restore, whose Jobs Crossplane must not delete.
func assertKept(t *testing.T, e *engine) {
	t.Helper()
	if gone := deletions(reconciled(t, e)); slices.Contains(gone, "Job") {
		t.Errorf("Crossplane deleted %v", gone)
	}
}

// look at both.
func (p *pair) look() string {
	status := compose.NewResource(p.installation.composite).At("status")
	_, version, _ := strings.Cut(servedImage(p.installation), ":")
	out := []string{fmt.Sprintf("%s by %d", version, compose.NewResource(p.installation.composed["deployment"]).Int("spec", "replicas"))}
	if jobs := jobsOf(p.installation); jobs != "no Jobs" {
		out = append(out, jobs)
	}
	out = append(out, status.String("state"))
	if phase := status.String("restore", "phase"); phase != "" {
		out = append(out, phase)
	}
	return p.lookAtRestore() + " | " + strings.Join(out, ", ")
}

func (p *pair) lookAtRestore() string {
	if p.restore.composite == nil {
		return "-"
	}
	var jobs []string
	for name := range p.restore.composed {
		jobs = append(jobs, name)
	}
	slices.Sort(jobs)
	status := compose.NewResource(p.restore.composite).At("status")
	return fmt.Sprintf("%s %s [%s]", status.String("step"), status.String("state"), strings.Join(jobs, " "))
}
