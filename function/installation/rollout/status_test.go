package rollout

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestRolloutConditionOfAStuckRoll(t *testing.T) {
	f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Composed: map[string]string{composed.Deployment: "{status: {conditions: [{type: Progressing, Status: 'False', reason: ProgressDeadlineExceeded, message: it does not progress}]}}"}}.Facts(t)
	want := compose.Condition{Type: "RolloutComplete", Status: compose.False, Reason: "Stuck", Message: "it does not progress"}
	if diff := cmp.Diff(want, rolledOut(f, &decision.Decisions{Version: decision.Version{Image: factstest.WantedImage}, Rollout: decision.Rollout{Image: factstest.WantedImage}, Template: "t"}, compose.Condition{Type: "RolloutComplete", Status: compose.False})); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestUpgradeStatus(t *testing.T) {
	const spec = factstest.Accepted + "version: 11.4.0\nreplicas: 2"
	at := func(text string) *metav1.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return &metav1.Time{Time: parsed.UTC()}
	}
	job := func(status string) string {
		return fmt.Sprintf(`{metadata: {name: j, creationTimestamp: "2026-11-01T10:00:00Z", annotations: {mattermost.crossplane.io/attempt: "0"}}, spec: {template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: %s}`, factstest.WantedImage, status)
	}
	const (
		migrating = "{upgrade: {from: 11.3.0, to: 11.4.0, phase: Migrating, jobName: chat-migrate-observed, attempts: 2, startedAt: 2026-11-01T10:00:00Z, migratedAt: 2026-11-01T10:00:09Z}}"
		done      = "{upgrade: {from: 11.3.0, to: 11.4.0, phase: Complete}}"
		earlier   = "{upgrade: {from: 11.2.0, to: 11.3.0, phase: Complete}}"
	)
	kept := func(phase v1alpha1.UpgradePhase) *v1alpha1.UpgradeStatus {
		return &v1alpha1.UpgradeStatus{
			From: "11.3.0", To: "11.4.0", Phase: phase, JobName: "chat-migrate-observed", Attempts: 2,
			StartedAt: at("2026-11-01T10:00:00Z"), MigratedAt: at("2026-11-01T10:00:09Z"),
		}
	}
	cases := map[string]struct {
		reason   string
		observed map[string]string
		status   string
		want     *v1alpha1.UpgradeStatus
	}{
		"FirstInstallation": {
			reason:   "There is no version to come from.",
			observed: map[string]string{"migration-observed": job("{active: 1}")},
		},
		"Installed": {
			reason:   "Nothing changed.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)},
		},
		"Begun": {
			reason:   "The Job is about to be made; the upgrade before is history.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}, status: earlier,
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Migrating", JobName: "chat-migrate-new"},
		},
		"Migrating": {
			reason: "The Job tells when it started and how often.",
			observed: map[string]string{
				composed.Deployment:  factstest.Deployment(factstest.OtherImage, 2),
				"migration-observed": job("{active: 1, failed: 1}"),
			},
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Migrating", JobName: "chat-migrate-observed", Attempts: 2, StartedAt: at("2026-11-01T10:00:00Z")},
		},
		"Migrated": {
			reason: "The Job tells when it was complete.",
			observed: map[string]string{
				composed.Deployment:  factstest.Deployment(factstest.OtherImage, 2),
				"migration-observed": job("{succeeded: 1, completionTime: 2026-11-01T10:00:09Z, conditions: [{type: Complete, status: 'True'}]}"),
			},
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Rolling", JobName: "chat-migrate-observed", Attempts: 1, StartedAt: at("2026-11-01T10:00:00Z"), MigratedAt: at("2026-11-01T10:00:09Z")},
		},
		"Rolling": {
			reason:   "What the Job said is kept when it is gone.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 1)}, status: migrating,
			want: kept("Rolling"),
		},
		"Complete": {
			reason:   "Every replica runs the version.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}, status: migrating,
			want: kept("Complete"),
		},
		"RollsAgain": {
			reason:   "A roll for another reason is no upgrade.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 1)}, status: done,
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Complete"},
		},
		"PutBack": {
			reason:   "An upgrade that is no longer wanted is not told of.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)},
			status:   "{upgrade: {from: 11.4.0, to: 11.5.0, phase: Migrating}}",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: spec, Secrets: factstest.Secrets(), Composed: tc.observed, Status: tc.status}.Facts(t)
			if f.Observed("migration-observed").Exists() {
				f.Migrations[0].Name = composed.PrefixMigration + "observed"
			}
			d := decided(f)
			if d.Rollout.Starts() {
				d.Rollout.Migration = composed.PrefixMigration + "new"
			}
			got := upgrade(f, d)
			if got != nil {
				for _, m := range []*metav1.Time{got.StartedAt, got.MigratedAt} {
					if m != nil {
						m.Time = m.UTC()
					}
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
