package restore

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func sourceOf(o *structpb.Struct) string {
	for _, c := range compose.NewResource(o).List("spec", "template", "spec", "containers") {
		for _, e := range c.List("env") {
			if e.String("name") == job.EnvSource {
				return e.String("value")
			}
		}
	}
	return ""
}

// TestStatus is what a restore tells of itself, also when its pods are gone.
func TestStatus(t *testing.T) {
	const times = ", quiescedAt: '2026-03-01T03:08:18Z'"
	const told = "{step: Resuming, state: restoring, source: 's3://my-sample/my-backup.gz', quiescedAt: '2026-03-01T03:08:18Z', restoredAt: '2026-03-01T03:09:00Z', replaced: replaced_0a1b, tables: 70, rows: 1234, files: 5, version: 11.1.0}"
	whole := map[string]any{
		"state": "restoring", "step": "Resuming", "source": "s3://my-sample/my-backup.gz", "quiescedAt": "2026-03-01T03:08:18Z", "restoredAt": "2026-03-01T03:09:00Z",
		"replaced": "replaced_0a1b", "tables": 70.0, "rows": 1234.0, "files": 5.0, "version": "11.1.0",
	}
	and := func(more map[string]any) map[string]any {
		out := map[string]any{}
		for _, m := range []map[string]any{whole, more} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	serving := and(map[string]any{"state": "finished", "step": "Done", "servingAt": "2026-03-01T03:09:31Z", "downtime": "1m13s"})
	cases := map[string]struct {
		reason string
		given  given
		want   map[string]any
	}{
		"Checked": {
			reason: "The version that would be restored is known, and what would be left out.",
			given:  given{spec: fromS3, required: there(""), observed: checked, pods: []string{podOf(checkName, 0, `{"restored":{"version":"11.1.0","leftOut":["IR_Playbook"],"skipped":["grants (2)"]}}`)}},
			want: map[string]any{
				"state": "restoring", "step": "Quiescing", "source": "s3://my-sample/my-backup.gz", "version": "11.1.0", "leftOut": []any{"IR_Playbook", "grants (2)"},
			},
		},
		"Told":  {reason: "The pod tells.", given: given{spec: fromS3, required: there(mine("Quiesced", times)), observed: restores, pods: []string{doneOf}}, want: whole},
		"Kept":  {reason: "The pods are gone.", given: given{spec: fromS3, required: there(mine("Resuming", resumed+times)), observed: restores, status: told}, want: whole},
		"Serve": {reason: "No server answered for a while.", given: given{spec: fromS3, required: there(mine("Serving", resumed+times+", servingAt: '2026-03-01T03:09:31Z'")), observed: restores, status: told}, want: serving},
		"Untold": {
			reason: "The Job tells when it ended.", given: given{spec: fromS3, required: there(mine("Quiesced", times)), observed: restores},
			want: map[string]any{"state": "restoring", "step": "Resuming", "source": "s3://my-sample/my-backup.gz", "quiescedAt": "2026-03-01T03:08:18Z", "restoredAt": "2026-03-01T03:10:00Z"},
		},
		"AllLost": {
			reason: "The installation tells that the data was replaced.", given: given{spec: fromS3, required: there(mine("Resuming", resumed+times))},
			want: map[string]any{"state": "restoring", "step": "Resuming", "source": "s3://my-sample/my-backup.gz", "quiescedAt": "2026-03-01T03:08:18Z", "restoredAt": "2026-03-01T03:08:18Z"},
		},
		"Dropped": {
			reason: "What was replaced is dropped.", given: given{spec: deleting, required: there(mine("Serving", resumed+times+", servingAt: '2026-03-01T03:09:31Z'")), observed: forgets(succeeded), pods: []string{doneOf}, status: told},
			want: and(map[string]any{"state": "finished", "step": "Done", "servingAt": "2026-03-01T03:09:31Z", "downtime": "1m13s", "replaced": nil}),
		},
		"Failed": {
			reason: "How long no server answered is told of a failure too.", given: given{spec: fromS3, required: there(mine("Serving", times+", servingAt: '2026-03-01T03:09:31Z'")), observed: fails},
			want: map[string]any{"state": "failed", "step": "Done", "source": "s3://my-sample/my-backup.gz", "quiescedAt": "2026-03-01T03:08:18Z", "servingAt": "2026-03-01T03:09:31Z", "downtime": "1m13s"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := composetest.Status(tc.given.answer(t)).Struct().AsMap()
			delete(got, "observedGeneration")
			for k, v := range tc.want {
				if v == nil {
					delete(tc.want, k)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestFailures say what failed, why, and what to do.
func TestFailures(t *testing.T) {
	cases := map[string]struct {
		reason    string
		given     given
		condition string
		want      string
	}{
		"Check": {
			reason: "The installation never noticed.", condition: conditionVerified,
			given: given{spec: fromS3, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, failedJob)}, pods: []string{podOf(checkName, 2, denied)}},
			want:  "False DatabaseDenied: the source or the database cannot be used, and nothing was touched: the user owns no table: " + remedies["DatabaseDenied"],
		},
		"CheckThen": {
			reason: "The other condition refers to it.", condition: conditionRestored,
			given: given{spec: fromS3, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, failedJob)}},
			want:  "False NotVerified: nothing was touched: condition SourceVerified says why; " + another,
		},
		"Replace": {
			reason: "Nothing was replaced.", condition: conditionRestored,
			given: given{spec: fromS3, required: there(""), observed: fails, pods: []string{podOf(replaceName, 2, denied)}},
			want:  "False DatabaseDenied: nothing was replaced: the user owns no table: " + remedies["DatabaseDenied"] + "; " + another,
		},
		"ReplaceInPart": {
			reason: "The database was replaced, and something after it failed.", condition: conditionRestored,
			given: given{spec: fromS3, required: there(mine("Serving", resumed)), observed: fails, pods: []string{podOf(replaceName, 1, partial)}},
			want:  "False Incomplete: the database was replaced, but not every file of the backup is in place: the file store does not answer: " + remedies["Unavailable"] + "; another MattermostRestore of the same source brings the others",
		},
		"ReplaceLost": {
			reason: "What was said is kept.", condition: conditionRestored,
			given: given{spec: fromS3, required: there(""), status: "{state: failed, step: Resuming, conditions: [{type: DataRestored, status: 'False', reason: DiskFull, message: said}]}"},
			want:  "False DiskFull: said",
		},
		"Retrying": {
			reason: "What a try failed by is known while the next one runs.", condition: conditionRestored,
			given: given{spec: fromS3, required: there(""), observed: replaces, pods: []string{podOf(replaceName, 1, denied)}},
			want:  "False Retrying: waiting for Job \"" + replaceName + "\" to replace the data, which is tried again: the user owns no table: " + remedies["DatabaseDenied"],
		},
		"Starting": {
			reason: "Why a pod does not start is Kubernetes' to say.", condition: conditionVerified,
			given: given{
				spec: fromS3, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, running)},
				pods: []string{"{metadata: {name: p, labels: {batch.kubernetes.io/job-name: " + checkName + "}}, status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: no room}]}}"},
			},
			want: "False Checking: waiting for Job \"" + checkName + "\" to read the source and to try the database: pod \"p\" finds no node: no room",
		},
		"Drop": {
			reason: "What was replaced is still there.", condition: conditionRestored,
			given: given{spec: deleting, required: there(mine("Serving", resumed)), observed: forgets(failedJob), pods: []string{podOf(forgetName, 2, denied)}},
			want:  "True Restored: the data that was replaced could not be dropped: the user owns no table: " + remedies["DatabaseDenied"],
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, composetest.Said(tc.given.answer(t), tc.condition)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEveryReasonHasARemedy reads the reasons from where they are.
func TestEveryReasonHasARemedy(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "dbtool", "job", "job.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		seen++
		if remedies[strings.Trim(literal.Value, `"`)] == "" {
			t.Errorf("%s has no remedy", literal.Value)
		}
		return true
	})
	if seen == 0 {
		t.Error("no reason was found")
	}
}

func TestNothingIsDoneBeforeItIsLookedUp(t *testing.T) {
	rsp := given{spec: from, unasked: true, observed: map[string]string{nameCheck: jobOf(checkName, running)}}.answer(t)
	if len(rsp.GetDesired().GetResources()) != 1 || len(rsp.GetConditions()) > 0 {
		t.Errorf("before anything was looked up, it says %v", rsp)
	}
	req := given{spec: from, unasked: true}.request(t)
	req.Meta = nil
	if _, err := Compose(compose.NewState(req), &v1beta1.Input{}); err == nil || !strings.Contains(err.Error(), "use Crossplane 2.4 or later") {
		t.Errorf("a Crossplane that cannot look anything up is told %v", err)
	}
}
